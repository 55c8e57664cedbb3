/**
 * Passwords of the former space, as hashes: each counts as its site's code. One whose space is open brings nothing, or
 * an old password would open it to a second person.
 */
import { type KindInSql, LINES, SLICE } from './kind.ts';

const CODES = `import_line l
  left join site s on s.caisse_id = l.caisse_id and s.siret = l.siret
  left join confidential_code k on k.caisse_id = l.caisse_id and k.site_id = s.id and k.origin = 'former_space'
    and k.used_at is null and k.superseded_at is null`;
const SPENT = `(
  exists (select from delegation d where d.caisse_id = :caisse and d.adherent_id = s.adherent_id and d.site_id = s.id
    and d.kind = 'enrolment' and d.status in ('active', 'suspended'))
  or exists (select from confidential_code u where u.caisse_id = :caisse and u.site_id = s.id
    and u.origin = 'former_space' and u.used_at is not null and u.hash = l.hash))`;
const ADDED = `k.id is null and not ${SPENT}`;
const CHANGED = `k.id is not null and not ${SPENT}
  and (k.hash, k.given_name, k.family_name) is distinct from (l.hash, l.given_name, l.family_name)`;

export const CODES_OF_SITES: KindInSql = {
  faults: [`select l.line, 'site_unknown', l.siret from ${CODES} where ${LINES} and s.id is null`],
  difference: {
    from: CODES,
    added: ADDED,
    changed: CHANGED,
    about: ['l.siret', 's.name'],
    cells: {
      password: ['false', 'k.hash is distinct from l.hash'],
      family_name: ['k.family_name', 'l.family_name'],
      given_name: ['k.given_name', 'l.given_name'],
    },
  },
  total: `select count(*)::integer as n from confidential_code
    where caisse_id = :caisse and origin = 'former_space' and used_at is null and superseded_at is null`,
  apply: [
    `update confidential_code u set superseded_at = :now
     from ${CODES} where ${SLICE} and ${CHANGED} and u.caisse_id = :caisse and u.id = k.id`,
    `insert into confidential_code
       (caisse_id, id, site_id, origin, hash, given_name, family_name, tries, created_at, expires_at)
     select :caisse, gen_random_uuid(), s.id, 'former_space', l.hash, l.given_name, l.family_name, 0, :now, null
     from ${CODES} where ${SLICE} and ${ADDED}`,
  ],
  tables: ['confidential_code'],
};
