/**
 * Makes the batches of letters that agents asked for: first a code and its letters for each site, a site in one
 * transaction, then the files to print. Works at one batch for a short while and then at the next, so that a large one
 * holds nobody up; a process that dies leaves the batch to another, which goes on where it was.
 */
import { randomUUID } from 'node:crypto';
import { composeLetterFile } from '../delivery/compose-letter-file.ts';
import type { Sender } from '../delivery/ports.ts';
import { CODE_DAYS, makeConfidentialCode } from '../domain/confidential-code.ts';
import { makeLetterReference } from '../domain/letter-reference.ts';
import type { Letter } from '../domain/message.ts';
import type { Sealer } from '../domain/seal.ts';
import { appendAudit } from '../store/audit.ts';
import { replaceCode } from '../store/confidential-codes.ts';
import { type Handle, handleOf, transaction } from '../store/handle.ts';
import {
  type BatchWork,
  type Claim,
  claimBatch,
  endWriting,
  holdBatch,
  lettersOfBatch,
  listSitesToDo,
  listTemplates,
  lookAtSite,
  releaseBatch,
  type SiteToWrite,
  settleSite,
} from '../store/letter-batch-work.ts';
import { type Composed, dropPieces, finishFiles, keepPiece } from '../store/letter-files.ts';
import { insertBatchLetter } from '../store/letters.ts';
import type { LetterLimits } from '../store/recovery.ts';
import type { LetterWriting } from './write-code-letters.ts';

export type BatchMaking = Omit<LetterWriting, 'outbox'> & {
  readonly sealer: Sealer;
  /** undefined: there is no such caisse any more. */
  readonly senderOf: (caisseId: string) => Promise<Sender | undefined>;
  /** Aborted when this process stops: what is under way is left as it is, for another. */
  readonly signal: AbortSignal;
};

/** Sites a time: a few seconds, since each code is hashed. */
const SLICE = 25;
/** For how long nobody else takes a batch that a process works at; it says again and again that it does. */
const LEASE = 2 * 60_000;
const DAY = 86_400_000;

/** Works until nothing is left to do or the process stops. @returns how many times it worked at some batch. */
export async function makeLetterBatches(making: BatchMaking): Promise<number> {
  const worker = randomUUID();
  for (let times = 0; ; times++) {
    if (making.signal.aborted) return times;
    const claim = claimAt(making, worker);
    const batch = await claimBatch(making.sql, claim);
    if (!batch) return times;
    const store = handleOf(making.sql, batch.caisseId);
    const work = { making, batch, store, worker };
    await (batch.status === 'writing' ? writeSome(work) : composeAll(work));
    await releaseBatch(store, batch.id, claimAt(making, worker));
  }
}

const claimAt = ({ now }: BatchMaking, worker: string): Claim => ({
  worker,
  now: now(),
  until: now() + LEASE,
});

type Work = {
  readonly making: BatchMaking;
  readonly batch: BatchWork;
  readonly store: Handle;
  readonly worker: string;
};

async function writeSome(work: Work): Promise<void> {
  const { making, batch, store } = work;
  const limits = (await making.limitsOf(batch.caisseId)) ?? { perDay: 0, perMonth: 0 };
  for (const siteId of await listSitesToDo(store, batch.id, SLICE)) {
    if (making.signal.aborted) return;
    await writeTo(work, siteId, limits);
  }
  await endWriting(store, batch.id, making.now());
}

async function writeTo({ making, batch, store }: Work, siteId: string, limits: LetterLimits): Promise<void> {
  const code = makeConfidentialCode(making.random);
  const hash = await making.hash(code);
  const now = making.now();
  await transaction(store, async (inside) => {
    const site = await lookAtSite(inside, siteId, { replace: batch.replace, limits, now });
    const outcome = site.obstacle ?? 'written';
    const settled = await settleSite(inside, { batchId: batch.id, siteId }, outcome);
    if (settled && outcome === 'written')
      await writeLetters(inside, { making, batch, site, code, hash, now });
  });
}

type Writing = {
  readonly making: BatchMaking;
  readonly batch: BatchWork;
  readonly site: SiteToWrite;
  readonly code: string;
  readonly hash: string;
  readonly now: number;
};

async function writeLetters(
  inside: Handle,
  { making, batch, site, code, hash, now }: Writing,
): Promise<void> {
  const { siteId, adherentId, givenName, familyName } = site;
  const codeId = randomUUID();
  const expiresAt = now + CODE_DAYS * DAY;
  await replaceCode(
    inside,
    { id: codeId, siteId, origin: 'postal', hash, givenName, familyName, expiresAt },
    now,
  );
  await appendAudit(inside, {
    kind: 'code_letter_sent',
    at: now,
    actorId: batch.madeBy,
    siteId,
    facts: { code: codeId, batch: batch.id, before: null, after: 'sent' },
  });
  const common = () => ({
    channel: 'letter' as const,
    to: { name: site.raisonSociale, lines: site.postalAddress },
    raisonSociale: site.raisonSociale,
    siret: site.siret,
    identifiant: site.identifiant,
    reference: makeLetterReference(making.random),
  });
  const letters: Letter[] = [{ ...common(), template: 'confidential_code', codeId, code, expiresAt }];
  if (batch.withWelcome) letters.push({ ...common(), template: 'welcome', expiresAt: null });
  for (const letter of letters) {
    const made = { id: randomUUID(), letter, madeAt: now, batchId: batch.id, siteId, adherentId };
    await insertBatchLetter(inside, made, making.sealer);
  }
}

const TITLES: Readonly<Record<Letter['template'], string>> = {
  welcome: 'Courriers de bienvenue',
  confidential_code: 'Codes confidentiels',
  initial_password: 'Identifiants de première connexion',
};

/** Another process has taken the batch over, or it was called off. */
class TakenAway extends Error {}

const composeAll = (work: Work): Promise<void> =>
  compose(work).catch((error: unknown) => {
    if (!(error instanceof TakenAway)) throw error;
  });

async function compose({ making, batch, store, worker }: Work): Promise<void> {
  const sender = await making.senderOf(batch.caisseId);
  if (!sender) return;
  const batchId = batch.id;
  const attempt = randomUUID();
  await dropPieces(store, batchId);
  const files: Composed[] = [];
  for (const template of await listTemplates(store, batchId)) {
    let number = 0;
    const letters = untilStopped(lettersOfBatch(store, { batchId, template }, making.sealer), making.signal);
    const write = async (bytes: Buffer) => {
      // In one act: whoever calls the batch off meanwhile erases this piece too.
      await transaction(store, async (inside) => {
        if (!(await holdBatch(inside, batchId, claimAt(making, worker)))) throw new TakenAway();
        await keepPiece(inside, { batchId, making: attempt, template, number }, bytes, making.sealer);
      });
      number += 1;
    };
    const file = { title: TITLES[template], letters, write };
    files.push({ template, ...(await composeLetterFile(file, { sender, now: making.now() })) });
  }
  // A file that was left in the middle is no file.
  if (making.signal.aborted) return;
  await transaction(store, (inside) =>
    finishFiles(inside, files, { batchId, making: attempt, worker, now: making.now() }),
  );
}

async function* untilStopped(letters: AsyncIterable<Letter>, signal: AbortSignal): AsyncGenerator<Letter> {
  for await (const letter of letters) {
    if (signal.aborted) return;
    yield letter;
  }
}
