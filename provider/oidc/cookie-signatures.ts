/**
 * Signatures of cookies, the same as Keygrip's (HMAC-SHA1, base64url without padding). Keygrip compares two of them by
 * hashing both once more under a key of chance, which takes ten times as long as to make one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the library's cookies ask of their keys. */
export type CookieSignatures = {
  readonly sign: (data: string) => string;
  /** Which key made it; -1: none. A cookie of a key that is not the first is signed anew. */
  readonly index: (data: string, signature: string) => number;
  readonly verify: (data: string, signature: string) => boolean;
};

const signature = (data: string, key: string): string =>
  createHmac('sha1', key).update(data).digest('base64url');

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** `keys`: the first signs, all are believed. */
export function cookieSignatures(keys: readonly string[]): CookieSignatures {
  const [first] = keys;
  if (first === undefined) throw new RangeError('no key to sign cookies with');
  const index: CookieSignatures['index'] = (data, given) =>
    keys.findIndex((key) => isSame(signature(data, key), given));
  return {
    sign: (data) => signature(data, first),
    index,
    verify: (data, given) => index(data, given) !== -1,
  };
}
