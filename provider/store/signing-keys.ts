/** Signing keys and cookie keys as they are rotated; reading them to sign and to publish is store/caisses'. */
import type { Instant } from '../domain/instant.ts';
import type { SigningKeyRow } from './caisses.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type KeyStanding = Pick<SigningKeyRow, 'kid' | 'alg' | 'status'> & {
  /** Since when it is what it is. */
  readonly since: Instant;
};

/** Of one algorithm, locked for the rest of the transaction: of two rotations at once one waits. */
export async function lockSigningKeys(
  { caisseId, sql }: Handle,
  alg: SigningKeyRow['alg'],
): Promise<KeyStanding[]> {
  const { rows } = await sql.raw(
    `select kid, alg, status, coalesce(status_since, created_at) as since
     from signing_key where caisse_id = ? and alg = ? order by kid for update`,
    [caisseId, alg],
  );
  return rows;
}

export async function setKeyStatus(
  { caisseId, sql }: Handle,
  kid: string,
  { status, now }: { readonly status: SigningKeyRow['status']; readonly now: Instant },
): Promise<void> {
  await sql('signing_key')
    .update({ status, status_since: timestamp(now) })
    .where({ caisse_id: caisseId, kid });
}

export const deleteSigningKey = ({ caisseId, sql }: Handle, kid: string): Promise<number> =>
  sql('signing_key').where({ caisse_id: caisseId, kid, status: 'previous' }).delete();

export type CookieKeys = { readonly sealed: Buffer; readonly since: Instant };

/** Locked for the rest of the transaction. */
export const lockCookieKeys = async ({ caisseId, sql }: Handle): Promise<CookieKeys> => {
  const { rows } = await sql.raw(
    `select cookie_keys as sealed, coalesce(cookie_keys_since, created_at) as since
     from caisse where id = ? for no key update`,
    [caisseId],
  );
  return rows[0];
};

/** Every process hears of it. */
export async function replaceCookieKeys(
  { caisseId, sql }: Handle,
  { sealed, since }: CookieKeys,
): Promise<void> {
  await sql('caisse')
    .update({ cookie_keys: sealed, cookie_keys_since: timestamp(since) })
    .where({ id: caisseId });
}
