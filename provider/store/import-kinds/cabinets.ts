/** Accounting firms, by the caisse's own number for each; and the adhérents to which each is attached. */
import { bare, instant, type KindInSql, LINES, SLICE } from './kind.ts';

const THERE = 'c.caisse_id = l.caisse_id and c.reference = l.reference';

export const CABINETS: KindInSql = {
  faults: [],
  difference: {
    from: `import_line l left join cabinet c on ${THERE}`,
    added: 'c.id is null',
    changed: 'c.name <> l.name',
    about: ['l.reference', 'c.name'],
    cells: { name: ['c.name', 'l.name'] },
  },
  total: 'select count(*)::integer as n from cabinet where caisse_id = :caisse',
  apply: [
    `update cabinet c set name = l.name from import_line l where ${SLICE} and ${THERE} and c.name <> l.name`,
    `insert into cabinet (caisse_id, id, reference, name, created_at)
     select l.caisse_id, gen_random_uuid(), l.reference, l.name, :now
     from import_line l where ${SLICE} and not exists (select from cabinet c where ${THERE})`,
  ],
  tables: ['cabinet'],
};

const ADHERENT = `a.caisse_id = l.caisse_id and ${bare('a.identifiant')} = l.identifiant`;
const PARTIES = `import_line l left join cabinet c on ${THERE} left join adherent a on ${ADHERENT}`;
// The one that stands, or one that ended as the file says: an end in the past is told twice without a second one.
const STANDING = `
  left join lateral (
    select m.id, m.effective_at, m.ends_at from cabinet_client m
    where m.caisse_id = :caisse and m.cabinet_id = c.id and m.adherent_id = a.id
      and (m.ends_at is null or m.ends_at > :now or m.ends_at = l.ends_at)
    order by (m.ends_at is not distinct from l.ends_at) desc, m.ends_at desc nulls first limit 1
  ) m on true`;

export const ATTACHMENTS: KindInSql = {
  faults: [
    `select l.line, 'cabinet_unknown', l.reference from ${PARTIES} where ${LINES} and c.id is null`,
    `select l.line, 'adherent_unknown', l.identifiant from ${PARTIES} where ${LINES} and a.id is null`,
    `select l.line, 'already_over', '' from ${PARTIES} ${STANDING}
     where ${LINES} and c.id is not null and a.id is not null and m.id is null and l.ends_at <= :now`,
    `select l.line, 'days_in_order', '' from ${PARTIES} ${STANDING} where ${LINES} and l.ends_at < m.effective_at`,
  ],
  difference: {
    from: `${PARTIES} ${STANDING}`,
    added: 'm.id is null',
    changed: 'm.ends_at is distinct from l.ends_at',
    about: ['l.reference', 'c.name', 'a.identifiant', 'a.raison_sociale'],
    cells: {
      starts_at: [instant('m.effective_at'), instant('coalesce(m.effective_at, l.starts_at)')],
      ends_at: [instant('m.ends_at'), instant('l.ends_at')],
    },
  },
  total: `select count(*)::integer as n from cabinet_client
    where caisse_id = :caisse and (ends_at is null or ends_at > :now)`,
  apply: [
    `with said as (
      select m.id as standing, c.id as cabinet_id, a.id as adherent_id, l.starts_at, l.ends_at, m.ends_at as ended
      from ${PARTIES} ${STANDING} where ${SLICE}
    ), ended as (
      update cabinet_client u set ends_at = said.ends_at from said
      where u.caisse_id = :caisse and u.id = said.standing and said.ended is distinct from said.ends_at
    )
    insert into cabinet_client (caisse_id, id, cabinet_id, adherent_id, effective_at, ends_at)
    select :caisse, gen_random_uuid(), cabinet_id, adherent_id, coalesce(starts_at, :now), ends_at
    from said where standing is null`,
  ],
  tables: ['cabinet_client'],
};
