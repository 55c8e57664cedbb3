/**
 * Declaring sites, by their SIRET. A site never moves to another adhérent by a file: the delegations of its people hang
 * on it, and would follow it to strangers.
 */
import { bare, type KindInSql, LINES, SLICE, searchText } from './kind.ts';

const THERE = 's.caisse_id = l.caisse_id and s.siret = l.siret';
const ADHERENT = `a.caisse_id = l.caisse_id and ${bare('a.identifiant')} = l.identifiant`;
const words = searchText({
  raisonSociale: 'a.raison_sociale',
  identifiant: 'a.identifiant',
  name: 'l.name',
  siret: 'l.siret',
});

export const SITES: KindInSql = {
  faults: [
    `select l.line, 'adherent_unknown', l.identifiant from import_line l
     where ${LINES} and not exists (select from adherent a where ${ADHERENT})`,
    `select l.line, 'site_of_another', a.identifiant from import_line l
     join site s on ${THERE}
     join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where ${LINES} and ${bare('a.identifiant')} <> l.identifiant`,
  ],
  difference: {
    from: `import_line l left join site s on ${THERE}`,
    added: 's.id is null',
    changed: 's.name <> l.name',
    about: ['l.siret', 's.name'],
    cells: {
      identifiant: ['case when s.id is not null then l.identifiant end', 'l.identifiant'],
      name: ['s.name', 'l.name'],
    },
  },
  total: 'select count(*)::integer as n from site where caisse_id = :caisse',
  apply: [
    `update site s set name = l.name, search_text = ${words}
     from import_line l join adherent a on ${ADHERENT}
     where ${SLICE} and ${THERE} and s.adherent_id = a.id and s.name <> l.name`,
    `insert into site (caisse_id, id, adherent_id, siret, name, search_text, created_at)
     select l.caisse_id, gen_random_uuid(), a.id, l.siret, l.name, ${words}, :now
     from import_line l join adherent a on ${ADHERENT}
     where ${SLICE} and not exists (select from site s where ${THERE})`,
  ],
  tables: ['site'],
};
