/**
 * Sign-ins that have left for the issuer and not come back yet. Each is bound to the browser that started it by
 * a cookie of its own, so that tabs do not disturb one another and nobody can finish another's sign-in.
 */
import { createHash } from 'node:crypto';
import { randomId } from './sessions.ts';

export type PendingSignIn = {
  readonly slug: string;
  readonly codeVerifier: string;
  readonly nonce: string;
  /** Where to go inside the espace once it is open. */
  readonly place: string;
  /** The espace that the person left in order to change site. */
  readonly from: string | undefined;
};

export type PendingSignIns = ReturnType<typeof createPendingSignIns>;

/** As long as the issuer keeps a sign-in that was begun: whoever comes back from it is still expected. */
export const SIGN_IN_LIFE_MS = 60 * 60_000;
const MOST_PENDING = 20_000;

type Kept = PendingSignIn & { readonly binding: string; readonly until: number };

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}

/** The name of the cookie that binds a sign-in to its browser. */
export function bindingCookie(state: string): string {
  return `connexion_${sha256(state).slice(0, 16)}`;
}

export function createPendingSignIns(now: () => number) {
  const byState = new Map<string, Kept>();

  function forgetOld(): void {
    for (const [state, { until }] of byState) {
      if (until > now() && byState.size < MOST_PENDING) break;
      byState.delete(state);
    }
  }

  /** Keeps a sign-in; returns the value of the cookie that binds it. */
  function keep(state: string, signIn: PendingSignIn): string {
    forgetOld();
    const binding = randomId();
    byState.set(state, { ...signIn, binding: sha256(binding), until: now() + SIGN_IN_LIFE_MS });
    return binding;
  }

  /** Takes a sign-in back, once. */
  function take(slug: string, state: string, binding: string | undefined): PendingSignIn | undefined {
    const kept = byState.get(state);
    if (kept === undefined || binding === undefined) return undefined;
    if (kept.slug !== slug || kept.binding !== sha256(binding)) return undefined;
    byState.delete(state);
    return kept.until > now() ? kept : undefined;
  }

  return { keep, take, clear: () => byState.clear() };
}
