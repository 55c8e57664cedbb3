/** A message of the contact form goes to the caisse's mailbox once more, in the place of the mail that failed. */
import { holdMessage, listFilesOf, openWords } from '../../store/contact-messages.ts';
import { dropMail, isOnItsWay } from '../../store/contact-queue.ts';
import { transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { announceMessage, mailboxOf } from '../contact-post.ts';
import { noteAct } from './note.ts';

export type Resent = 'sent' | 'erased' | 'no_mailbox' | 'on_its_way';

export const resendMessage = (scope: Scope, id: string, agentId: string): Promise<Resent> =>
  transaction<Resent>(scope.store, async (inside) => {
    const message = await holdMessage(inside, id);
    const words = message && openWords(inside, message, scope.sealer);
    if (!message || !words) return 'erased';
    if (mailboxOf(scope) === null) return 'no_mailbox';
    if (await isOnItsWay(inside, id)) return 'on_its_way';
    // The one that failed is not to leave besides the new one.
    await dropMail(inside, id);
    const { givenName, familyName, email, raisonSociale, identifiant, siret } = message;
    await announceMessage(scope, inside, {
      messageId: id,
      number: message.number,
      receivedAt: message.createdAt,
      about: message.about,
      message: words.message,
      writer: { givenName, familyName, email, raisonSociale, identifiant, siret, phones: words.phones },
      signedIn: message.accountId !== null,
      files: (await listFilesOf(inside, id)).map(({ name, bytes }) => ({ name, bytes })),
    });
    await noteAct(scope, inside, {
      kind: 'contact_message_resent',
      actorId: agentId,
      subjectId: message.accountId ?? undefined,
      siteId: message.siteId ?? undefined,
      facts: {
        message: message.number,
        before: message.transmittedAt === null ? 'not_sent' : 'sent',
        after: 'on_its_way',
      },
    });
    return 'sent';
  });
