/** From configuration to the sealer that every part of a process uses. */
import type { Config } from './config.ts';
import { makeSealer, type Random, type Sealer } from './domain/seal.ts';

/** While a rotation of the encryption key lasts, the former one still opens and no longer seals. */
export function sealerFrom(
  { encryptionKey, previousEncryptionKey }: Pick<Config, 'encryptionKey' | 'previousEncryptionKey'>,
  random: Random,
): Sealer {
  return makeSealer(previousEncryptionKey ? [encryptionKey, previousEncryptionKey] : [encryptionKey], random);
}
