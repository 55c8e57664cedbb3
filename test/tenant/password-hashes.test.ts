import { pbkdf2Sync, randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { makePasswordHasher } from '../../provider/tenant/passwords.ts';

const PASSWORD = 'Ancien-Espace-2019';
const salt = randomBytes(16);
const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
const pbkdf2 = (digest: string, size: number, prefix = 'i=') =>
  `$pbkdf2-${digest}$${prefix}1000$${unpadded(salt)}$${unpadded(pbkdf2Sync(PASSWORD, salt, 1000, size, digest))}`;

const hasher = await makePasswordHasher(2);

const hashes: readonly (readonly [string, string])[] = [
  ['argon2id of other parameters', await argon2.hash(PASSWORD, { memoryCost: 8192, timeCost: 2 })],
  ['bcrypt', await bcrypt.hash(PASSWORD, 4)],
  ['bcrypt written by PHP', (await bcrypt.hash(PASSWORD, 4)).replace('$2b$', '$2y$')],
  ['PBKDF2 with SHA-256', pbkdf2('sha256', 32)],
  ['PBKDF2 with SHA-512', pbkdf2('sha512', 64)],
  ['PBKDF2 with SHA-1', pbkdf2('sha1', 20)],
  ['PBKDF2 as Python writes it', pbkdf2('sha256', 32, '').replaceAll('+', '.')],
];

describe('the password of a former space', () => {
  test.each(hashes)('opens its own hash and no other: %s', async (_, hash) => {
    expect(await hasher.verify(hash, PASSWORD)).toBe(true);
    expect(await hasher.verify(hash, 'ancien-espace-2019')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
  });

  test('kept in the clear by mistake opens nothing', async () => {
    await expect(hasher.verify(PASSWORD, PASSWORD)).rejects.toThrow('unknown kind');
  });
});
