import { expect, test } from 'vitest';
import { cookieSignatures } from '../../provider/oidc/cookie-signatures.ts';

const { sign, index, verify } = cookieSignatures(['une première clé', 'une autre']);

test('are the ones that Keygrip makes, so that cookies outlive a change of who signs them', () => {
  expect(sign('')).toBe('Q45GLGxvaZ7PL6as_7SL86JT3o4');
  expect(sign('caisse_session=abc')).toBe('Jwi5UJmpLYNncUGKZxyzPVgBR1I');
  expect(sign('caisse_session=é')).toBe('ZH5OktVgX7ICP362eFJrm50yMZw');
});

test('tell which key made one, and that none did', () => {
  const former = 'FNjl6ugU4BSbVwz4iNS3AxFZXC8';
  expect(index('a=1', sign('a=1'))).toBe(0);
  expect(index('a=1', former)).toBe(1);
  expect(verify('a=1', former)).toBe(true);
  for (const wrong of ['', 'é', former.slice(1), `${former}=`, sign('a=2')]) {
    expect(index('a=1', wrong)).toBe(-1);
    expect(verify('a=1', wrong)).toBe(false);
  }
});

test('need a key', () => {
  expect(() => cookieSignatures([])).toThrow(RangeError);
});
