/** From a mail's words to its two bodies: text and HTML, by the views of views/mail. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import type { Mail } from '../domain/message.ts';
import { wordsOf } from './mail-words.ts';
import type { OutgoingMail, Sender } from './ports.ts';

const VIEWS = fileURLToPath(new URL('../../views/mail', import.meta.url));

export function composeMail(id: string, mail: Mail, sender: Sender): OutgoingMail {
  const words = wordsOf(mail, sender);
  const locals = { words, sender };
  return {
    id,
    caisseId: sender.caisseId,
    from: { name: sender.name, address: sender.from },
    // The caisse answers whoever wrote to it.
    replyTo: mail.template === 'contact_message' ? mail.replyTo : sender.replyTo,
    to: mail.to,
    subject: words.subject,
    text: text(locals).trim().concat('\n'),
    html: html(locals),
  };
}

const html = compile('html.ejs');
// Nothing reads markup in plain text, so nothing is escaped: line breaks in values are what could mislead.
const text = compile('text.ejs', (value) => String(value ?? '').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));

function compile(name: string, clean?: (value: unknown) => string) {
  const filename = join(VIEWS, name);
  return ejs.compile(readFileSync(filename, 'utf8'), { filename, ...(clean ? { escape: clean } : {}) });
}
