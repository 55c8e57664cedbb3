/**
 * The issuers that the API trusts and their keys. Owns discovery (OpenID Connect Discovery 1.0 §4) and the
 * signature keys; decides nothing about a token's claims.
 */
import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { Denied } from './denial.ts';

export type IssuerSettings = { readonly slug: string; readonly issuer: string };

export type Issuer = IssuerSettings & {
  /** The issuer's key set: discovered at first use, cached, fetched again for an unknown key at most every 30 s. */
  readonly keys: () => Promise<JWTVerifyGetKey>;
};

const TIMEOUT_MS = 5_000;
const KEY_SET_COOLDOWN_MS = 30_000;
const KEY_SET_MAX_AGE_MS = 600_000;

function requireSecure(address: string, allowInsecure: boolean): URL {
  const url = new URL(address);
  if (url.protocol === 'https:' || (allowInsecure && url.protocol === 'http:')) return url;
  throw new Error(`Address not allowed, https is required: ${address}`);
}

async function discoverKeySetAddress(issuer: string, allowInsecure: boolean): Promise<URL> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`Discovery answered ${response.status}: ${address}`);
  const metadata = (await response.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  // Discovery §4.3: a document that names another issuer is somebody else's.
  if (metadata.issuer !== issuer) throw new Error(`Discovery names another issuer: ${address}`);
  if (typeof metadata.jwks_uri !== 'string') throw new Error(`Discovery has no jwks_uri: ${address}`);
  return requireSecure(metadata.jwks_uri, allowInsecure);
}

export function trustIssuer({ slug, issuer }: IssuerSettings, allowInsecure: boolean): Issuer {
  requireSecure(issuer, allowInsecure);
  let found: Promise<JWTVerifyGetKey> | undefined;

  async function discover(): Promise<JWTVerifyGetKey> {
    try {
      return createRemoteJWKSet(await discoverKeySetAddress(issuer, allowInsecure), {
        timeoutDuration: TIMEOUT_MS,
        cooldownDuration: KEY_SET_COOLDOWN_MS,
        cacheMaxAge: KEY_SET_MAX_AGE_MS,
      });
    } catch (cause) {
      // Forgotten, so that the next request tries again: the issuer may start after the API.
      found = undefined;
      throw issuerAway(cause);
    }
  }

  function keys(): Promise<JWTVerifyGetKey> {
    found ??= discover();
    return found;
  }

  return { slug, issuer, keys };
}

/** 503: nothing is known of the token, so neither yes nor 401 would be true. */
export function issuerAway(cause: unknown): Denied {
  return new Denied(
    {
      status: 503,
      error: 'temporarily_unavailable',
      description: 'The issuer of the token cannot be reached',
    },
    { cause },
  );
}
