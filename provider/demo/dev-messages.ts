/** What /dev shows of the messages that left, or would have: mails, SMS, letters, and what did not leave at all. */
import type { Instant } from '../domain/instant.ts';
import type { Sealer } from '../domain/seal.ts';
import type { Database } from '../store/database.ts';
import { countOutbox, type DeadMessage, listDeadMessages } from '../store/dead-messages.ts';
import { handleOf } from '../store/handle.ts';
import { type KeptMail, type KeptMessage, type KeptSms, listKeptMessages } from '../store/kept-messages.ts';
import { type ListedLetter, listLettersToPrint, readLetter } from '../store/letters.ts';
import type { Caisse } from '../tenant/directory.ts';
import type { OpenCaisse } from './open.ts';

const LATEST = 30;

export type MessageReading = { readonly sql: Database; readonly sealer: Sealer; readonly now: Instant };

type Shown<T> = T & { readonly caisse: string; readonly at: string };

/** A text in pieces, the addresses apart, so that the view can make links of them. */
export type Piece = { readonly text: string; readonly isAddress: boolean };

export type MessageListing = {
  readonly waiting: number;
  readonly mails: readonly Shown<KeptMail & { readonly href: string; readonly pieces: readonly Piece[] }>[];
  readonly sms: readonly Shown<KeptSms>[];
  readonly letters: readonly Shown<ListedLetter & { readonly kind: string; readonly href: string }>[];
  readonly dead: readonly Shown<DeadMessage>[];
};

export async function describeMessages(
  caisses: readonly OpenCaisse[],
  reading: MessageReading,
): Promise<MessageListing> {
  const each = await Promise.all(caisses.map(({ caisse }) => messagesOf(caisse, reading)));
  return {
    waiting: each.reduce((sum, { waiting }) => sum + waiting, 0),
    mails: each.flatMap(({ mails }) => mails),
    sms: each.flatMap(({ sms }) => sms),
    letters: each.flatMap(({ letters }) => letters),
    dead: each.flatMap(({ dead }) => dead),
  };
}

async function messagesOf(caisse: Caisse, { sql, sealer, now }: MessageReading): Promise<MessageListing> {
  const store = handleOf(sql, caisse.id);
  const kept = await listKeptMessages(store, { sealer, limit: 2 * LATEST });
  const letters = await listLettersToPrint(store, { now, limit: LATEST });
  const dead = await listDeadMessages(store, LATEST);
  const { waiting } = await countOutbox(sql, caisse.id);
  const told = (instant: Instant) => ({ caisse: caisse.name, at: tell(instant, caisse.timeZone) });
  return {
    waiting,
    mails: kept.filter(isMail).map((mail) => ({
      ...mail,
      ...told(mail.keptAt),
      href: `/dev/courriels/${caisse.id}/${mail.id}`,
      pieces: inPieces(mail.text),
    })),
    sms: kept.filter(isSms).map((sms) => ({ ...sms, ...told(sms.keptAt) })),
    letters: letters.map((letter) => ({
      ...letter,
      ...told(letter.madeAt),
      kind: LETTERS[letter.template],
      href: `/dev/courriers/${caisse.id}/${letter.id}.pdf`,
    })),
    dead: dead.map((message) => ({ ...message, ...told(message.diedAt) })),
  };
}

const LETTERS: Readonly<Record<ListedLetter['template'], string>> = {
  welcome: 'Courrier de bienvenue',
  confidential_code: 'Code confidentiel',
  initial_password: 'Identifiant et mot de passe initial',
};

type Kept<T> = T & { readonly keptAt: Instant };

const isMail = (message: Kept<KeptMessage>): message is Kept<KeptMail> => message.channel === 'mail';
const isSms = (message: Kept<KeptMessage>): message is Kept<KeptSms> => message.channel === 'sms';

const tell = (instant: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);

const inPieces = (text: string): Piece[] =>
  text
    .split(/(https?:\/\/\S+)/)
    .map((piece, index) => ({ text: piece, isAddress: index % 2 === 1 }))
    .filter((piece) => piece.text !== '');

const SHOWN = /^\/dev\/(courriels|courriers)\/([a-z0-9-]+)\/([0-9a-f-]{36})(?:\.pdf)?$/;

export type Document = { readonly type: 'html' | 'pdf'; readonly body: string | Buffer };

/** A mail as its recipient sees it, or a letter to print; undefined when nothing lies at this path. */
export async function openDocument(path: string, reading: MessageReading): Promise<Document | undefined> {
  const [, kind, caisseId, id] = SHOWN.exec(path) ?? [];
  if (!caisseId || !id) return undefined;
  const store = handleOf(reading.sql, caisseId);
  if (kind === 'courriers') {
    const pdf = await readLetter(store, id, reading);
    return pdf && { type: 'pdf', body: pdf };
  }
  const kept = await listKeptMessages(store, { sealer: reading.sealer, limit: 500 });
  const mail = kept.filter(isMail).find((one) => one.id === id);
  return mail && { type: 'html', body: mail.html };
}
