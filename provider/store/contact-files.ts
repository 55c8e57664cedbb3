/**
 * Files that came with the contact form: sealed, from the moment that they are taken. They hang on the form, so that one
 * which has to be corrected keeps them; once it is sent they are its message's. Nobody gets to see them here.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import type { Sealer } from '../domain/seal.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';

export type KeptFile = { readonly id: string; readonly name: string; readonly bytes: number };

export type NewFile = { readonly name: string; readonly media: string; readonly content: Buffer };

export const formHash = (token: string): Buffer => createHash('sha256').update(token).digest();

const contextOf = (caisseId: string, id: string) => `contact file ${caisseId} ${id}`;

export type Keeping = {
  readonly sealer: Sealer;
  readonly now: Instant;
  /** Of one form, however many times it is sent at once: what goes beyond is left out. */
  readonly most: { readonly files: number; readonly bytes: number };
};

/**
 * Until the transaction ends nobody else adds to the form, takes from it or sends it: of two at once the second sees what
 * the first did.
 */
export async function holdForm({ caisseId, sql }: Handle, token: string): Promise<void> {
  const key = `${caisseId} ${formHash(token).toString('hex')}`;
  await sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [key]);
}

/** Of a form that is held. */
export async function keepFiles(
  inside: Handle,
  token: string,
  files: readonly NewFile[],
  { sealer, now, most }: Keeping,
): Promise<void> {
  const { caisseId, sql } = inside;
  if (files.length === 0) return;
  const held = await listFiles(inside, token);
  let [count, total] = [held.length, held.reduce((sum, { bytes }) => sum + bytes, 0)];
  for (const { name, media, content } of files) {
    count += 1;
    total += content.length;
    if (count > most.files || total > most.bytes) return;
    const id = randomUUID();
    await sql('contact_file').insert({
      caisse_id: caisseId,
      id,
      form_hash: formHash(token),
      name,
      media,
      bytes: content.length,
      sealed: sealer.seal(content.toString('base64'), contextOf(caisseId, id)),
      created_at: timestamp(now),
    });
  }
}

/** In the order of their names. */
export const listFiles = ({ caisseId, sql }: Handle, token: string): Promise<KeptFile[]> =>
  sql('contact_file')
    .select('id', 'name', 'bytes')
    .where({ caisse_id: caisseId, form_hash: formHash(token) })
    .orderBy(['name', 'id']);

/** Of a form that is held, and not sent yet. */
export async function dropFile({ caisseId, sql }: Handle, token: string, id: string): Promise<void> {
  if (!isId(id)) return;
  await sql('contact_file')
    .delete()
    .where({ caisse_id: caisseId, form_hash: formHash(token), id });
}

export type OpenedFile = {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
};

/** Of a message, opened, to be sent on. Those that were erased are left out. */
export async function openFiles(
  { caisseId, sql }: Handle,
  messageId: string,
  sealer: Sealer,
): Promise<OpenedFile[]> {
  const rows = await sql('contact_file as f')
    .join('contact_message as m', (on) =>
      on.on('m.caisse_id', 'f.caisse_id').andOn('m.form_hash', 'f.form_hash'),
    )
    .select({ id: 'f.id', name: 'f.name', media: 'f.media', sealed: 'f.sealed' })
    .where({ 'm.caisse_id': caisseId, 'm.id': messageId })
    .whereNotNull('f.sealed')
    .orderBy(['f.name', 'f.id']);
  return rows.map(({ id, name, media, sealed }) => ({
    filename: name,
    contentType: media,
    content: Buffer.from(sealer.open(sealed, contextOf(caisseId, id)), 'base64'),
  }));
}
