/**
 * Encryption at rest of the secrets that must be readable again (signing keys, cookie keys, client secrets).
 * AES-256-GCM; the context (what the secret is, whose) is authenticated, so that a sealed value copied to another
 * row or caisse does not open. Owns no key: they come from the environment.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

export type Random = (bytes: number) => Buffer;

export type Sealer = {
  /** @returns key id (4 bytes), nonce (12), tag (16), ciphertext. */
  readonly seal: (plain: string, context: string) => Buffer;
  /** @throws when the key is unknown, or the value or its context was changed. */
  readonly open: (sealed: Uint8Array, context: string) => string;
};

const KEY_ID = 4;
const NONCE = 12;
const TAG = 16;

/** `keys`: 32 bytes each; the first one seals, all of them open (so that a key can be rotated). */
export function makeSealer(keys: readonly [Uint8Array, ...Uint8Array[]], random: Random): Sealer {
  const ring = keys.map((key) => ({
    key,
    id: createHash('sha256').update(key).digest().subarray(0, KEY_ID),
  }));
  const [current] = ring as [(typeof ring)[number]];
  return {
    seal(plain, context) {
      const nonce = random(NONCE);
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([current.id, nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      const entry = ring.find(({ id }) => id.equals(bytes.subarray(0, KEY_ID)));
      if (!entry) throw new Error(`no key opens this sealed value (${context})`);
      const nonce = bytes.subarray(KEY_ID, KEY_ID + NONCE);
      const tag = bytes.subarray(KEY_ID + NONCE, KEY_ID + NONCE + TAG);
      const decipher = createDecipheriv('aes-256-gcm', entry.key, nonce, { authTagLength: TAG });
      decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
      const text = bytes.subarray(KEY_ID + NONCE + TAG);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    },
  };
}
