/**
 * Machines that call an API of the issuer's own: which service an access token of client credentials speaks for. One
 * look-up, at this caisse alone. What it may then ask is decided by the route.
 */
import type { Context } from 'koa';
import type { Issuer } from './provider.ts';

export type MachineCaller = {
  readonly clientId: string;
  /** Those of the token that the service is still registered with. */
  readonly scopes: readonly string[];
};

/** null: no such token here, expired, or not one for us. */
export const makeCallers =
  (issuerOf: (ctx: Context) => Issuer) =>
  async (ctx: Context, token: string): Promise<MachineCaller | null> => {
    const { provider } = issuerOf(ctx);
    const found = await provider.ClientCredentials.find(token);
    // With an audience it is meant for another API (RFC 9068 §4). Bound to a key, it would be worth stealing if it passed
    // for a plain Bearer (RFC 9449 §7.2).
    if (!found || found.aud !== undefined || found.isSenderConstrained()) return null;
    const client = await provider.Client.find(found.clientId ?? '');
    if (!client) return null;
    const registered = new Set(client.scope?.split(' '));
    return { clientId: client.clientId, scopes: [...found.scopes].filter((scope) => registered.has(scope)) };
  };
