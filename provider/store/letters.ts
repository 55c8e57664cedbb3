/**
 * Letters that wait to be printed. A letter with a code exists only sealed, and only until it is printed or its code
 * has expired: then nothing of it is left but that there was one.
 */
import type { Instant } from '../domain/instant.ts';
import type { Letter } from '../domain/message.ts';
import type { Sealer } from '../domain/seal.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type NewLetter = {
  readonly id: string;
  readonly letter: Letter;
  readonly pdf: Uint8Array;
  readonly madeAt: Instant;
};

export type ListedLetter = {
  readonly id: string;
  readonly template: Letter['template'];
  readonly siret: string;
  readonly raisonSociale: string;
  readonly madeAt: Instant;
  readonly expiresAt: Instant | null;
};

const contextOf = (caisseId: string, id: string) => `letter ${caisseId} ${id}`;

/** The same letter handed over twice is one letter. */
export async function keepLetter({ caisseId, sql }: Handle, made: NewLetter, sealer: Sealer): Promise<void> {
  const { id, letter, pdf, madeAt } = made;
  await sql('letter')
    .insert({
      caisse_id: caisseId,
      id,
      template: letter.template,
      siret: letter.siret,
      raison_sociale: letter.raisonSociale,
      made_at: timestamp(madeAt),
      expires_at: letter.expiresAt === null ? null : timestamp(letter.expiresAt),
      pdf: sealer.seal(Buffer.from(pdf).toString('base64'), contextOf(caisseId, id)),
    })
    .onConflict(['caisse_id', 'id'])
    .ignore();
}

/** Newest first, at most `limit`; those that may still be printed. */
export async function listLettersToPrint(
  { caisseId, sql }: Handle,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<ListedLetter[]> {
  return sql('letter')
    .select({
      id: 'id',
      template: 'template',
      siret: 'siret',
      raisonSociale: 'raison_sociale',
      madeAt: 'made_at',
      expiresAt: 'expires_at',
    })
    .where({ caisse_id: caisseId })
    .whereNotNull('pdf')
    .whereRaw('(expires_at is null or expires_at > ?)', [timestamp(now)])
    .orderBy([{ column: 'made_at', order: 'desc' }, 'id'])
    .limit(limit);
}

/** undefined: there is no such letter to print any more. @throws when no key opens it. */
export async function readLetter(
  { caisseId, sql }: Handle,
  id: string,
  { sealer, now }: { readonly sealer: Sealer; readonly now: Instant },
): Promise<Buffer | undefined> {
  const row = await sql('letter')
    .where({ caisse_id: caisseId, id })
    .whereRaw('(expires_at is null or expires_at > ?)', [timestamp(now)])
    .first('pdf');
  return row?.pdf ? Buffer.from(sealer.open(row.pdf, contextOf(caisseId, id)), 'base64') : undefined;
}

/** Erases what the letter said. False when it was printed, or expired, before. */
export async function markLetterPrinted(
  { caisseId, sql }: Handle,
  id: string,
  now: Instant,
): Promise<boolean> {
  const marked = await sql('letter')
    .where({ caisse_id: caisseId, id })
    .whereNotNull('pdf')
    .update({ pdf: null, printed_at: timestamp(now) });
  return marked === 1;
}

/** In every caisse. @returns how many were erased without having been printed. */
export async function eraseExpiredLetters(sql: Database, now: Instant): Promise<number> {
  return sql('letter').whereNotNull('pdf').where('expires_at', '<=', timestamp(now)).update({ pdf: null });
}
