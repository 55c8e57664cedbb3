/** Step 2 sent: what the person gave is saved, and a mail leaves for the address. The same whoever owns the address. */
import { randomUUID } from 'node:crypto';
import { emailKey } from '../../domain/email.ts';
import { activationEnds, type ContactDetails } from '../../domain/enrolment.ts';
import type { Mail } from '../../domain/message.ts';
import { findCredentials } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { lockCode } from '../../store/confidential-codes.ts';
import { createActivationLink, saveEnrolment } from '../../store/enrolments.ts';
import { transaction } from '../../store/handle.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Ticket } from '../../store/tickets.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';

/** Whoever holds a code must not fill a stranger's mailbox with it. */
const CODE: Limit = { name: 'enrolment_mail_code', tries: 10, seconds: 86_400 };
const MAILBOX: Limit = { name: 'enrolment_mail_address', tries: 10, seconds: 86_400 };

export type Saved =
  | { readonly kind: 'saved' }
  /** The code was used or replaced meanwhile. */
  | { readonly kind: 'code_gone' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export type Submission = {
  readonly ticket: Ticket;
  readonly details: ContactDetails;
  readonly passwordHash: string;
};

export async function submitEnrolment(scope: Scope, submission: Submission): Promise<Saved> {
  const { ticket, details, passwordHash } = submission;
  const { store, throttle, address, requestId } = scope;
  const key = emailKey(details.email);
  const seconds = await throttle.count([
    [CODE, countedKey(scope, ticket.codeId)],
    [MAILBOX, countedKey(scope, key)],
  ]);
  if (seconds > 0) return { kind: 'throttled', seconds };
  const now = scope.now();
  const token = scope.random(32).toString('base64url');
  return transaction(store, async (inside) => {
    if ((await lockCode(inside, ticket.codeId)) !== 'current') return { kind: 'code_gone' };
    const enrolment = { ...details, passwordHash, id: randomUUID(), codeId: ticket.codeId };
    const enrolmentId = await saveEnrolment(inside, enrolment, now);
    const owner = await findCredentials(inside, key);
    // Made for a known address as well: the statements are the same, and nobody is ever told this token.
    const expiresAt = activationEnds(now);
    await createActivationLink(inside, { token, enrolmentId, email: details.email, now, expiresAt });
    await scope.outbox.announce(
      inside,
      owner ? accountExists(scope, submission) : activation(scope, { ...submission, token, expiresAt }),
    );
    const place = { at: now, siteId: ticket.site.id, address, requestId };
    await appendAudit(inside, { ...place, kind: 'enrolment_sent', facts: { enrolment: enrolmentId } });
    return { kind: 'saved' };
  });
}

type Made = Submission & { readonly token: string; readonly expiresAt: number };

const activation = ({ caisse }: Scope, { ticket, details, token, expiresAt }: Made): Mail => ({
  channel: 'mail',
  template: 'activation',
  to: details.email,
  expiresAt,
  givenName: details.givenName,
  familyName: details.familyName,
  raisonSociale: ticket.site.raisonSociale,
  siret: ticket.site.siret,
  link: `${caisse.issuer}/activation?jeton=${token}`,
});

const accountExists = ({ caisse }: Scope, { ticket, details }: Submission): Mail => ({
  channel: 'mail',
  template: 'account_exists',
  to: details.email,
  expiresAt: null,
  raisonSociale: ticket.site.raisonSociale,
  link: `${caisse.issuer}/associer-un-site`,
});
