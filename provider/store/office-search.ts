/**
 * What the caisse's own people search: adhérents (by what is known of them or of their sites), persons, firms. One
 * query, on trigram indexes, whatever the size; of a word that thousands bear, the first ones by name.
 */
import type { Handle } from './handle.ts';
import { contains } from './portfolio.ts';

export type Found<T> = {
  /** Of those looked at. */
  readonly count: number;
  /** There are others still: the words say too little. */
  readonly more: boolean;
  readonly page: readonly T[];
};

export type FoundAdherent = {
  readonly id: string;
  readonly raisonSociale: string;
  readonly identifiant: string;
  /** Its sites that match, and the first of them by name; 0 and null for one that was found by itself alone. */
  readonly matching: number;
  readonly siret: string | null;
  readonly siteName: string | null;
  readonly hasSites: boolean;
};

export type FoundPerson = {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  /** null: a provisional account, which has none yet. */
  readonly email: string | null;
  readonly status: string;
  readonly staffRole: string | null;
};

export type FoundCabinet = { readonly id: string; readonly name: string };

export type SearchResult = {
  readonly adherents: Found<FoundAdherent>;
  readonly persons: Found<FoundPerson>;
  readonly cabinets: Found<FoundCabinet>;
};

/** Of each kind so many are looked at, in the order of their names. */
const MOST_FOUND = 1_000;

export type OfficeSearch = {
  /** Folded terms (domain/search), all of which must occur; at least one of three characters. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
};

const found = (rows: string, page: string) => `
  json_build_object('count', (select count(*) from ${rows}), 'page', (select coalesce(json_agg(p), '[]') from (${page}) p))`;

const queryOf = (terms: readonly string[]) => {
  const matches = terms.map((_, i) => `search_text like :t${i}`).join(' and ');
  const hits = (table: string) => `
    select * from ${table} where caisse_id = :caisse and ${matches}
    order by search_text, id limit ${MOST_FOUND + 1}`;
  return `
  with site_hit as materialized (${hits('site')}),
  own_hit as materialized (${hits('adherent')}),
  adherent_hit as materialized (
    select distinct on (adherent_id) adherent_id, site_id, search_text,
      count(site_id) over (partition by adherent_id)::int as matching
    from (
      select adherent_id, id as site_id, search_text from site_hit
      union all select id, null, search_text from own_hit) either
    order by adherent_id, site_id is null, search_text, site_id
  ), person_hit as materialized (${hits('account')}),
  cabinet_hit as materialized (${hits('cabinet')})
  select
    ${found(
      'adherent_hit',
      `select a.id, a.raison_sociale as "raisonSociale", a.identifiant, h.matching, s.siret, s.name as "siteName",
         exists (select from site o where o.caisse_id = :caisse and o.adherent_id = a.id) as "hasSites"
       from (select * from adherent_hit order by search_text, adherent_id limit :limit offset :offset) h
       join adherent a on a.caisse_id = :caisse and a.id = h.adherent_id
       left join site s on s.caisse_id = :caisse and s.id = h.site_id
       order by h.search_text, h.adherent_id`,
    )} as adherents,
    ${found(
      'person_hit',
      `select id, given_name as "givenName", family_name as "familyName", email, status, staff_role as "staffRole"
       from person_hit order by search_text, id limit :limit offset :offset`,
    )} as persons,
    ${found('cabinet_hit', `select id, name from cabinet_hit order by search_text, id limit :limit offset :offset`)} as cabinets,
    greatest((select count(*) from site_hit), (select count(*) from own_hit))::int as most`;
};

type Rows<T> = { readonly count: number; readonly page: readonly T[] };

export async function searchCaisse(
  { caisseId, sql }: Handle,
  { terms, limit, offset }: OfficeSearch,
): Promise<SearchResult> {
  const words = Object.fromEntries(terms.map((term, i) => [`t${i}`, contains(term)]));
  const { rows } = await sql.raw(queryOf(terms), { caisse: caisseId, limit, offset, ...words });
  const row = rows[0] as {
    readonly adherents: Rows<FoundAdherent>;
    readonly persons: Rows<FoundPerson>;
    readonly cabinets: Rows<FoundCabinet>;
    readonly most: number;
  };
  const capped = <T>({ count, page }: Rows<T>): Found<T> => ({
    count: Math.min(count, MOST_FOUND),
    more: count > MOST_FOUND,
    page,
  });
  return {
    adherents: { ...row.adherents, more: row.most > MOST_FOUND },
    persons: capped(row.persons),
    cabinets: capped(row.cabinets),
  };
}
