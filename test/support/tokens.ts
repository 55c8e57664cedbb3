/** What one person can hold of one site, all at once. */
import { API } from './app.ts';
import {
  type AuthorizationRequest,
  redeem,
  request,
  returned,
  signInAndRedeem,
  type Tokens,
  Visitor,
} from './visitor.ts';

/** A request that asks the person for nothing. */
export const silently = (
  issuer: string,
  clientId: string,
  siret: string,
  extra: Record<string, string> = {},
) => request(issuer, clientId, { prompt: 'none', siret_hint: siret, ...extra });

export async function redeemed(visitor: Visitor, asked: AuthorizationRequest): Promise<Tokens> {
  return redeem(asked, returned(await visitor.get(asked.url)).get('code') ?? '');
}

/** Everything that one person can hold for one site: tokens of each kind, and a code not redeemed yet. */
export async function everythingOn(issuer: string, email: string, siret: string) {
  const visitor = new Visitor();
  const first = await request(issuer, 'portail', { siret_hint: siret });
  const opaque = await signInAndRedeem(visitor, { email }, first);
  const forApi = { resource: API, scope: 'openid offline_access services' };
  const jwt = await redeemed(visitor, await silently(issuer, 'portail', siret, forApi));
  const rotating = await redeemed(visitor, await silently(issuer, 'essai', siret));
  const pending = await silently(issuer, 'portail', siret);
  const code = returned(await visitor.get(pending.url)).get('code') ?? '';
  return { visitor, opaque, jwt, rotating, redeemCode: () => redeem(pending, code) };
}
export type Everything = Awaited<ReturnType<typeof everythingOn>>;
