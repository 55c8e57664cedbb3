import { describe, expect, test } from 'vitest';
import { makePasswordHasher } from '../../provider/tenant/passwords.ts';

const hasher = await makePasswordHasher(2);

const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: { code?: unknown }) => error.code,
  );

describe('a password', () => {
  test('is kept as argon2id with the parameters of the standard', async () => {
    expect(await hasher.hash('Chantier-2026')).toMatch(
      /^\$argon2id\$v=19\$m=47104,p=1,t=1\$|^\$argon2id\$v=19\$m=47104,t=1,p=1\$/,
    );
  });

  test('opens its own hash and no other', async () => {
    const hash = await hasher.hash('Chantier-2026');
    expect(await hasher.verify(hash, 'Chantier-2026')).toBe(true);
    expect(await hasher.verify(hash, 'chantier-2026')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
  });

  test('is the same whichever way a keyboard composes its accents', async () => {
    const composed = await hasher.hash('M\u00e9tier-d\u2019\u00e9t\u00e9-2026');
    expect(await hasher.verify(composed, 'Me\u0301tier-d\u2019e\u0301te\u0301-2026')).toBe(true);
    expect(await hasher.verify(await hasher.hash('\ufb01n-2026'), 'fin-2026')).toBe(true);
  });

  test('never opens an account that has none, not even the decoy that it is compared with', async () => {
    expect(await hasher.verify(null, 'no account has this password')).toBe(false);
    expect(await hasher.verify(null, '')).toBe(false);
  });

  test('with a NUL or of many characters is compared whole', async () => {
    const long = `${'a'.repeat(4000)}\0b`;
    const hash = await hasher.hash(long);
    expect(await hasher.verify(hash, long)).toBe(true);
    expect(await hasher.verify(hash, long.slice(0, -1))).toBe(false);
  });
});

describe('a burst', () => {
  test('is refused as busy once the queue is full, and the queue is served in full', async () => {
    const narrow = await makePasswordHasher(1, 2);
    const hash = await narrow.hash('Chantier-2026');
    const burst = Array.from({ length: 6 }, () => outcomeOf(narrow.verify(hash, 'Chantier-2026')));
    expect(await Promise.all(burst)).toEqual([true, true, true, 'busy', 'busy', 'busy']);
    expect(await narrow.verify(hash, 'Chantier-2026')).toBe(true);
  });

  test('takes a place in the queue for an unknown account as for a known one', async () => {
    const narrow = await makePasswordHasher(1, 0);
    const hash = await narrow.hash('Chantier-2026');
    const unknownFirst = [narrow.verify(null, 'x'), outcomeOf(narrow.verify(hash, 'x'))];
    expect(await Promise.all(unknownFirst)).toEqual([false, 'busy']);
    const knownFirst = [narrow.verify(hash, 'x'), outcomeOf(narrow.verify(null, 'x'))];
    expect(await Promise.all(knownFirst)).toEqual([false, 'busy']);
  });

  test('leaves the place of a hash that fails', async () => {
    const narrow = await makePasswordHasher(1, 0);
    await expect(narrow.verify('not a hash', 'x')).rejects.toThrow();
    const hash = await narrow.hash('Chantier-2026');
    expect(await narrow.verify(hash, 'Chantier-2026')).toBe(true);
  });
});
