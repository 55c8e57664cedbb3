/**
 * Rotation of signing keys, a step at a time: a new key is published, then it signs, then the former one is withdrawn.
 * Owns the waits between: services keep the keys that they have read, and tokens of the former key live on. Cookie keys
 * are ours alone: the new one signs at once, and the former one still verifies until the rotation after.
 */
import type { Instant } from '../domain/instant.ts';
import type { Random, Sealer } from '../domain/seal.ts';
import { insertSigningKey } from '../store/caisses.ts';
import type { Handle } from '../store/handle.ts';
import {
  deleteSigningKey,
  type KeyStanding,
  lockCookieKeys,
  lockSigningKeys,
  replaceCookieKeys,
  setKeyStatus,
} from '../store/signing-keys.ts';
import { LIFETIME } from './contract.ts';
import { cookieKeysContext } from './founding.ts';
import { makeSigningKey, type SigningAlg } from './keys.ts';

const DAY = 86_400_000;
/** A day: longer than services keep a key set. */
const PUBLISHED_FOR = DAY;
/** Thirty days: longer than any token, or ID token brought back as a hint, is of use. */
const KEPT_FOR = 30 * DAY;

export type Step =
  | {
      readonly kind: 'published' | 'switched' | 'withdrawn';
      readonly kid: string;
      readonly nextAt: Instant | null;
    }
  | { readonly kind: 'too_early'; readonly nextAt: Instant };

export type Rotating = {
  readonly alg: SigningAlg;
  readonly sealer: Sealer;
  readonly now: Instant;
  /** Without the waits: services that have not read the new key refuse what it signs. */
  readonly force: boolean;
};

/** The next step, when its time has come. In a transaction. */
export async function rotateKey(inside: Handle, { alg, sealer, now, force }: Rotating): Promise<Step> {
  const keys = await lockSigningKeys(inside, alg);
  const byStatus = (status: KeyStanding['status']) => keys.find((key) => key.status === status);
  const [next, current, previous] = [byStatus('next'), byStatus('current'), byStatus('previous')];
  const dueAt = next ? next.since + PUBLISHED_FOR : previous ? previous.since + KEPT_FOR : now;
  if (dueAt > now && !force) return { kind: 'too_early', nextAt: dueAt };
  if (next) {
    // In this order: one key of an algorithm is current at a time.
    if (current) await setKeyStatus(inside, current.kid, { status: 'previous', now });
    await setKeyStatus(inside, next.kid, { status: 'current', now });
    return { kind: 'switched', kid: next.kid, nextAt: now + KEPT_FOR };
  }
  if (previous) {
    for (const key of keys) if (key.status === 'previous') await deleteSigningKey(inside, key.kid);
    return { kind: 'withdrawn', kid: previous.kid, nextAt: null };
  }
  const made = makeSigningKey(inside.caisseId, alg, sealer);
  await insertSigningKey(inside, { ...made, status: 'next' }, now);
  return { kind: 'published', kid: made.kid, nextAt: now + PUBLISHED_FOR };
}

/** Longer than any session: what the key that goes has signed is over by then. */
const COOKIES_KEPT_FOR = (LIFETIME.session + LIFETIME.interaction) * 1000;

export type CookieStep = { readonly kind: 'renewed' | 'too_early'; readonly nextAt: Instant };

/** In a transaction. With `force`, whoever is signed in by the key before the former one signs in again. */
export async function rotateCookieKeys(
  inside: Handle,
  { sealer, random, now, force }: Omit<Rotating, 'alg'> & { readonly random: Random },
): Promise<CookieStep> {
  const { sealed, since } = await lockCookieKeys(inside);
  const context = cookieKeysContext(inside.caisseId);
  const [current, ...former] = JSON.parse(sealer.open(sealed, context)) as string[];
  const dueAt = former.length === 0 ? now : since + COOKIES_KEPT_FOR;
  if (dueAt > now && !force) return { kind: 'too_early', nextAt: dueAt };
  const keys = [random(32).toString('base64url'), current];
  await replaceCookieKeys(inside, { sealed: sealer.seal(JSON.stringify(keys), context), since: now });
  return { kind: 'renewed', nextAt: now + COOKIES_KEPT_FOR };
}
