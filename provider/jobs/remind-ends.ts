/**
 * Reminds both sides of a delegation, 30 and 7 days before, that it ends: the giver and the beneficiary, for a firm its
 * managers. One mail a person and run, however many delegations. The end itself needs no job to have run.
 */
import { endWindows } from '../domain/end-reminders.ts';
import type { Instant } from '../domain/instant.ts';
import type { Ending } from '../domain/message.ts';
import { appendAudit } from '../store/audit.ts';
import { claimEndReminders, type EndToTell, listEndsToTell } from '../store/end-reminders.ts';
import { type Handle, transaction } from '../store/handle.ts';
import type { Outbox } from '../store/outbox.ts';

export type RemindingEnds = {
  readonly store: Handle;
  readonly outbox: Outbox;
  readonly issuer: string;
  readonly now: Instant;
};

/** Beyond these a mail says how many there are; they all are on the screens. */
const MOST_TOLD = 10;

/** Once a day is enough, twice does no harm. @returns how many mails were announced. */
export async function remindOfEnds(reminding: RemindingEnds): Promise<number> {
  const { store, now } = reminding;
  const toTell: EndToTell[] = [];
  for (const window of endWindows(now)) toTell.push(...(await listEndsToTell(store, window, now)));
  let announced = 0;
  for (const ends of Map.groupBy(toTell, ({ account }) => account.id).values())
    if (await tellPerson(reminding, ends)) announced += 1;
  return announced;
}

const tellPerson = ({ store, outbox, issuer, now }: RemindingEnds, ends: readonly EndToTell[]) =>
  transaction(store, async (inside) => {
    const account = ends[0]?.account;
    if (!account) return false;
    const claimed = await claimEndReminders(inside, account.id, ends, now);
    const told = ends.filter(({ delegationId }) => claimed.has(delegationId));
    if (told.length === 0) return false;
    const given = told.filter(({ side }) => side === 'giver');
    const received = told.filter(({ side }) => side === 'beneficiary');
    const { id, email, givenName, familyName } = account;
    const days = Math.max(...told.map((end) => end.days));
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'delegation_ending',
      to: email,
      givenName,
      familyName,
      days,
      given: listed(given),
      received: listed(received),
      link: given.length === 0 ? null : issuer + pageOf(given),
      // By then the last of them has ended.
      expiresAt: Math.max(...told.map(({ endsAt }) => endsAt)),
    });
    await appendAudit(inside, {
      kind: 'delegation_end_reminded',
      at: now,
      subjectId: id,
      facts: { days, given: given.length, received: received.length },
    });
    return true;
  });

const pageOf = (given: readonly EndToTell[]): string =>
  given.every(({ byFirm }) => byFirm) ? '/mon-cabinet' : '/droits-d-acces';

const listed = (ends: readonly EndToTell[]): { readonly count: number; readonly soonest: Ending[] } => ({
  count: ends.length,
  soonest: ends
    .toSorted((a, b) => a.endsAt - b.endsAt)
    .slice(0, MOST_TOLD)
    .map(({ other, raisonSociale, siteName, endsAt }) => ({ other, raisonSociale, siteName, endsAt })),
});
