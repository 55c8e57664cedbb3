/** The letters that bring an identifiant and an initial password: to the company, and to its delegate where it has one. */
import { makeLetterReference } from '../domain/letter-reference.ts';
import type { PostalAddress } from '../domain/message.ts';
import { appendAudit } from '../store/audit.ts';
import type { Scope } from '../tenant/scope.ts';
import { type Asked, type Besides, makeProvisionalAccount } from './make-provisional.ts';

export type InitialAccess = Asked & {
  /** The site that the letters speak of. */
  readonly site: { readonly id: string; readonly siret: string; readonly raisonSociale: string };
  /** A letter each, all with the same identifiant and password: whoever signs in first replaces both. */
  readonly to: readonly PostalAddress[];
  /** What the account may do, what becomes of the request: in the transaction that makes the account. */
  readonly besides: Besides;
};

/** The letters wait for the next batch of letters. @throws when the identifiant cannot be one, or waits for another. */
export async function sendInitialCredentials(
  scope: Scope,
  { site, to, besides, ...asked }: InitialAccess,
): Promise<{ readonly accountId: string }> {
  const { outbox, random, requestId, address } = scope;
  const { accountId } = await makeProvisionalAccount(scope, asked, async (inside, made) => {
    for (const recipient of to) {
      const reference = makeLetterReference(random);
      await outbox.announce(inside, {
        channel: 'letter',
        template: 'initial_password',
        to: recipient,
        raisonSociale: site.raisonSociale,
        siret: site.siret,
        identifiant: asked.identifiant,
        reference,
        accountId: made.accountId,
        givenName: asked.givenName,
        familyName: asked.familyName,
        initialPassword: made.initialPassword,
        expiresAt: made.expiresAt,
      });
      await appendAudit(inside, {
        kind: 'initial_letter_sent',
        at: scope.now(),
        actorId: asked.agentId,
        subjectId: made.accountId,
        siteId: site.id,
        address,
        requestId,
        facts: { reference, before: null, after: 'sent' },
      });
    }
    await besides(inside, made);
  });
  return { accountId };
}
