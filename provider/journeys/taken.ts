/**
 * After rights were taken away: whoever is left without any right on a site loses what services hold for him there, in
 * the transaction of the act, and those services hear of it by back channel once it has committed. Whoever is only
 * narrowed needs nothing: his rights are read again at every issue, so that the next token says what is left.
 */
import type { Context } from 'koa';
import { stranded } from '../domain/impact.ts';
import type { Instant } from '../domain/instant.ts';
import { readAffected, type Struck } from '../store/affected.ts';
import type { Handle } from '../store/handle.ts';
import { type EndedSiteAccess, endSiteAccess } from '../store/sessions.ts';
import type { Web } from './web.ts';

/** People of whom services must hear: see `tellTaken`. */
export type Taken = readonly EndedSiteAccess[];

/**
 * Inside the act's transaction, once it has written. `forGood` is false for what may be resumed: what services hold is
 * then dead as long as no right is left, and lives again afterwards.
 */
export async function endTaken(
  inside: Handle,
  struck: Struck,
  { now, forGood }: { readonly now: Instant; readonly forGood: boolean },
): Promise<Taken> {
  const left = stranded(await readAffected(inside, { ...struck, entered: true }), now);
  return endSiteAccess(inside, left, { end: forGood });
}

/** OpenID Connect Back-Channel Logout 1.0, after the commit; never fails. All at once, so as to wait for the slowest alone. */
export async function tellTaken(ctx: Context, { interactions }: Pick<Web, 'interactions'>, taken: Taken) {
  await Promise.all(
    taken.map(({ accountId, sessions }) => interactions.tellServices(ctx, accountId, sessions)),
  );
}
