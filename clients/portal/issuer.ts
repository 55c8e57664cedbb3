/**
 * One caisse's issuer as the portal sees it. Owns discovery, the client's credentials and the keys that sign
 * logout tokens; a failed discovery is forgotten, so the next request tries again.
 */
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import * as client from 'openid-client';
import type { CaisseSettings, Settings } from './settings.ts';

const TIMEOUT_S = 10;

export type Connection = {
  readonly config: client.Configuration;
  readonly keys: JWTVerifyGetKey;
};

export type Issuer = Required<CaisseSettings> & {
  /** @throws when the issuer cannot be reached or is not the one expected. */
  readonly connect: () => Promise<Connection>;
};

export function createIssuer(caisse: Required<CaisseSettings>, settings: Settings): Issuer {
  let found: Promise<Connection> | undefined;

  function connect(): Promise<Connection> {
    found ??= discover(caisse, settings).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  return { ...caisse, connect };
}

async function discover(caisse: CaisseSettings, { allowInsecure, now }: Settings): Promise<Connection> {
  const config = await client.discovery(
    new URL(caisse.issuer),
    caisse.clientId,
    {
      id_token_signed_response_alg: 'ES256',
      [client.clockSkew]: Math.round((now() - Date.now()) / 1000),
    },
    client.ClientSecretBasic(caisse.clientSecret),
    {
      timeout: TIMEOUT_S,
      // TLS alone would vouch for an ID token fetched from the token endpoint; its signature is checked as well.
      execute: [client.enableNonRepudiationChecks, ...(allowInsecure ? [client.allowInsecureRequests] : [])],
    },
  );
  const jwksUri = config.serverMetadata().jwks_uri;
  if (jwksUri === undefined) throw new Error(`Discovery has no jwks_uri: ${caisse.issuer}`);
  return { config, keys: createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: TIMEOUT_S * 1000 }) };
}
