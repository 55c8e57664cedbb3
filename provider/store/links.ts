/**
 * Links in mails (DESIGN: GET only shows, POST consumes). A token is 256 random bits, stored hashed, bound to an
 * account, a purpose and the address it was sent to; a new one of the same purpose supersedes the former.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import type { Random } from '../domain/seal.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type LinkPurpose =
  | 'activation'
  | 'password_reset'
  | 'email_change'
  | 'email_change_cancel'
  | 'certification';

export type LinkFacts = Readonly<Record<string, string | number | boolean | null>>;

export type SentLink = {
  readonly accountId: string;
  readonly email: string;
  readonly facts: LinkFacts;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Why it no longer works, or `live`. */
  readonly state: 'live' | 'used' | 'expired' | 'superseded';
};

export type NewLink = {
  readonly purpose: LinkPurpose;
  readonly accountId: string;
  readonly email: string;
  readonly facts?: LinkFacts;
  readonly now: Instant;
  readonly expiresAt: Instant;
  readonly random: Random;
};

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Each former address keeps its way back: a second change must not silence what the first one's owner was sent. */
const SIDE_BY_SIDE: ReadonlySet<LinkPurpose> = new Set(['email_change_cancel']);

/** @returns the token, which goes into the mail and nowhere else. */
export async function createLink({ caisseId, sql }: Handle, link: NewLink): Promise<string> {
  if (!SIDE_BY_SIDE.has(link.purpose)) {
    await supersedeLinks({ caisseId, sql }, link.accountId, [link.purpose], link.now);
  }
  const token = link.random(32).toString('base64url');
  await sql('link').insert({
    caisse_id: caisseId,
    token_hash: hash(token),
    purpose: link.purpose,
    account_id: link.accountId,
    email: link.email,
    facts: JSON.stringify(link.facts ?? {}),
    created_at: timestamp(link.now),
    expires_at: timestamp(link.expiresAt),
  });
  return token;
}

/** Ends the live links of an account for these purposes: a reset link must not outlive a change of address. */
export async function supersedeLinks(
  { caisseId, sql }: Handle,
  accountId: string,
  purposes: readonly LinkPurpose[],
  now: Instant,
): Promise<void> {
  await sql('link')
    .update({ superseded_at: timestamp(now) })
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereIn('purpose', [...purposes])
    .whereNull('used_at')
    .whereNull('superseded_at');
}

const COLUMNS = {
  accountId: 'account_id',
  email: 'email',
  facts: 'facts',
  createdAt: 'created_at',
  expiresAt: 'expires_at',
  usedAt: 'used_at',
  supersededAt: 'superseded_at',
};

/** Looks without consuming: mail scanners open links. undefined for a token that never was, of this purpose here. */
export async function findLink(
  { caisseId, sql }: Handle,
  purpose: LinkPurpose,
  token: string,
  now: Instant,
): Promise<SentLink | undefined> {
  const row = await sql('link')
    .first(COLUMNS)
    .where({ caisse_id: caisseId, purpose, token_hash: hash(token) });
  if (!row) return undefined;
  const { usedAt, supersededAt, ...link } = row;
  const state =
    usedAt !== null
      ? 'used'
      : supersededAt !== null
        ? 'superseded'
        : link.expiresAt <= now
          ? 'expired'
          : 'live';
  return { ...link, state };
}

/** Consumes in one statement: of several at once, one gets the link, the others undefined. */
export async function consumeLink(
  { caisseId, sql }: Handle,
  purpose: LinkPurpose,
  token: string,
  now: Instant,
): Promise<Omit<SentLink, 'state'> | undefined> {
  const [row] = await sql('link')
    .update({ used_at: timestamp(now) })
    .where({ caisse_id: caisseId, purpose, token_hash: hash(token) })
    .where('expires_at', '>', timestamp(now))
    .whereNull('used_at')
    .whereNull('superseded_at')
    .returning(['account_id', 'email', 'facts', 'created_at', 'expires_at']);
  return (
    row && {
      accountId: row.account_id,
      email: row.email,
      facts: row.facts,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  );
}

/** A link that is over still says why for a month; its address has no business here longer. */
const LINK_OUTLIVES = 30 * 86_400_000;

/** In every caisse. @returns how many went. */
export const sweepLinks = (sql: Database, now: Instant): Promise<number> =>
  sql('link')
    .delete()
    .where('expires_at', '<', timestamp(now - LINK_OUTLIVES));
