/**
 * What the former space gave to firms and people, « à renouveler ». What was settled already is its administrator's
 * affair: a file changes only what still waits.
 */
import { instant, type KindInSql, LINES, SLICE } from './kind.ts';

const PARTIES = `import_line l
  left join site s on s.caisse_id = l.caisse_id and s.siret = l.siret
  left join cabinet c on c.caisse_id = l.caisse_id and c.reference = l.reference
  left join legacy_delegation g on g.caisse_id = l.caisse_id and g.site_id = s.id
    and (g.cabinet_id = c.id or g.email_key = l.email)`;
const DIFFERS = `g.settled_at is null
  and (g.colleges, g.levels, g.ends_at) is distinct from (l.colleges, l.levels, l.ends_at)`;

export const DELEGATIONS: KindInSql = {
  faults: [
    `select l.line, 'site_unknown', l.siret from ${PARTIES} where ${LINES} and s.id is null`,
    `select l.line, 'cabinet_unknown', l.reference from ${PARTIES}
     where ${LINES} and l.reference is not null and c.id is null`,
    `select l.line, 'not_attached', l.reference from ${PARTIES}
     where ${LINES} and g.id is null and s.id is not null and c.id is not null and not exists (
       select from cabinet_client m
       where m.caisse_id = :caisse and m.cabinet_id = c.id and m.adherent_id = s.adherent_id
         and (m.ends_at is null or m.ends_at > :now))`,
    `select l.line, 'already_over', '' from ${PARTIES} where ${LINES} and g.id is null and l.ends_at <= :now`,
  ],
  difference: {
    from: PARTIES,
    added: 'g.id is null',
    changed: DIFFERS,
    about: ['l.siret', 's.name', 'l.reference', 'c.name', 'l.email'],
    cells: {
      colleges: ['g.colleges', 'l.colleges'],
      levels: ['g.levels::text', 'l.levels::text'],
      ends_at: [instant('g.ends_at'), instant('l.ends_at')],
    },
  },
  total: 'select count(*)::integer as n from legacy_delegation where caisse_id = :caisse',
  apply: [
    `with said as (
      select g.id as waiting, s.id as site_id, c.id as cabinet_id, l.email, l.colleges, l.levels, l.ends_at
      from ${PARTIES} where ${SLICE} and (g.id is null or (${DIFFERS}))
    ), changed as (
      update legacy_delegation u set colleges = said.colleges, levels = said.levels, ends_at = said.ends_at
      from said where u.caisse_id = :caisse and u.id = said.waiting
    )
    insert into legacy_delegation (caisse_id, id, site_id, cabinet_id, email_key, colleges, levels, ends_at, created_at)
    select :caisse, gen_random_uuid(), site_id, cabinet_id, email, colleges, levels, ends_at, :now
    from said where waiting is null`,
  ],
  tables: ['legacy_delegation'],
};
