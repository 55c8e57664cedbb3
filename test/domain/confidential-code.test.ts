import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatConfidentialCode,
  makeConfidentialCode,
  parseConfidentialCode,
  readImportedHash,
} from '../../provider/domain/confidential-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const code = fc
  .array(fc.constantFrom(...ALPHABET), { minLength: 10, maxLength: 10 })
  .map((all) => all.join(''));

describe('a code', () => {
  test('has 10 characters that nobody takes for one another, all equally likely', () => {
    const made = Array.from({ length: 400 }, () => makeConfidentialCode(randomBytes));
    for (const one of made) expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(new Set(made.join('')).size).toBe(32);
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const counts = Map.groupBy(
      Array.from({ length: 25 }, (_, n) =>
        makeConfidentialCode(() => every.subarray(n * 10, n * 10 + 10)),
      ).join(''),
      (character) => character,
    );
    expect([...counts.values()].every(({ length }) => length === 8 || length === 7)).toBe(true);
  });

  test('is read back as it was made, from how it is printed and from how people copy it', () => {
    fc.assert(
      fc.property(code, fc.constantFrom(' ', '-', '.', '\u00a0', '–', ''), (made, between) => {
        expect(parseConfidentialCode(formatConfidentialCode(made))).toBe(made);
        expect(parseConfidentialCode([...made].join(between).toLowerCase())).toBe(made);
        expect(parseConfidentialCode(made.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(made);
        expect(parseConfidentialCode(made.replaceAll('0', 'O').replaceAll('1', 'I'))).toBe(made);
      }),
    );
  });

  test.each([
    '',
    'K7P2M4XQ9',
    'K7P2M4XQ9BB',
    'K7P2M4XQ9U',
    'K7P2M4XQ9!',
    'K7P2M_4XQ9B',
    'mot de passe ancien',
  ])('is none: %j', (typed) => {
    expect(parseConfidentialCode(typed)).toBeNull();
  });
});

describe('an imported hash', () => {
  test.each([
    ['argon2id', '$argon2id$v=19$m=47104,t=1,p=1$c2VsZGVzZWw$aGFjaGU'],
    ['argon2id', '$argon2id$v=19$m=47104,p=1,t=1$c2VsZGVzZWw$aGFjaGU'],
    ['bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['bcrypt', '$2y$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['pbkdf2', `$pbkdf2-sha256$i=600000$c2VsZGVzZWw$${'A'.repeat(43)}`],
    ['pbkdf2', `$pbkdf2-sha512$25000$c2Vs.GVzZWw$${'A'.repeat(86)}`],
  ])('is known: %s, %s', (scheme, hash) => {
    expect(readImportedHash(hash)?.scheme).toBe(scheme);
  });

  test.each([
    ['plain text', 'motdepasse'],
    ['md5', '$1$sel$qRPK7m23GJusamGpoGLby/'],
    ['argon2i', '$argon2i$v=19$m=47104,t=1,p=1$c2VsZGVzZWw$aGFjaGU'],
    ['a parameter twice', '$argon2id$v=19$m=64,m=64,p=1$c2VsZGVzZWw$aGFjaGU'],
    ['argon2id of 4 GiB', '$argon2id$v=19$m=4194304,t=1,p=1$c2VsZGVzZWw$aGFjaGU'],
    ['bcrypt of 31 rounds', '$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['pbkdf2 of a billion rounds', `$pbkdf2-sha256$i=1000000000$c2VsZGVzZWw$${'A'.repeat(43)}`],
    ['pbkdf2 without rounds', `$pbkdf2-sha256$i=0$c2VsZGVzZWw$${'A'.repeat(43)}`],
    ['pbkdf2 with a key of 3 bytes', '$pbkdf2-sha256$i=1000$c2VsZGVzZWw$AAAA'],
    ['pbkdf2 with a key of 96 bytes', `$pbkdf2-sha256$i=1000$c2VsZGVzZWw$${'A'.repeat(128)}`],
  ])('is refused: %s', (_, hash) => {
    expect(readImportedHash(hash)).toBeNull();
  });
});
