/**
 * A code or token as the one request that presents it needs it, in one query: with the grant that it was issued under,
 * and with what its person holds now on the grant's site. All of it is of one instant.
 */
import type { Instant } from '../domain/instant.ts';
import { type Artifact, hashOf } from './artifacts.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { HOLDING, type Holding, type HoldingRow, toHolding } from './holdings.ts';
import { run, type Statement } from './statement.ts';

export type GrantRead = {
  readonly id: string;
  readonly accountId: string | null;
  /** null for the caisse's staff, who act for no site. */
  readonly siteId: string | null;
  readonly artifact: Artifact;
  /** null when the account does not exist at this caisse. */
  readonly holding: Holding | null;
};

/** `grant`: null when it has none, or none that stands. */
export type TokenRead = Artifact & { readonly kind: string; readonly grant: GrantRead | null };

const READ: Statement = {
  name: 'read_token',
  text: `
    select token.kind, token.payload, token.consumed_at as "consumedAt", token.grant_id as "grantId",
      standing.payload as "grantPayload", standing.consumed_at as "grantConsumedAt",
      standing.account_id as "accountId", standing.site_id as "siteId", held.account, held.site, held.links
    from oidc_artifact token
    left join lateral (
      select payload, consumed_at, account_id::uuid as account_id, site_id from oidc_artifact
      where caisse_id = $1 and kind = 'Grant' and id_hash = sha256(convert_to(token.grant_id, 'UTF8'))
        and expires_at > $4 offset 0) standing on true
    left join lateral (
      ${HOLDING({ account: 'standing.account_id', siteIs: 's.id = standing.site_id' })} offset 0
    ) held on standing.account_id is not null
    where token.caisse_id = $1 and token.kind = any ($2) and token.id_hash = $3 and token.expires_at > $4`,
};

type Row = Artifact & {
  readonly kind: string;
  readonly grantId: string | null;
  readonly grantPayload: Artifact['payload'] | null;
  readonly grantConsumedAt: Instant | null;
  readonly accountId: string | null;
  readonly siteId: string | null;
} & HoldingRow;

/** Whichever of those kinds has this id; ids are random, so that at most one does. */
export async function readToken(
  { caisseId, sql }: Handle,
  kinds: readonly string[],
  id: string,
  now: Instant,
): Promise<TokenRead | undefined> {
  const { rows } = await run<Row>(sql, READ, [caisseId, kinds, hashOf(id), timestamp(now)]);
  const [row] = rows;
  if (!row) return undefined;
  const { kind, payload, consumedAt } = row;
  return { kind, payload, consumedAt, grant: grantOf(row, caisseId) };
}

function grantOf(row: Row, caisseId: string): GrantRead | null {
  const { grantId: id, grantPayload: payload, grantConsumedAt: consumedAt, accountId, siteId } = row;
  if (id === null || payload === null) return null;
  const holding = accountId === null ? null : toHolding(row, caisseId);
  return { id, accountId, siteId, artifact: { payload, consumedAt }, holding };
}
