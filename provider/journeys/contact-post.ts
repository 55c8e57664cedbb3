/** The mail that brings a message of the contact form to the caisse's mailbox: at once, and again when an agent says so. */
import type { MessageTold } from '../domain/contact.ts';
import type { Handle } from '../store/handle.ts';
import type { Scope } from '../tenant/scope.ts';

/** null: the caisse has named none, and reads its messages in the back office. */
export const mailboxOf = ({ caisse }: Pick<Scope, 'caisse'>): string | null =>
  caisse.settings.contact.mailbox ?? caisse.settings.email;

/** Nothing is sent where there is nowhere to. */
export async function announceMessage(
  scope: Pick<Scope, 'caisse' | 'outbox'>,
  inside: Handle,
  told: MessageTold,
): Promise<void> {
  const to = mailboxOf(scope);
  if (to === null) return;
  await scope.outbox.announce(inside, {
    channel: 'mail',
    template: 'contact_message',
    to,
    expiresAt: null,
    told,
    replyTo: told.writer.email,
    link: `${scope.caisse.issuer}/gestion/messages/${told.messageId}`,
  });
}
