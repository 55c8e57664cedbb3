/** Logout tokens of OpenID Connect Back-Channel Logout 1.0 §2.6, checked point by point. */
import { jwtVerify } from 'jose';
import type { Issuer } from './issuer.ts';
import type { Ending } from './sessions.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const OLDEST_S = 300;
const MOST_REMEMBERED = 50_000;

/** The logout tokens already obeyed: an identifier is good once, until its token would be too old anyway. */
export type SeenTokens = Map<string, number>;

/** @throws Error when the token is not a logout token from this issuer to this client, or comes twice. */
export async function readLogoutToken(
  token: string,
  { issuer, seen, now }: { readonly issuer: Issuer; readonly seen: SeenTokens; readonly now: number },
): Promise<Ending> {
  const { keys } = await issuer.connect();
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: issuer.issuer,
    audience: issuer.clientId,
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxTokenAge: OLDEST_S,
    clockTolerance: 10,
    currentDate: new Date(now),
  });
  const { sub, sid, jti = '' } = payload;
  const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
  if (type !== undefined && type !== 'logout+jwt') throw new Error('typ is not logout+jwt');
  if (!isLogoutEvent(payload.events)) throw new Error('events does not hold a logout');
  // §2.4: a nonce would let an ID token pass for a logout token.
  if ('nonce' in payload) throw new Error('nonce is present');
  const ending = readEnding(issuer.slug, sub, sid);
  rememberOnce(`${issuer.slug} ${jti}`, seen, now);
  return ending;
}

/** An empty name must not read as « everybody ». */
function readEnding(slug: string, sub: unknown, sid: unknown): Ending {
  if (sub === undefined && sid === undefined) throw new Error('neither sub nor sid');
  if (sub !== undefined && (typeof sub !== 'string' || sub === '')) throw new Error('sub names nobody');
  if (sid !== undefined && (typeof sid !== 'string' || sid === '')) throw new Error('sid names nothing');
  return { slug, ...(sub === undefined ? {} : { sub }), ...(sid === undefined ? {} : { sid }) };
}

function isLogoutEvent(events: unknown): boolean {
  if (typeof events !== 'object' || events === null) return false;
  const event = (events as Readonly<Record<string, unknown>>)[EVENT];
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

function rememberOnce(id: string, seen: SeenTokens, now: number): void {
  for (const [known, until] of seen) {
    if (until > now) break;
    seen.delete(known);
  }
  if (seen.has(id)) throw new Error('jti was already used');
  if (seen.size >= MOST_REMEMBERED) throw new Error('too many logout tokens');
  seen.set(id, now + 2 * OLDEST_S * 1000);
}
