/**
 * Reminds people, 30 and 7 days before, that their address is to be certified again. Owns who is told and when; the
 * gate itself is in the interaction policy, and needs no job to have run.
 */
import { daysLeft, dueAt, remindedIfCertifiedBefore, reminderFor } from '../domain/certification.ts';
import type { Instant } from '../domain/instant.ts';
import type { Random } from '../domain/seal.ts';
import { appendAudit } from '../store/audit.ts';
import { type Certified, claimReminder, listCertified } from '../store/certifications.ts';
import { type Handle, NO_ID, transaction } from '../store/handle.ts';
import { createLink } from '../store/links.ts';
import type { Outbox } from '../store/outbox.ts';

export type Reminding = {
  readonly store: Handle;
  readonly outbox: Outbox;
  readonly issuer: string;
  /** Of the caisse: after so many an address is certified again. */
  readonly months: number;
  readonly now: Instant;
  readonly random: Random;
};

const PAGE = 500;

/** Once a day is enough, twice does no harm. @returns how many reminders were announced. */
export async function remindToCertify(reminding: Reminding): Promise<number> {
  const { store, months, now } = reminding;
  // Past their date, the gate tells them; whoever is that late has been reminded.
  const window = {
    from: dueAt(now, -months) - 4 * 86_400_000,
    before: remindedIfCertifiedBefore(months, now),
  };
  let announced = 0;
  let after = NO_ID;
  for (;;) {
    const page = await listCertified(store, { ...window, after, limit: PAGE });
    for (const person of page) if (await remind(reminding, person)) announced += 1;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return announced;
    after = last.id;
  }
}

async function remind(reminding: Reminding, person: Certified): Promise<boolean> {
  const { store, outbox, issuer, months, now, random } = reminding;
  const { id: accountId, certifiedAt, email, givenName, familyName } = person;
  const days = reminderFor(certifiedAt, months, now);
  if (days === null) return false;
  return transaction(store, async (inside) => {
    if (!(await claimReminder(inside, { accountId, certifiedAt, days, now }))) return false;
    const expiresAt = dueAt(certifiedAt, months);
    const token = await createLink(inside, {
      purpose: 'certification',
      accountId,
      email,
      now,
      expiresAt,
      random,
    });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'certification_reminder',
      to: email,
      givenName,
      familyName,
      days: daysLeft(certifiedAt, months, now),
      link: `${issuer}/certification?jeton=${token}`,
      expiresAt,
    });
    await appendAudit(inside, {
      kind: 'certification_reminded',
      at: now,
      subjectId: accountId,
      facts: { days },
    });
    return true;
  });
}
