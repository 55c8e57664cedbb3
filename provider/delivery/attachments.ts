/** What a mail brings along, made when it is sent from what its message tells: nothing of it rests anywhere. */
import type { Instant } from '../domain/instant.ts';
import { isAboutAccessRequest, type Mail } from '../domain/message.ts';
import { composeConvention } from './compose-convention.ts';
import type { Attachment, Sender } from './ports.ts';

export async function attachmentsOf(
  mail: Mail,
  sender: Sender,
  now: Instant,
): Promise<readonly Attachment[]> {
  if (!isAboutAccessRequest(mail) || !('convention' in mail)) return [];
  const content = await composeConvention(mail.convention, sender, now);
  return [{ filename: `convention-${mail.convention.number}.pdf`, contentType: 'application/pdf', content }];
}
