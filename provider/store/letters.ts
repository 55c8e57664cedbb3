/**
 * Letters that wait to be printed. What a letter says exists only sealed, and only until it is printed or its code has
 * expired: then nothing of it is left but that there was one, where it went, and the reference that was printed on it.
 * Their batches are letter-batches; those that came back, letter-returns.
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
const contentOf = (caisseId: string, id: string) => `letter content ${caisseId} ${id}`;

/** The same letter handed over twice is one letter. */
export async function keepLetter(handle: Handle, made: NewLetter, sealer: Sealer): Promise<void> {
  const { caisseId, sql } = handle;
  const { id, letter, pdf, madeAt } = made;
  await sql('letter')
    .insert({
      ...rowOf(handle, { id, letter, madeAt }, sealer),
      site_id: sql('site').select('id').where({ caisse_id: caisseId, siret: letter.siret }),
      adherent_id: sql('site').select('adherent_id').where({ caisse_id: caisseId, siret: letter.siret }),
      pdf: sealer.seal(Buffer.from(pdf).toString('base64'), contextOf(caisseId, id)),
    })
    .onConflict(['caisse_id', 'id'])
    .ignore();
}

export type BatchLetter = Omit<NewLetter, 'pdf'> & {
  readonly batchId: string;
  readonly siteId: string;
  readonly adherentId: string;
};

/** A letter of a batch is composed with all the others, later. */
export async function insertBatchLetter(handle: Handle, made: BatchLetter, sealer: Sealer): Promise<void> {
  await handle.sql('letter').insert({
    ...rowOf(handle, made, sealer),
    site_id: made.siteId,
    adherent_id: made.adherentId,
    batch_id: made.batchId,
  });
}

function rowOf({ caisseId, sql }: Handle, { id, letter, madeAt }: Omit<NewLetter, 'pdf'>, sealer: Sealer) {
  const bound = { caisse_id: caisseId };
  return {
    ...bound,
    id,
    template: letter.template,
    siret: letter.siret,
    raison_sociale: letter.raisonSociale,
    reference: letter.reference,
    sent_to: [...letter.to.lines],
    made_at: timestamp(madeAt),
    expires_at: letter.expiresAt === null ? null : timestamp(letter.expiresAt),
    content: sealer.seal(JSON.stringify(letter), contentOf(caisseId, id)),
    ...(letter.template === 'confidential_code' && {
      code_id: sql('confidential_code')
        .select('id')
        .where({ ...bound, id: letter.codeId }),
    }),
    ...(letter.template === 'initial_password' && {
      account_id: sql('account')
        .select('id')
        .where({ ...bound, id: letter.accountId }),
    }),
  };
}

/** What a letter says. @throws when no key opens it. */
export const openLetter = (caisseId: string, id: string, content: Uint8Array, sealer: Sealer): Letter =>
  JSON.parse(sealer.open(content, contentOf(caisseId, id))) as Letter;

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

/** In every caisse. @returns how many were erased without having been printed. */
export async function eraseExpiredLetters(sql: Database, now: Instant): Promise<number> {
  return sql('letter')
    .whereRaw('num_nonnulls(pdf, content) > 0')
    .where('expires_at', '<=', timestamp(now))
    .update({ pdf: null, content: null });
}
