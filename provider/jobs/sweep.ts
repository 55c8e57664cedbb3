/**
 * Deletes what has outlived its time: sessions, interactions, codes and tokens, and what people typed on the way to an
 * account. Everything that reads them looks at their dates, so that nothing depends on it but the size of the tables
 * and how long personal data lies there.
 */
import type { Logger } from 'pino';
import type { Instant } from '../domain/instant.ts';
import { sweepAccessRequests } from '../store/access-requests.ts';
import { sweepArtifacts } from '../store/artifacts.ts';
import { sweepCabinetDrafts } from '../store/cabinet-drafts.ts';
import { sweepContactMessages } from '../store/contact-messages.ts';
import type { Database } from '../store/database.ts';
import { sweepEnrolments } from '../store/enrolments.ts';
import { forgetAnswers } from '../store/forgotten-answers.ts';
import { sweepInvitationDrafts } from '../store/invitation-drafts.ts';
import { sweepLinks } from '../store/links.ts';
import { sweepSessionNotes } from '../store/sessions.ts';
import { sweepSmsCodes } from '../store/sms-codes.ts';
import { sweepTickets } from '../store/tickets.ts';
import { startWorker, type Worker } from './worker.ts';

const MINUTE = 60_000;
const BITE = 5_000;

const SMALL_TABLES = [
  sweepTickets,
  sweepEnrolments,
  sweepSmsCodes,
  sweepSessionNotes,
  sweepLinks,
  sweepInvitationDrafts,
  sweepCabinetDrafts,
  forgetAnswers,
  sweepAccessRequests,
  sweepContactMessages,
];

/** Any number of processes may sweep at once. @returns how many rows went. */
export async function sweep(sql: Database, now: Instant, bite = BITE): Promise<number> {
  let swept = 0;
  for (const sweepTable of SMALL_TABLES) swept += await sweepTable(sql, now);
  for (;;) {
    const gone = await sweepArtifacts(sql, now, bite);
    swept += gone;
    if (gone < bite) return swept;
  }
}

export type Sweeping = { readonly sql: Database; readonly now: () => Instant; readonly log: Logger };

export const startSweeping = ({ sql, now, log }: Sweeping): Worker =>
  startWorker({ name: 'sweep', every: 10 * MINUTE, run: () => sweep(sql, now()) }, log);
