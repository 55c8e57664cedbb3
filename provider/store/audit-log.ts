/**
 * The audit as the caisse reads it: newest first, a page at a time from a line on, since a log has no last page worth
 * counting. One query, on the index of what is asked: a person, a request, a site, an adhérent, a
 * network address, kinds, or time alone.
 */
import type { Instant } from '../domain/instant.ts';
import type { AuditEvent, AuditKind } from './audit.ts';
import type { AuditRegister } from './audit-registers.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { contains } from './portfolio.ts';

export type AuditFilter = {
  /** Empty: of every kind. */
  readonly kinds: readonly AuditKind[];
  /** Folded terms (domain/search) of the name or address of who acted or whom it concerns; empty: of anybody. */
  readonly person: readonly string[];
  readonly siret: string | null;
  /** Identifiant without separators, in upper case: what happened on its sites, or names it. */
  readonly adherent: string | null;
  /** Network address of whoever acted. */
  readonly address: string | null;
  readonly from: Instant | null;
  /** Exclusive. */
  readonly to: Instant | null;
  readonly requestId: string | null;
};

/** A line as a place in the log: its moment in microseconds, and its id. */
export type Place = { readonly micros: bigint; readonly id: bigint };

export type Asked = {
  readonly filter: AuditFilter;
  /** null: from the newest. */
  readonly place: Place | null;
  readonly toward: 'older' | 'newer';
  readonly limit: number;
};

export type Named = { readonly id: string; readonly name: string | null; readonly email: string | null };

export type AuditLine = Place & {
  readonly at: Instant;
  /** A kind that this version does not know is told as it is. */
  readonly kind: string;
  readonly register: AuditRegister;
  readonly actor: Named | null;
  readonly subject: Named | null;
  readonly site: { readonly name: string; readonly siret: string; readonly raisonSociale: string } | null;
  readonly clientId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly facts: NonNullable<AuditEvent['facts']>;
};

/** Of a name that thousands bear, the lines of the first ones. */
const MOST_PEOPLE = 50;

const MICROS = '(extract(epoch from e.at) * 1000000)::bigint';
const AT_PLACE = `timestamptz 'epoch' + cast(:micros as bigint) * interval '1 microsecond'`;

/** In the order asked for: `newer` begins with the line next to the place. */
export async function listAudit({ caisseId, sql }: Handle, asked: Asked): Promise<AuditLine[]> {
  const { filter, place, limit } = asked;
  const { rows } = await sql.raw(queryOf(asked), {
    caisse: caisseId,
    limit,
    kinds: [...filter.kinds],
    siret: filter.siret,
    adherent: filter.adherent,
    address: filter.address,
    request: filter.requestId,
    from: filter.from === null ? null : timestamp(filter.from),
    to: filter.to === null ? null : timestamp(filter.to),
    micros: place === null ? null : String(place.micros),
    id: place === null ? null : String(place.id),
    ...Object.fromEntries(filter.person.map((term, at) => [`term${at}`, contains(term)])),
  });
  return rows.map(toLine);
}

function queryOf({ filter, place, toward }: Asked): string {
  const [order, beyond] = toward === 'older' ? (['desc', '<'] as const) : (['asc', '>'] as const);
  const conditions = [
    'e.caisse_id = :caisse',
    ...(filter.kinds.length > 0 ? ['e.kind = any(:kinds)'] : []),
    ...(filter.siret === null ? [] : ['e.site_id = (select id from wanted_site)']),
    ...(filter.adherent === null ? [] : [OF_ADHERENT]),
    ...(filter.address === null ? [] : ['e.address = :address']),
    ...(filter.requestId === null ? [] : ['e.request_id = :request']),
    ...(filter.from === null ? [] : ['e.at >= :from']),
    ...(filter.to === null ? [] : ['e.at < :to']),
    ...(place === null ? [] : [`(e.at, e.id) ${beyond} (${AT_PLACE}, cast(:id as bigint))`]),
  ];
  const page = (more: string) =>
    `(select e.* from audit_event e where ${[more, ...conditions].join(' and ')}
      order by e.at ${order}, e.id ${order} limit :limit)`;
  return `
    with wanted_site as materialized (select id from site where caisse_id = :caisse and siret = :siret),
    wanted_adherent as materialized (
      select id from adherent where caisse_id = :caisse
        and upper(regexp_replace(identifiant, '[ .-]', '', 'g')) = :adherent
    ), wanted_adherent_site as materialized (
      select id from site where caisse_id = :caisse and adherent_id in (select id from wanted_adherent)
    ), wanted_person as materialized (
      select id from account where caisse_id = :caisse and ${personOf(filter)} order by search_text, id limit ${MOST_PEOPLE}
    ), found as materialized (
      select * from (${streamsOf(filter, page)}) one order by at ${order}, id ${order} limit :limit
    )
    ${SHOWN} from found e ${NAMES} order by e.at ${order}, e.id ${order}`;
}

const NAMES_ADHERENT = `e.facts->>'adherent' = (select id::text from wanted_adherent limit 1)`;
const OF_ADHERENT = `(e.site_id in (select id from wanted_adherent_site) or ${NAMES_ADHERENT})`;

const personOf = ({ person }: AuditFilter): string =>
  person.length === 0 ? 'false' : person.map((_, at) => `search_text like :term${at}`).join(' and ');

/** Each stream is read off one index in its order; of many, the first of each are enough. */
function streamsOf(filter: AuditFilter, page: (more: string) => string): string {
  if (filter.person.length > 0)
    return `
      select distinct on (s.at, s.id) s.* from wanted_person p cross join lateral (
        ${page('e.actor_id = p.id')} union all ${page('e.subject_id = p.id')}) s`;
  if (filter.adherent !== null)
    return `
      select distinct on (s.at, s.id) s.* from (
        select one.* from wanted_adherent_site w cross join lateral ${page('e.site_id = w.id')} one
        union all ${page(NAMES_ADHERENT)}) s`;
  if (
    filter.kinds.length > 0 &&
    filter.siret === null &&
    filter.requestId === null &&
    filter.address === null
  )
    return `select s.* from unnest(cast(:kinds as text[])) k (kind) cross join lateral ${page('e.kind = k.kind')} s`;
  return `select s.* from ${page('true')} s`;
}

const SHOWN = `
  select e.id, e.at, ${MICROS} as micros, e.kind, e.register, e.client_id as "clientId", e.address,
    e.request_id as "requestId", e.facts, e.actor_id, e.subject_id,
    a.given_name || ' ' || a.family_name as actor_name, a.email as actor_email,
    p.given_name || ' ' || p.family_name as subject_name, p.email as subject_email,
    s.name as site_name, s.siret, h.raison_sociale`;

const NAMES = `
  left join account a on a.caisse_id = e.caisse_id and a.id = e.actor_id
  left join account p on p.caisse_id = e.caisse_id and p.id = e.subject_id
  left join site s on s.caisse_id = e.caisse_id and s.id = e.site_id
  left join adherent h on h.caisse_id = e.caisse_id and h.id = s.adherent_id`;

/** undefined for a line of another caisse as for none. */
export async function findAuditLine({ caisseId, sql }: Handle, id: bigint): Promise<AuditLine | undefined> {
  const { rows } = await sql.raw(
    `${SHOWN} from audit_event e ${NAMES} where e.caisse_id = :caisse and e.id = cast(:id as bigint)`,
    { caisse: caisseId, id: String(id) },
  );
  return rows.map(toLine)[0];
}

type Row = AuditLine & Readonly<Record<string, string | null>>;

function toLine(row: Row): AuditLine {
  const { id, at, micros, kind, register, clientId, address, requestId, facts } = row;
  return {
    ...{ id, at, micros, kind, register, clientId, address, requestId, facts },
    actor: named(row.actor_id, row.actor_name, row.actor_email),
    subject: named(row.subject_id, row.subject_name, row.subject_email),
    site:
      row.siret == null
        ? null
        : { name: row.site_name ?? '', siret: row.siret, raisonSociale: row.raison_sociale ?? '' },
  };
}

const named = (id = null as string | null, name = null as string | null, email = null as string | null) =>
  id === null ? null : { id, name, email };
