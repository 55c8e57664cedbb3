/**
 * Confidential codes asked for again. A request is one row, whoever asks for whatever; a job looks later whether there
 * is anything to write. What a code is stands in domain/confidential-code, keeping it in store/confidential-codes.
 */
import type { Instant } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { timestamp } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';
import { CAME_BACK } from './letter-due.ts';

export type CodeRequest = {
  readonly caisseId: CaisseId;
  readonly id: string;
  /** Without separators, in upper case. */
  readonly identifiant: string;
};

export async function insertCodeRequest(
  { caisseId, sql }: Handle,
  request: { readonly id: string; readonly identifiant: string; readonly now: Instant },
): Promise<void> {
  await sql('code_request').insert({
    caisse_id: caisseId,
    id: request.id,
    identifiant: request.identifiant,
    asked_at: timestamp(request.now),
  });
}

/** Of every caisse, oldest first. */
export const listCodeRequests = (sql: Database, limit: number): Promise<readonly CodeRequest[]> =>
  sql('code_request')
    .select({ caisseId: 'caisse_id', id: 'id', identifiant: 'identifiant' })
    .orderBy(['asked_at', 'id'])
    .limit(limit);

export async function deleteCodeRequest({ caisseId, sql }: Handle, id: string): Promise<void> {
  await sql('code_request').delete().where({ caisse_id: caisseId, id });
}

/** How many letters with a code a site may get. */
export type LetterLimits = { readonly perDay: number; readonly perMonth: number };

/** A site whose space is not open, and to whom the letter goes. */
export type SiteWithoutSpace = {
  readonly siteId: string;
  readonly siret: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly postalAddress: readonly string[];
  /** Whom the caisse expects, as it said with the code before; '' when it does not know. */
  readonly givenName: string;
  readonly familyName: string;
};

const DAY = 86_400_000;

const DUE = `
  select s.id as "siteId", s.siret, a.identifiant, a.raison_sociale as "raisonSociale",
    a.postal_address as "postalAddress",
    coalesce(last.given_name, '') as "givenName", coalesce(last.family_name, '') as "familyName"
  from adherent a
  join site s on s.caisse_id = a.caisse_id and s.adherent_id = a.id
  left join lateral (
    select given_name, family_name from confidential_code c
    where c.caisse_id = s.caisse_id and c.site_id = s.id order by c.created_at desc limit 1
  ) last on true
  left join lateral (
    select count(*) filter (where c.created_at > :yesterday) as today, count(*) as month from confidential_code c
    where c.caisse_id = s.caisse_id and c.site_id = s.id and c.origin = 'postal' and c.created_at > :lastMonth
      and c.withdrawn_at is null
  ) sent on true
  where a.caisse_id = :caisse
    and not exists (select 1 from delegation d where d.caisse_id = s.caisse_id and d.site_id = s.id
      and d.kind = 'enrolment' and d.status in ('active', 'suspended'))
    and cardinality(a.postal_address) > 0 and not ${CAME_BACK}
    and sent.today < :perDay and sent.month < :perMonth`;

const bindingsOf = ({ caisseId }: Handle, limits: LetterLimits, now: Instant) => ({
  caisse: caisseId,
  yesterday: timestamp(now - DAY),
  lastMonth: timestamp(now - 30 * DAY),
  ...limits,
});

/** The sites of an adhérent to which a letter may go now. */
export async function listSitesDue(
  handle: Handle,
  identifiant: string,
  { limits, now }: { readonly limits: LetterLimits; readonly now: Instant },
): Promise<readonly SiteWithoutSpace[]> {
  const { rows } = await handle.sql.raw(
    `${DUE} and upper(regexp_replace(a.identifiant, '[ .-]', '', 'g')) = :identifiant order by s.siret`,
    { ...bindingsOf(handle, limits, now), identifiant },
  );
  return rows as SiteWithoutSpace[];
}

/** Looks again with the site held until the transaction ends: of two requests at once, one sends a letter. */
export async function isStillDue(
  handle: Handle,
  siteId: string,
  { limits, now }: { readonly limits: LetterLimits; readonly now: Instant },
): Promise<boolean> {
  await handle.sql.raw('select 1 from site where caisse_id = ? and id = ? for update', [
    handle.caisseId,
    siteId,
  ]);
  const { rows } = await handle.sql.raw(`${DUE} and s.id = :site`, {
    ...bindingsOf(handle, limits, now),
    site: siteId,
  });
  return rows.length === 1;
}
