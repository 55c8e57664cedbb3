/** Proof of possession of the key that a token is bound to: RFC 9449 §4.3 and §7.1. */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from 'jose';
import { Denied, DPOP_ALGORITHMS } from './denial.ts';
import type { ReplayGuard } from './replay.ts';

const PROOF_LIFE_S = 60;

export type ProofRequest = {
  readonly proof: string | undefined;
  readonly accessToken: string;
  /** `cnf.jkt` of the access token. */
  readonly thumbprint: string;
  readonly method: string;
  /** The address called, without query or fragment. */
  readonly address: string;
  readonly now: number;
  readonly replays: ReplayGuard;
};

function badProof(description: string, cause?: unknown): Denied {
  return new Denied({ status: 401, error: 'invalid_dpop_proof', description, scheme: 'DPoP' }, { cause });
}

/** @throws Denied 401 `invalid_dpop_proof` when the proof is missing, wrong, old or used before. */
export async function verifyProof(request: ProofRequest): Promise<void> {
  const { proof, now } = request;
  if (proof === undefined || proof === '') throw badProof('The DPoP header is missing');
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: [...DPOP_ALGORITHMS],
    requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
    maxTokenAge: PROOF_LIFE_S,
    clockTolerance: 5,
    currentDate: new Date(now),
  }).catch((cause: unknown) => {
    if (cause instanceof errors.JOSEError) throw badProof('The DPoP proof is not valid', cause);
    throw cause;
  });
  if (protectedHeader.jwk === undefined || 'd' in protectedHeader.jwk) {
    throw badProof('The DPoP proof must carry a public key');
  }
  if (payload.htm !== request.method) throw badProof('The DPoP proof is for another method');
  if (sameAddress(payload.htu) !== sameAddress(request.address)) {
    throw badProof('The DPoP proof is for another address');
  }
  if (payload.ath !== createHash('sha256').update(request.accessToken).digest('base64url')) {
    throw badProof('The DPoP proof is for another token');
  }
  if ((await calculateJwkThumbprint(protectedHeader.jwk)) !== request.thumbprint) {
    throw badProof('The DPoP proof is made with another key');
  }
  const remembered = `${request.thumbprint} ${String(payload.jti)}`;
  if (!request.replays.first(remembered, now + 2 * PROOF_LIFE_S * 1000, now)) {
    throw badProof('The DPoP proof was already used');
  }
}

/** RFC 9449 §4.3: query and fragment do not count, and addresses are compared once normalised. */
function sameAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.origin + url.pathname;
}
