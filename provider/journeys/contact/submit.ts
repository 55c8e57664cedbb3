/** The contact form as it is sent: taken, or shown again with everything that can be kept of it. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { TypedMessage } from '../../http/screens-contact.ts';
import { dropFile, holdForm, keepFiles, listFiles, type NewFile } from '../../store/contact-files.ts';
import { findMessageOfForm } from '../../store/contact-messages.ts';
import { transaction } from '../../store/handle.ts';
import type { Limit } from '../../store/throttle.ts';
import { countedKey, tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import {
  consentErrors,
  LONG_MESSAGE,
  longErrors,
  messageErrors,
  typedMessage,
  writerErrors,
  writerOf,
} from './form.ts';
import { limitsOf, mostOf, type ShownForm, showForm } from './form-page.ts';
import { FILE_FIELD, type Received, receive } from './receive.ts';
import { sendMessage } from './send.ts';
import { toSent } from './sent-routes.ts';
import { showSites } from './show-sites.ts';
import { type SortedFiles, sortFiles } from './sort-files.ts';
import { makeToken, readToken } from './token.ts';
import { type Known, whoWrites, writerKnown } from './who.ts';

/** Whatever comes of it: what a form brings along costs something to read. */
const FORMS: Limit = { name: 'contact_form', tries: 60, seconds: 3_600 };

type Filled = { readonly known: Known | null; readonly token: string; readonly typed: TypedMessage };

export async function submit(ctx: Context, web: Web): Promise<void> {
  const scope = scopeFor(ctx);
  const limits = limitsOf(ctx);
  const seconds = await scope.throttle.count([[FORMS, countedKey(scope, scope.address)]]);
  const known = await whoWrites(ctx, web);
  const received = await receive(ctx, seconds > 0 ? { ...limits, most: 0 } : limits);
  const token = readToken(field(ctx, 'formulaire')) ?? makeToken(scope);
  const filled = { known, token, typed: typedMessage(ctx) };
  if (seconds > 0) return wait(ctx, web, filled, { seconds, files: [] });
  if (await findMessageOfForm(scope.store, token)) return toSent(ctx, token);
  const sorted = await sortFiles(received, await listFiles(scope.store, token), limits);
  if (field(ctx, 'retirer') !== '') return remove(ctx, web, filled, sorted);
  if (known && field(ctx, 'choisir') !== '') return leaveForSites(ctx, web, { ...filled, known }, sorted);
  const errors = errorsOf(filled, received, sorted);
  if (errors.length > 0) return correct(ctx, web, filled, { received, sorted, errors });
  const { typed } = filled;
  const waits = await sendMessage(scope, {
    token,
    accountId: known?.account.id ?? null,
    siteId: known?.site?.id ?? null,
    writer: known ? writerKnown(known) : writerOf(typed),
    about: typed.objet,
    message: typed.message,
    files: sorted.files,
    most: mostOf(ctx),
  });
  if (waits > 0) return wait(ctx, web, filled, { seconds: waits, files: sorted.files });
  toSent(ctx, token);
}

const BROKEN: Readonly<Record<NonNullable<Received['broken']>, FieldError>> = {
  field: { field: 'message', message: LONG_MESSAGE },
  cut: {
    field: FILE_FIELD,
    message: 'Votre envoi n’est pas arrivé en entier. Vérifiez ce qui suit, puis recommencez.',
  },
  flood: {
    field: FILE_FIELD,
    message: 'Vos pièces jointes sont bien trop volumineuses\u00a0: rien n’a pu être reçu. Allégez-les.',
  },
};

function errorsOf({ known, typed }: Filled, received: Received, sorted: SortedFiles): FieldError[] {
  // What comes after the fault is missing by no fault of the person's.
  if (received.broken) return [BROKEN[received.broken]];
  return [
    ...(known ? [] : writerErrors(typed)),
    ...messageErrors(typed),
    ...fileErrors(sorted),
    ...consentErrors(typed),
  ];
}

const fileErrors = ({ faults }: SortedFiles): FieldError[] =>
  faults.map((message) => ({ field: FILE_FIELD, message }));

export const SIGNED_OUT: Notice = {
  kind: 'warning',
  title: 'Vous n’êtes plus connecté',
  text: 'Rien n’est perdu\u00a0: dites qui vous êtes et envoyez, ou reconnectez-vous dans un autre onglet puis envoyez de nouveau.',
};

type Faulty = {
  readonly received: Received;
  readonly sorted: SortedFiles;
  readonly errors: readonly FieldError[];
};

async function correct(ctx: Context, web: Web, filled: Filled, faulty: Faulty): Promise<void> {
  const { received, sorted, errors } = faulty;
  const tooLarge = sorted.tooLarge || received.broken === 'field' || received.broken === 'flood';
  await showAgain(ctx, web, filled, {
    files: sorted.files,
    errors,
    notice: filled.known === null && field(ctx, 'connecte') === 'oui' ? SIGNED_OUT : null,
    status: tooLarge ? 413 : 422,
  });
}

async function remove(ctx: Context, web: Web, filled: Filled, sorted: SortedFiles): Promise<void> {
  const errors = fileErrors(sorted);
  const status = errors.length > 0 ? 422 : 200;
  await showAgain(ctx, web, filled, {
    files: sorted.files,
    dropped: field(ctx, 'retirer'),
    errors,
    status,
  });
}

/** What was written goes along, the files stay with the form; what is too long to go along is shortened first. */
async function leaveForSites(
  ctx: Context,
  web: Web,
  filled: Filled & { readonly known: Known },
  sorted: SortedFiles,
): Promise<void> {
  const { known, token, typed } = filled;
  const errors = [...longErrors(typed), ...fileErrors(sorted)];
  if (errors.length > 0) return showAgain(ctx, web, filled, { files: sorted.files, errors, status: 422 });
  const kept = await keep(ctx, token, { files: sorted.files, dropped: '' });
  if (kept === null) return toSent(ctx, token);
  await showSites(ctx, web, { known, token, typed });
}

type Waiting = { readonly seconds: number; readonly files: readonly NewFile[] };

async function wait(ctx: Context, web: Web, filled: Filled, { seconds, files }: Waiting): Promise<void> {
  ctx.set('Retry-After', String(seconds));
  await showAgain(ctx, web, filled, { files, notice: tooManyTries(seconds), status: 429 });
}

type Brought = {
  readonly files: readonly NewFile[];
  /** Id of a file that is taken off. */
  readonly dropped?: string;
};

async function showAgain(
  ctx: Context,
  web: Web,
  filled: Filled,
  { files, dropped = '', ...shown }: Brought & Pick<ShownForm, 'errors' | 'notice' | 'status'>,
): Promise<void> {
  const kept = await keep(ctx, filled.token, { files, dropped });
  if (kept === null) return toSent(ctx, filled.token);
  showForm(ctx, web, { ...filled, ...shown, kept });
}

/** With the form, until it is sent. null: it was sent meanwhile, and what it brought then is its message's. */
function keep(ctx: Context, token: string, { files, dropped }: Required<Brought>) {
  const { store, sealer, now } = scopeFor(ctx);
  return transaction(store, async (inside) => {
    await holdForm(inside, token);
    if (await findMessageOfForm(inside, token)) return null;
    await dropFile(inside, token, dropped);
    await keepFiles(inside, token, files, { sealer, now: now(), most: mostOf(ctx) });
    return listFiles(inside, token);
  });
}
