/**
 * Writes the letters that were asked for: a new code for each site of the adhérent whose space is not open, within what
 * a site may get. Apart from the request, because hashing a code for each of so many sites would tell who is known.
 * A site is done in one transaction, so that a process that dies goes on where it was, and nobody gets two letters.
 */
import { randomUUID } from 'node:crypto';
import { CODE_DAYS, makeConfidentialCode } from '../domain/confidential-code.ts';
import type { Instant } from '../domain/instant.ts';
import { makeLetterReference } from '../domain/letter-reference.ts';
import type { Random } from '../domain/seal.ts';
import { appendAudit } from '../store/audit.ts';
import { replaceCode } from '../store/confidential-codes.ts';
import type { Database } from '../store/database.ts';
import { type Handle, handleOf, transaction } from '../store/handle.ts';
import type { Outbox } from '../store/outbox.ts';
import {
  type CodeRequest,
  deleteCodeRequest,
  isStillDue,
  type LetterLimits,
  listCodeRequests,
  listSitesDue,
  type SiteWithoutSpace,
} from '../store/recovery.ts';

export type LetterWriting = {
  readonly sql: Database;
  readonly outbox: Outbox;
  readonly hash: (code: string) => Promise<string>;
  /** undefined: there is no such caisse any more. */
  readonly limitsOf: (caisseId: string) => Promise<LetterLimits | undefined>;
  readonly random: Random;
  readonly now: () => Instant;
};

const AT_ONCE = 20;
const DAY = 86_400_000;

/** @returns how many letters were written. @throws the first fault, once every other request was looked at. */
export async function writeCodeLetters(writing: LetterWriting): Promise<number> {
  const requests = await listCodeRequests(writing.sql, AT_ONCE);
  let written = 0;
  const faults: unknown[] = [];
  for (const request of requests) {
    try {
      written += await answer(writing, request);
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return written;
}

async function answer(writing: LetterWriting, request: CodeRequest): Promise<number> {
  const store = handleOf(writing.sql, request.caisseId);
  const limits = await writing.limitsOf(request.caisseId);
  const due = { limits: limits ?? { perDay: 0, perMonth: 0 }, now: writing.now() };
  let written = 0;
  for (const site of await listSitesDue(store, request.identifiant, due)) {
    const code = makeConfidentialCode(writing.random);
    const hash = await writing.hash(code);
    const sent = await transaction(store, async (inside) => {
      if (!(await isStillDue(inside, site.siteId, due))) return false;
      await send(writing, inside, { site, code, hash, now: due.now });
      return true;
    });
    if (sent) written += 1;
  }
  await deleteCodeRequest(store, request.id);
  return written;
}

type NewLetter = {
  readonly site: SiteWithoutSpace;
  readonly code: string;
  readonly hash: string;
  readonly now: Instant;
};

async function send({ outbox, random }: LetterWriting, inside: Handle, letter: NewLetter): Promise<void> {
  const { site, code, hash, now } = letter;
  const { siteId, givenName, familyName, siret, identifiant, raisonSociale } = site;
  const expiresAt = now + CODE_DAYS * DAY;
  const id = randomUUID();
  await replaceCode(inside, { id, siteId, origin: 'postal', hash, givenName, familyName, expiresAt }, now);
  await appendAudit(inside, {
    kind: 'code_letter_sent',
    at: now,
    siteId,
    facts: { code: id, before: null, after: 'sent' },
  });
  await outbox.announce(inside, {
    channel: 'letter',
    template: 'confidential_code',
    to: { name: raisonSociale, lines: site.postalAddress },
    raisonSociale,
    siret,
    identifiant,
    reference: makeLetterReference(random),
    codeId: id,
    code,
    expiresAt,
  });
}
