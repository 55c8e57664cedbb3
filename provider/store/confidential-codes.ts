/**
 * Confidential codes of sites: what a letter brings, and the passwords of the former space. Counts tries in the
 * statement that hands a hash out, so that no burst sees more of it than the limit. Verifying is the caller's.
 */
import { CODE_TRIES, readImportedHash } from '../domain/confidential-code.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type CodeOrigin = 'postal' | 'former_space';

export type NewCode = {
  readonly id: string;
  readonly siteId: string;
  readonly origin: CodeOrigin;
  /** PHC form. */
  readonly hash: string;
  /** Whom the caisse expects; '' when it does not know. */
  readonly givenName: string;
  readonly familyName: string;
  /** null only for the password of a former space. */
  readonly expiresAt: Instant | null;
};

/**
 * The new code takes the place of the site's current one of the same origin.
 * @throws for a hash that could not be verified: kept, it would break every identification of its caisse.
 */
export async function replaceCode({ caisseId, sql }: Handle, code: NewCode, now: Instant): Promise<void> {
  if (readImportedHash(code.hash) === null) throw new Error('the hash of a code is of an unknown kind');
  await sql('confidential_code')
    .update({ superseded_at: timestamp(now) })
    .where({ caisse_id: caisseId, site_id: code.siteId, origin: code.origin })
    .whereNull('used_at')
    .whereNull('superseded_at');
  await sql('confidential_code').insert({
    caisse_id: caisseId,
    id: code.id,
    site_id: code.siteId,
    origin: code.origin,
    hash: code.hash,
    given_name: code.givenName,
    family_name: code.familyName,
    tries: 0,
    created_at: timestamp(now),
    expires_at: code.expiresAt === null ? null : timestamp(code.expiresAt),
  });
}

export type CodeHash = { readonly id: string; readonly hash: string };

export type TriedCodes = {
  readonly postal: CodeHash | null;
  readonly formerSpace: CodeHash | null;
  /** A hash of this caisse's former space, of any site: what an equal effort is spent on when the site has none. */
  readonly formerSpaceSample: string | null;
};

/**
 * The current codes of a site, each with one try more. Nothing but the sample when SIRET and identifiant do not go
 * together, or no try is left: the same single statement all the same.
 * `identifiant`: without separators, in upper case.
 */
export async function tryCodes(
  { caisseId, sql }: Handle,
  asked: { readonly siret: string; readonly identifiant: string; readonly now: Instant },
): Promise<TriedCodes> {
  const { rows } = await sql.raw(
    `with place as (
      select s.id from site s
      join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
      where s.caisse_id = :caisse and s.siret = :siret
        and upper(regexp_replace(a.identifiant, '[ .-]', '', 'g')) = :identifiant
    ), locked as (
      select c.id from confidential_code c
      join place on c.site_id = place.id
      where c.caisse_id = :caisse and c.used_at is null and c.superseded_at is null
        and (c.expires_at is null or c.expires_at > :now) and c.tries < :most
      order by c.id for update of c
    ), tried as (
      update confidential_code c set tries = c.tries + 1
      from locked
      where c.caisse_id = :caisse and c.id = locked.id and c.tries < :most
      returning c.id, c.origin, c.hash
    )
    select
      (select json_build_object('id', id, 'hash', hash) from tried where origin = 'postal') as postal,
      (select json_build_object('id', id, 'hash', hash) from tried where origin = 'former_space') as "formerSpace",
      (select hash from confidential_code where caisse_id = :caisse and origin = 'former_space' limit 1)
        as "formerSpaceSample"`,
    { ...asked, caisse: caisseId, now: timestamp(asked.now), most: CODE_TRIES },
  );
  return rows[0];
}

/** Whoever has proved to hold a code gets the tries back, on all codes of its site. */
export async function forgiveTries(handle: Handle, codeId: string): Promise<void> {
  const { caisseId, sql } = handle;
  await sql('confidential_code')
    .update({ tries: 0 })
    .where({ caisse_id: caisseId })
    .whereIn('id', codesBeside(handle, codeId).whereNull('used_at').whereNull('superseded_at').forUpdate());
}

/** All codes of the same site, in the one order in which they are locked: so that no two acts wait for each other. */
const codesBeside = ({ caisseId, sql }: Handle, codeId: string) =>
  sql('confidential_code')
    .select('id')
    .where({ caisse_id: caisseId })
    .where('site_id', sql('confidential_code').select('site_id').where({ caisse_id: caisseId, id: codeId }))
    .orderBy('id');

export type CodeState = 'current' | 'used' | 'superseded';

/** Holds the codes of a site until the transaction ends: of several acts on them one goes first. */
export async function lockCode(handle: Handle, codeId: string): Promise<CodeState> {
  const rows: readonly { id: string; usedAt: Instant | null; supersededAt: Instant | null }[] =
    await codesBeside(handle, codeId)
      .select({ usedAt: 'used_at', supersededAt: 'superseded_at' })
      .forUpdate();
  const code = rows.find(({ id }) => id === codeId);
  if (code && code.usedAt !== null) return 'used';
  return code?.supersededAt === null ? 'current' : 'superseded';
}

/** Uses up a code that the caller has locked; what else would have opened the same site is over as well. */
export async function useCode(handle: Handle, codeId: string, now: Instant): Promise<void> {
  const { caisseId, sql } = handle;
  await sql('confidential_code')
    .update({ used_at: timestamp(now) })
    .where({ caisse_id: caisseId, id: codeId });
  await sql('confidential_code')
    .update({ superseded_at: timestamp(now) })
    .where({ caisse_id: caisseId })
    .whereIn('id', codesBeside(handle, codeId))
    .whereNull('used_at')
    .whereNull('superseded_at');
}
