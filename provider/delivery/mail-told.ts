/** What is said in one kind of mail, before it is laid out, and the sentences that several kinds share. */
import type { MailWords } from './mail-words.ts';
import type { Sender } from './ports.ts';
import { unbroken } from './typography.ts';

export type Told = Pick<MailWords, 'subject' | 'paragraphs' | 'notYou'> & {
  readonly details?: MailWords['details'];
  readonly action?: MailWords['action'];
  readonly doubt?: string;
  /** What the mail's own end means: that the link serves once until then, that an answer is awaited, or nothing to tell. */
  readonly deadline?: 'link' | 'answer' | 'none';
};

export const NOT_ASKED = 'Vous n’avez rien demandé ?';
export const NOT_EXPECTED = 'Vous n’attendiez pas ce message ?';
export const IGNORE =
  'Vous n’avez rien à faire : sans votre clic, rien ne change. Vous pouvez supprimer ce message.';
export const UNANSWERED =
  'Vous n’avez rien à faire : sans réponse de votre part, rien ne change. Vous pouvez supprimer ce message.';

export function callUs({ phone }: Sender): string {
  return phone ? `appelez-nous au ${unbroken(phone)}` : 'prévenez-nous';
}

export const alarm = (sender: Sender): string =>
  `Changez votre mot de passe sans attendre depuis la page de connexion, par « Mot de passe oublié ? », puis ${callUs(sender)}.`;

export const days = (count: number): string => `${count} ${count < 2 ? 'jour' : 'jours'}`;

// Mail programs make links of what looks like one: a name typed by a stranger must not become an address to click.
const LOOKS_LIKE_AN_ADDRESS = /[/@:\\]|\p{L}\.\p{L}{2}/u;

/** A name that its person typed, fit for a mail; null when it is anything but a name. */
export function plainName(typed: string): string | null {
  const name = typed.replace(/[\s\p{C}]+/gu, ' ').trim();
  return name === '' || name.length > 80 || LOOKS_LIKE_AN_ADDRESS.test(name) ? null : name;
}
