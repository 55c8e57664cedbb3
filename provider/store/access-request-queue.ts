/** The queue of requests for access, as agents go through it. Reads only. */
import type { Delegate, RequestStatus } from '../domain/access-request.ts';
import type { AccessRequest } from './access-requests.ts';
import { type CountedPage, countAndPage, matchingAll } from './counted-page.ts';
import type { Handle } from './handle.ts';

/** Names of those who head a site, by name: a validation makes one more. */
export async function listHeads({ caisseId, sql }: Handle, siteId: string): Promise<readonly string[]> {
  const heads: readonly { readonly name: string }[] = await sql('delegation as d')
    .join('account as a', (on) => on.on('a.caisse_id', 'd.caisse_id').andOn('a.id', 'd.grantee_account_id'))
    .select({ name: sql.raw(`a.given_name || ' ' || a.family_name`) })
    .where({ 'd.caisse_id': caisseId, 'd.site_id': siteId, 'd.kind': 'enrolment', 'd.status': 'active' })
    .orderBy('a.search_text');
  return heads.map(({ name }) => name);
}

export type QueueQuery = {
  readonly statuses: readonly RequestStatus[];
  /** Folded terms (domain/search), all of which must occur. */
  readonly terms: readonly string[];
  readonly limit: number;
  readonly offset: number;
};

export type QueuedRequest = Pick<AccessRequest, 'id' | 'number' | 'status' | 'createdAt' | 'changedAt'> & {
  readonly raisonSociale: string;
  readonly siret: string;
  readonly director: string;
  readonly delegate: Delegate['kind'] | null;
};

const SHOWN = `id, number, status, raison_sociale as "raisonSociale", siret,
  given_name || ' ' || family_name as director, delegate->>'kind' as delegate,
  floor(extract(epoch from created_at) * 1000)::float8 as "createdAt",
  floor(extract(epoch from changed_at) * 1000)::float8 as "changedAt"`;

export type Queue = CountedPage<QueuedRequest>;

/** Oldest first: whoever asked first is served first. One query. */
export function listQueue(
  { caisseId, sql }: Handle,
  { statuses, terms, limit, offset }: QueueQuery,
): Promise<Queue> {
  const { condition, bindings } = matchingAll(terms, 'search_text');
  return countAndPage(sql, {
    hits: `hit as materialized (
      select * from access_request where caisse_id = :caisse and status = any(:statuses)${condition}
    )`,
    shown: SHOWN,
    order: 'created_at, id',
    bindings: { caisse: caisseId, statuses: [...statuses], ...bindings },
    limit,
    offset,
  });
}

/** For any site of an adhérent, newest first. One query. */
export const listRequestsOf = (
  { caisseId, sql }: Handle,
  asked: { readonly adherentId: string; readonly limit: number; readonly offset: number },
): Promise<Queue> =>
  countAndPage(sql, {
    hits: `hit as materialized (
      select r.* from site s join access_request r on r.caisse_id = s.caisse_id and r.site_id = s.id
      where s.caisse_id = :caisse and s.adherent_id = :adherent
    )`,
    shown: SHOWN,
    order: 'created_at desc, id',
    bindings: { caisse: caisseId, adherent: asked.adherentId },
    limit: asked.limit,
    offset: asked.offset,
  });
