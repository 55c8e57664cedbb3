/**
 * Signing keys of a caisse: ES256 by default, RS256 beside it for services that know no other. A key is published
 * before it signs (`next`) and after (`previous`), so that no token is met by a service that lacks its key.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import type { Sealer } from '../domain/seal.ts';
import type { SigningKeyRow } from '../store/caisses.ts';

export type SigningAlg = SigningKeyRow['alg'];

const sealContext = (caisseId: string, kid: string): string => `signing-key:${caisseId}:${kid}`;

/** A new pair, sealed for its caisse. `kid` is the RFC 7638 thumbprint. */
export function makeSigningKey(
  caisseId: string,
  alg: SigningAlg,
  sealer: Sealer,
): Omit<SigningKeyRow, 'status'> {
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = thumbprint(jwk as JWK);
  return { kid, alg, privateJwk: sealer.seal(JSON.stringify(jwk), sealContext(caisseId, kid)) };
}

function thumbprint(jwk: JWK): string {
  const members =
    jwk.kty === 'EC' ? { crv: jwk.crv, kty: 'EC', x: jwk.x, y: jwk.y } : { e: jwk.e, kty: 'RSA', n: jwk.n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** The private key set of a caisse, in the order of the rows: the library signs with the first of an algorithm. */
export const openSigningKeys = (
  caisseId: string,
  rows: readonly SigningKeyRow[],
  sealer: Sealer,
): { keys: JWK[] } => ({
  keys: rows.map(({ kid, alg, privateJwk }) => ({
    ...(JSON.parse(sealer.open(privateJwk, sealContext(caisseId, kid))) as JWK),
    kid,
    alg,
    use: 'sig',
  })),
});

/** Without the private members (RFC 7517): what verifies our own tokens. */
export const publicKeys = ({ keys }: { readonly keys: readonly JWK[] }): { keys: JWK[] } => ({
  keys: keys.map(({ d, p, q, dp, dq, qi, ...open }) => open),
});
