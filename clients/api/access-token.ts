/**
 * From an Authorization header to a caller: JWT access tokens of RFC 9068, sent as RFC 6750 or RFC 9449 say.
 * Owns what makes a token valid here; what its holder may do on a route is decided by the route.
 */
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { Denied, invalidToken, malformedCredentials, type Scheme } from './denial.ts';
import { verifyProof } from './dpop.ts';
import { type Issuer, issuerAway } from './issuers.ts';
import type { ReplayGuard } from './replay.ts';

export type Caller = {
  readonly caisse: string;
  readonly sub: string;
  /** The site that the token was issued for; absent for staff of the caisse and for machines. */
  readonly siret: string | undefined;
  readonly entitlements: readonly string[];
  readonly scopes: readonly string[];
  readonly scheme: Scheme;
};

export type Verification = {
  readonly issuers: readonly Issuer[];
  readonly audience: string;
  readonly now: () => number;
  readonly replays: ReplayGuard;
};

export type Credentials = {
  readonly authorization: string | undefined;
  readonly proof: string | undefined;
  readonly method: string;
  readonly address: string;
};

const SIGNATURE_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'];

/** @throws Denied 400, 401 or 503; never anything else for what a caller can send. */
export async function identifyCaller(credentials: Credentials, by: Verification): Promise<Caller> {
  const { scheme, token } = readAuthorization(credentials.authorization);
  const issuer = by.issuers.find((known) => known.issuer === claimedIssuer(token, scheme));
  if (issuer === undefined) throw invalidToken(scheme, 'The issuer of the token is not trusted here');
  const payload = await verifySignature(token, scheme, issuer, by);
  await verifyBinding(payload, token, scheme, credentials, by);
  return {
    caisse: issuer.slug,
    sub: String(payload.sub),
    siret: typeof payload.siret === 'string' ? payload.siret : undefined,
    entitlements: Array.isArray(payload.entitlements)
      ? payload.entitlements.filter((entitlement) => typeof entitlement === 'string')
      : [],
    scopes: typeof payload.scope === 'string' ? payload.scope.split(' ') : [],
    scheme,
  };
}

function readAuthorization(header: string | undefined): { readonly scheme: Scheme; readonly token: string } {
  if (header === undefined || header === '') {
    throw new Denied({ status: 401, description: 'An access token is required' });
  }
  const match = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i.exec(header);
  if (match === null) throw malformedCredentials('The Authorization header is neither Bearer nor DPoP');
  const [, word = '', token = ''] = match;
  return { scheme: word.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

function claimedIssuer(token: string, scheme: Scheme): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw invalidToken(scheme, 'The access token is not a JWT', cause);
  }
}

async function verifySignature(
  token: string,
  scheme: Scheme,
  issuer: Issuer,
  by: Verification,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, await issuer.keys(), {
      typ: 'at+jwt',
      issuer: issuer.issuer,
      audience: by.audience,
      algorithms: SIGNATURE_ALGORITHMS,
      requiredClaims: ['sub', 'client_id', 'exp', 'iat', 'jti'],
      currentDate: new Date(by.now()),
    });
    return payload;
  } catch (cause) {
    if (cause instanceof Denied) throw cause;
    throw refuse(cause, scheme);
  }
}

function refuse(cause: unknown, scheme: Scheme): Denied {
  if (cause instanceof errors.JWTExpired) return invalidToken(scheme, 'The access token has expired', cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return invalidToken(scheme, `The access token is not for this API: ${cause.claim}`, cause);
  }
  const keySetUnreadable =
    !(cause instanceof errors.JOSEError) ||
    cause instanceof errors.JWKSTimeout ||
    cause instanceof errors.JWKSInvalid ||
    cause.code === 'ERR_JOSE_GENERIC';
  if (keySetUnreadable) return issuerAway(cause);
  return invalidToken(scheme, 'The signature of the access token does not verify', cause);
}

async function verifyBinding(
  payload: JWTPayload,
  token: string,
  scheme: Scheme,
  credentials: Credentials,
  by: Verification,
): Promise<void> {
  const thumbprint = (payload.cnf as { readonly jkt?: unknown } | undefined)?.jkt;
  if (payload.cnf === undefined && scheme === 'Bearer') return;
  // RFC 9449 §7.2: a bound token that passes for a plain Bearer would be worth stealing.
  if (scheme === 'Bearer') throw invalidToken('DPoP', 'The access token is bound to a key, use DPoP');
  if (typeof thumbprint !== 'string') throw invalidToken('Bearer', 'The access token is not bound to a key');
  await verifyProof({
    proof: credentials.proof,
    accessToken: token,
    thumbprint,
    method: credentials.method,
    address: credentials.address,
    now: by.now(),
    replays: by.replays,
  });
}
