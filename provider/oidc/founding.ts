/** Creation of a caisse and registration of its services: the secrets are made here and never leave unsealed. */

import type { Instant } from '../domain/instant.ts';
import { isIssuer } from '../domain/issuer.ts';
import type { Random, Sealer } from '../domain/seal.ts';
import { insertCaisse, insertClient, insertSigningKey } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { type Handle, handleOf } from '../store/handle.ts';
import { type Settings, SettingsSchema } from '../tenant/settings.ts';
import { makeSigningKey } from './keys.ts';

export type Maker = { readonly sealer: Sealer; readonly random: Random; readonly now: Instant };

export type NewCaisse = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly timeZone: string;
  readonly settings: Partial<Settings> & Pick<Settings, 'shortName' | 'theme'>;
};

export const cookieKeysContext = (caisseId: string): string => `cookie-keys:${caisseId}`;
export const clientSecretContext = (caisseId: string, clientId: string): string =>
  `client-secret:${caisseId}:${clientId}`;

/**
 * One caisse with a cookie key and a current signing key of each algorithm, in the caller's transaction.
 * @throws RangeError for an issuer that no request could ever find.
 */
export async function foundCaisse(sql: Database, caisse: NewCaisse, make: Maker): Promise<Handle> {
  if (!isIssuer(caisse.issuer)) throw new RangeError(`cannot be an issuer: ${caisse.issuer}`);
  const cookieKeys = [make.random(32).toString('base64url')];
  await insertCaisse(
    sql,
    {
      id: caisse.id,
      name: caisse.name,
      issuer: caisse.issuer,
      timeZone: caisse.timeZone,
      settings: SettingsSchema.parse(caisse.settings),
      cookieKeys: make.sealer.seal(JSON.stringify(cookieKeys), cookieKeysContext(caisse.id)),
    },
    make.now,
  );
  const handle = handleOf(sql, caisse.id);
  for (const alg of ['ES256', 'RS256'] as const) {
    const key = makeSigningKey(caisse.id, alg, make.sealer);
    await insertSigningKey(handle, { ...key, status: 'current' }, make.now);
  }
  return handle;
}

export type NewClient = {
  readonly clientId: string;
  /** RFC 7591 names, without client_id and client_secret. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secret: string | null;
  readonly thirdParty: boolean;
  readonly defaultService: boolean;
};

export async function registerClient(handle: Handle, client: NewClient, make: Maker): Promise<void> {
  const context = clientSecretContext(handle.caisseId, client.clientId);
  await insertClient(
    handle,
    { ...client, secret: client.secret === null ? null : make.sealer.seal(client.secret, context) },
    make.now,
  );
}
