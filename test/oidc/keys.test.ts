import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, exportJWK, flattenedVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { makeSigningKey, openSigningKeys, publicKeys, SigningKey } from '../../provider/oidc/keys.ts';

const sealer = makeSealer([randomBytes(32)], randomBytes);

describe.each(['ES256', 'RS256'] as const)('a key of %s', (alg) => {
  const row = { ...makeSigningKey('grand-est', alg, sealer), status: 'current' } as const;
  const jwks = openSigningKeys('grand-est', [row], sealer);
  const key = new SigningKey(jwks.keys[0] ?? {});

  test('makes signatures that its published half verifies', async () => {
    const header = Buffer.from(JSON.stringify({ alg, kid: row.kid })).toString('base64url');
    const payload = Buffer.from('{"sub":"personne"}').toString('base64url');
    const signature = Buffer.from(await key.sign(Buffer.from(`${header}.${payload}`))).toString('base64url');
    const known = createLocalJWKSet(publicKeys(jwks));
    const signed = { protected: header, payload, signature };
    expect(Buffer.from((await flattenedVerify(signed, known)).payload).toString()).toBe('{"sub":"personne"}');
    const other = { ...signed, payload: Buffer.from('{"sub":"autre"}').toString('base64url') };
    await expect(flattenedVerify(other, known)).rejects.toThrow('signature verification failed');
  });

  test('gives away its public half alone', async () => {
    const { kid, use, alg: named, ...published } = publicKeys(jwks).keys[0] ?? {};
    expect([kid, use, named]).toEqual([row.kid, 'sig', alg]);
    expect(key.keyObject().type).toBe('public');
    expect(await exportJWK(key.keyObject())).toEqual(published);
    expect(JSON.stringify(key)).toBe('{}');
  });
});
