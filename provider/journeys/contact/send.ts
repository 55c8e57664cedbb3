/** A message is sent: written once for a form, whoever clicks how often, with its files, its mails and its line of audit. */
import { randomUUID } from 'node:crypto';
import { makeShortName } from '../../domain/access-request.ts';
import type { Writer } from '../../domain/contact.ts';
import { emailKey } from '../../domain/email.ts';
import { appendAudit } from '../../store/audit.ts';
import { holdForm, type Keeping, keepFiles, listFiles, type NewFile } from '../../store/contact-files.ts';
import { insertMessage } from '../../store/contact-messages.ts';
import { transaction } from '../../store/handle.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { announceMessage } from '../contact-post.ts';
import { countedKey } from '../limits.ts';

/** The acknowledgement must not fill a stranger's mailbox, nor messages the caisse's. */
const MAILBOX: Limit = { name: 'contact_address', tries: 10, seconds: 86_400 };
const NETWORK: Limit = { name: 'contact_sent', tries: 30, seconds: 3_600 };

export type Writing = {
  readonly token: string;
  readonly accountId: string | null;
  readonly siteId: string | null;
  readonly writer: Writer;
  readonly about: string;
  readonly message: string;
  /** Besides those that the form has brought before. */
  readonly files: readonly NewFile[];
  readonly most: Keeping['most'];
};

/** @returns seconds to wait, when there were too many; 0: it is sent, now or before. */
export async function sendMessage(scope: Scope, writing: Writing): Promise<number> {
  const { token, writer, accountId, siteId, about, message } = writing;
  const seconds = await scope.throttle.count([
    [MAILBOX, countedKey(scope, emailKey(writer.email))],
    [NETWORK, countedKey(scope, scope.address)],
  ]);
  if (seconds > 0) return seconds;
  const { sealer, address, requestId } = scope;
  const now = scope.now();
  const id = randomUUID();
  const number = makeShortName(scope.random);
  await transaction(scope.store, async (inside) => {
    await holdForm(inside, token);
    const made = { id, number, token, accountId, siteId, about, message, writer, now };
    if (!(await insertMessage(inside, made, sealer))) return;
    await keepFiles(inside, token, writing.files, { sealer, now, most: writing.most });
    const files = (await listFiles(inside, token)).map(({ name, bytes }) => ({ name, bytes }));
    await appendAudit(inside, {
      kind: 'contact_message_received',
      at: now,
      actorId: accountId ?? undefined,
      siteId: siteId ?? undefined,
      address,
      requestId,
      facts: { message: number, files: files.length },
    });
    await scope.outbox.announce(inside, {
      channel: 'mail',
      template: 'contact_received',
      to: writer.email,
      expiresAt: null,
      givenName: writer.givenName,
      familyName: writer.familyName,
      number,
      files: files.length,
    });
    const signedIn = accountId !== null;
    await announceMessage(scope, inside, {
      messageId: id,
      number,
      receivedAt: now,
      about,
      message,
      writer,
      signedIn,
      files,
    });
  });
  return 0;
}
