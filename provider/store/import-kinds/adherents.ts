/** Member companies, by their identifiant: raison sociale, SIREN and where letters go. */
import { bare, type KindInSql, SLICE, searchText } from './kind.ts';

const THERE = `a.caisse_id = l.caisse_id and ${bare('a.identifiant')} = l.key`;
const SIREN = `case when l.siren is null then a.siren else nullif(l.siren, '') end`;
const DIFFERS = `(a.raison_sociale <> l.name or a.postal_address <> coalesce(l.address, a.postal_address)
  or a.siren is distinct from ${SIREN})`;
const WORDS = searchText({
  raisonSociale: 'a.raison_sociale',
  identifiant: 'a.identifiant',
  name: 's.name',
  siret: 's.siret',
});

export const ADHERENTS: KindInSql = {
  faults: [],
  difference: {
    from: `import_line l left join adherent a on ${THERE}`,
    added: 'a.id is null',
    changed: DIFFERS,
    about: ['l.identifiant', 'a.raison_sociale'],
    cells: {
      name: ['a.raison_sociale', 'l.name'],
      siren: ['a.siren', SIREN],
      address: ['a.postal_address', 'coalesce(l.address, a.postal_address)'],
    },
  },
  total: 'select count(*)::integer as n from adherent where caisse_id = :caisse',
  apply: [
    `with renamed as (
      update adherent a set raison_sociale = l.name, postal_address = coalesce(l.address, a.postal_address),
        siren = ${SIREN}
      from import_line l where ${SLICE} and ${THERE} and ${DIFFERS}
      returning a.caisse_id, a.id, a.raison_sociale, a.identifiant
    )
    update site s set search_text = ${WORDS}
    from renamed a where s.caisse_id = a.caisse_id and s.adherent_id = a.id and s.search_text <> ${WORDS}`,
    `insert into adherent (caisse_id, id, identifiant, raison_sociale, siren, postal_address, created_at)
     select l.caisse_id, gen_random_uuid(), l.identifiant, l.name, nullif(l.siren, ''), coalesce(l.address, '{}'), :now
     from import_line l
     where ${SLICE} and not exists (select from adherent a where ${THERE})`,
  ],
  tables: ['adherent', 'site'],
};
