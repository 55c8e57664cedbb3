/** Whether a password is the one hashed: our own hashes, and those that a caisse imported from its former space. */
import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';
import { type ImportedHash, readImportedHash } from '../domain/confidential-code.ts';

const derive = promisify(pbkdf2);

/** NIST SP 800-63B §3.1.1.2: one form of a character, whatever the keyboard typed. */
export const normalisedPassword = (password: string): string => password.normalize('NFKC');

/**
 * Costs as much as the hash says.
 * @throws for what is no hash, or too costly a one: it was stored without being read.
 */
export async function matchesHash(hash: string, password: string): Promise<boolean> {
  const read = readImportedHash(hash);
  if (!read) throw new Error('a stored password hash is of an unknown kind');
  if (read.scheme === 'argon2id') return argon2.verify(hash, normalisedPassword(password));
  return read.scheme === 'bcrypt' ? bcrypt.compare(password, hash) : matchesPbkdf2(read, password);
}

async function matchesPbkdf2(
  { digest, iterations, salt, key }: ImportedHash & { readonly scheme: 'pbkdf2' },
  password: string,
): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, iterations, key.length, digest), key);
}
