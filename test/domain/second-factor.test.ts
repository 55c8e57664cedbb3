import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { generateSync } from 'otplib';
import { describe, expect, test } from 'vitest';
import {
  formatRecoveryCode,
  groupSecret,
  makeRecoveryCodes,
  newTotpSecret,
  parseRecoveryCode,
  parseTotpCode,
  secondStep,
  totpStep,
  totpUri,
} from '../../provider/domain/second-factor.ts';

const moment = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);
const secretOf = (seed: number) => newTotpSecret(() => Buffer.alloc(20, seed));
const codeAt = (secret: string, now: number) => generateSync({ secret, epoch: Math.floor(now / 1000) });

describe('codes of an application', () => {
  test('the test vectors of RFC 6238 (SHA-1), cut to 6 digits', () => {
    // « 12345678901234567890 » in base32
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect(totpStep(secret, '287082', 59_000)).toBe(1);
    expect(totpStep(secret, '081804', 1_111_111_109_000)).toBe(37_037_036);
    expect(totpStep(secret, '005924', 1_234_567_890_000)).toBe(41_152_263);
  });

  test('are those of the present step, the one before and the one after, and of no other', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -5, max: 5 }), (now, away) => {
        const secret = secretOf(7);
        const step = Math.floor(now / 30_000);
        if (step + away < 0) return;
        const code = codeAt(secret, (step + away) * 30_000);
        const neighbours = [-1, 0, 1].map((near) => step + near).filter((near) => near >= 0);
        const expected = neighbours.filter((near) => codeAt(secret, near * 30_000) === code);
        const found = totpStep(secret, code, now);
        if (Math.abs(away) <= 1) expect(expected).toContain(found);
        else if (expected.length === 0) expect(found).toBeNull();
      }),
    );
  });

  test('are read as people type them', () => {
    expect(parseTotpCode(' 123 456 ')).toBe('123456');
    expect(parseTotpCode('123-456')).toBe('123456');
    for (const typed of ['12345', '1234567', 'abcdef', '', '１２３４５６'])
      expect(parseTotpCode(typed)).toBeNull();
  });

  test('the address of the key tells caisse and person, and what every application knows', () => {
    const uri = totpUri({ issuer: 'CIBTP Île-de-France', label: 'a+b@essai.fr', secret: secretOf(1) });
    const url = new URL(uri);
    expect(url.protocol).toBe('otpauth:');
    expect(url.searchParams.get('issuer')).toBe('CIBTP Île-de-France');
    expect(decodeURIComponent(url.pathname)).toContain('a+b@essai.fr');
    expect(url.searchParams.get('secret')).toHaveLength(32);
    for (const other of ['algorithm', 'digits', 'period']) expect(url.searchParams.get(other)).toBeNull();
  });

  test('a key is 160 bits of chance, shown in fours', () => {
    expect(newTotpSecret(randomBytes)).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret(randomBytes)).not.toBe(newTotpSecret(randomBytes));
    expect(groupSecret('ABCDEFGHIJ').split(' ')).toEqual(['ABCD', 'EFGH', 'IJ']);
  });
});

describe('recovery codes', () => {
  test('are ten, all different, each beginning with its place', () => {
    const codes = makeRecoveryCodes(randomBytes);
    expect(codes.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(10);
    for (const { place, code } of codes) expect(code).toMatch(new RegExp(`^${place}[0-9A-HJKMNP-TV-Z]{9}$`));
  });

  test('are read back however they are copied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...makeRecoveryCodes(randomBytes)), (made) => {
        const shown = formatRecoveryCode(made.code);
        const copies = [
          shown,
          shown.toLowerCase(),
          ` ${made.code} `,
          shown.replaceAll('0', 'o').replaceAll('1', 'l'),
        ];
        for (const copy of copies) expect(parseRecoveryCode(copy)).toEqual(made);
      }),
    );
  });

  test('nothing else is read as one', () => {
    for (const typed of ['', '123456', 'A234567890', '123456789', '12345678901', '12345-6789U', 'é']) {
      expect(parseRecoveryCode(typed)).toBeNull();
    }
  });
});

describe('after the password', () => {
  test.each([
    [{ hasFactor: true, required: false, asked: 'no' }, 'code'],
    [{ hasFactor: true, required: true, asked: 'required' }, 'code'],
    [{ hasFactor: false, required: false, asked: 'no' }, 'none'],
    [{ hasFactor: false, required: false, asked: 'preferred' }, 'none'],
    [{ hasFactor: false, required: false, asked: 'required' }, 'set_up'],
    [{ hasFactor: false, required: true, asked: 'no' }, 'set_up'],
  ] as const)('%j: %s', (facts, expected) => {
    expect(secondStep(facts)).toBe(expected);
  });
});
