/**
 * The portal's own sessions, in memory. A session follows one session at the issuer; inside it each « espace »
 * is one site with its own tokens, named in the address, so that two tabs keep two sites apart.
 * Cookies hold random ids; only keyed hashes of them are kept.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Visitor } from './visitor.ts';

export type Tokens = {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly accessExpiresAt: number;
  readonly refreshToken: string | undefined;
  readonly idToken: string;
  /** What the ID token said, shown to integrators on the exchanges page. */
  readonly claims: Readonly<Record<string, unknown>>;
};

export type Espace = {
  readonly id: string;
  visitor: Visitor;
  tokens: Tokens;
  /** True once the issuer has refused to renew the tokens. */
  withdrawn: boolean;
  /** The renewal under way: one at a time, or a rotated refresh token would be sent twice. */
  renewal: Promise<void> | undefined;
  dsn: { readonly messages: readonly string[] | undefined; readonly until: number } | undefined;
};

export type PortalSession = {
  readonly slug: string;
  readonly sub: string;
  readonly sid: string | undefined;
  readonly espaces: Map<string, Espace>;
  readonly openedAt: number;
  seenAt: number;
};

export type Opening = {
  readonly slug: string;
  readonly visitor: Visitor;
  readonly tokens: Tokens;
  /** The cookie that the browser already has. */
  readonly cookie: string | undefined;
};

export type Ending = { readonly slug: string; readonly sub?: string; readonly sid?: string };

export type Sessions = ReturnType<typeof createSessions>;

const IDLE_MS = 2 * 3_600_000;
const LIFE_MS = 12 * 3_600_000;
const MOST_ESPACES = 20;

export function randomId(): string {
  return randomBytes(24).toString('base64url');
}

export function createSessions({ key, now }: { readonly key: string; readonly now: () => number }) {
  const byHash = new Map<string, PortalSession>();
  const hash = (cookie: string) => createHmac('sha256', key).update(cookie).digest('base64url');

  function alive(session: PortalSession): boolean {
    return now() - session.seenAt < IDLE_MS && now() - session.openedAt < LIFE_MS;
  }

  function sweep(): void {
    for (const [known, session] of byHash) if (!alive(session)) byHash.delete(known);
  }

  function find(slug: string, cookie: string | undefined): PortalSession | undefined {
    if (cookie === undefined) return undefined;
    const session = byHash.get(hash(cookie));
    if (session === undefined || session.slug !== slug || !alive(session)) return undefined;
    session.seenAt = now();
    return session;
  }

  /** Two tabs that come back at once share one session: they were signed in by the same one at the issuer. */
  function findTwin({ slug, visitor }: Opening): PortalSession | undefined {
    if (visitor.sid === undefined) return undefined;
    return [...byHash.values()].find(
      (session) =>
        session.slug === slug && session.sid === visitor.sid && session.sub === visitor.sub && alive(session),
    );
  }

  /** Adds an espace; `cookie` comes back where the browser needs another one, which is always a fresh one. */
  function open(opening: Opening): { readonly espace: Espace; readonly cookie: string | undefined } {
    sweep();
    const { slug, visitor, tokens } = opening;
    const current = find(slug, opening.cookie);
    const same = current !== undefined && current.sub === visitor.sub && current.sid === visitor.sid;
    const session: PortalSession = (same ? current : findTwin(opening)) ?? {
      slug,
      sub: visitor.sub,
      sid: visitor.sid,
      espaces: new Map(),
      openedAt: now(),
      seenAt: now(),
    };
    const espace: Espace = {
      id: randomId(),
      visitor,
      tokens,
      withdrawn: false,
      renewal: undefined,
      dsn: undefined,
    };
    session.espaces.set(espace.id, espace);
    const [oldest] = session.espaces.keys();
    if (session.espaces.size > MOST_ESPACES && oldest !== undefined) session.espaces.delete(oldest);
    if (same) return { espace, cookie: undefined };
    const cookie = randomId();
    byHash.set(hash(cookie), session);
    return { espace, cookie };
  }

  /** Ends every session that matches all that is given (Back-Channel Logout 1.0 §2.7). */
  function end({ slug, sub, sid }: Ending): void {
    for (const [known, session] of byHash) {
      if (session.slug !== slug) continue;
      if (sub !== undefined && session.sub !== sub) continue;
      if (sid !== undefined && session.sid !== sid) continue;
      byHash.delete(known);
    }
  }

  function close(session: PortalSession): void {
    for (const [known, other] of byHash) if (other === session) byHash.delete(known);
  }

  return { find, open, end, close, clear: () => byHash.clear() };
}
