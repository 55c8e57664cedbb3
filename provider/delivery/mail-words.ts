/**
 * The words of every mail. Written once, and laid out twice by views/mail: as text and as HTML. A mail says what
 * happened and who asked, has one thing to do at most, and tells what to do if it was not you. Nothing in it depends
 * on the recipient's clicking: no tracking, no remote image. What each says: mail-words-account, mail-words-delegation.
 */
import { isAboutAccessRequest, isAboutContact, isAboutDelegation, type Mail } from '../domain/message.ts';
import { tellMoment } from './dates.ts';
import { plainName, type Told } from './mail-told.ts';
import { tellAccessRequest } from './mail-words-access-request.ts';
import { tellAccount } from './mail-words-account.ts';
import { tellContact } from './mail-words-contact.ts';
import { tellDelegation } from './mail-words-delegation.ts';
import type { Sender } from './ports.ts';
import { typeset } from './typography.ts';

export type MailWords = {
  /** Carries a verb, and nothing that anybody but the caisse wrote. */
  readonly subject: string;
  /** The subject again, without the caisse. */
  readonly title: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  /** Facts under the paragraphs: one line stands beside its name, several are a list. */
  readonly details: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly action: { readonly label: string; readonly href: string } | null;
  /** Until when the action works. */
  readonly deadline: string | null;
  /** For whom this concerns by mistake or by someone's ill will: the question, and what to do. */
  readonly doubt: string;
  readonly notYou: string;
};

export function wordsOf(mail: Mail, sender: Sender): MailWords {
  const told = tell(mail, sender);
  return {
    subject: `${typeset(told.subject)} – ${sender.name}`,
    title: typeset(told.subject),
    paragraphs: told.paragraphs.map(typeset),
    details: (told.details ?? []).map(({ name, lines }) => ({
      name: typeset(name),
      lines: lines.map(typeset),
    })),
    doubt: typeset(told.doubt ?? 'Ce n’est pas vous ?'),
    notYou: typeset(told.notYou),
    greeting: greetingOf(mail),
    action: told.action ?? null,
    deadline: deadlineOf(told, mail, sender),
  };
}

function tell(mail: Mail, sender: Sender): Told {
  if (isAboutDelegation(mail)) return tellDelegation(mail, sender);
  if (isAboutContact(mail)) return tellContact(mail, sender);
  return isAboutAccessRequest(mail) ? tellAccessRequest(mail, sender) : tellAccount(mail, sender);
}

function deadlineOf(
  { action, deadline = 'link' }: Told,
  { expiresAt }: Mail,
  { timeZone }: Sender,
): string | null {
  if (!action || expiresAt === null || deadline === 'none') return null;
  const until = tellMoment(expiresAt, timeZone);
  return deadline === 'answer'
    ? `Vous pouvez répondre jusqu’au ${until}.`
    : `Ce lien est valable jusqu’au ${until} et ne sert qu’une fois.`;
}

function greetingOf(mail: Mail): string {
  const name = 'givenName' in mail ? plainName(`${mail.givenName} ${mail.familyName}`) : null;
  return name === null ? 'Bonjour,' : `Bonjour ${name},`;
}
