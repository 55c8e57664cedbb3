/** The rows of a firm's file as wishes, each fault with its line. Reads who and what is meant; what may be given is the plan's. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { dayOf, endOf, startOf } from '../../domain/calendar.ts';
import { emailKey } from '../../domain/email.ts';
import type { Instant } from '../../domain/instant.ts';
import { type Vector, vectorOf } from '../../domain/rights.ts';
import { fold } from '../../domain/search.ts';
import { parseSiret } from '../../domain/siret.ts';
import type { ClientName } from '../../store/firm-portfolio.ts';
import type { FirmMember } from '../../store/firm-staff.ts';
import { dayTyped } from '../period-form.ts';
import { collegesIn, levelIn } from '../typed-rights.ts';
import { ACTION, COLLEGE, type Columns, EMAIL, FROM, SIRET, TO } from './csv-columns.ts';
import type { Fault, Row } from './csv-read.ts';
import type { Wish } from './entrust-plan.ts';

export type Around = {
  readonly columns: Columns;
  readonly width: number;
  readonly hidden: readonly string[];
  /** By address as compared; one for each membership. */
  readonly members: ReadonlyMap<string, readonly FirmMember[]>;
  /** The firm's clients, by SIRET. */
  readonly clients: ReadonlyMap<string, ClientName>;
  readonly now: Instant;
  readonly timeZone: string;
};

export type Meant = { readonly line: number; readonly wish: Wish };

export function readLines(
  rows: readonly Row[],
  around: Around,
): { readonly meant: readonly Meant[]; readonly faults: readonly Fault[] } {
  const meant: Meant[] = [];
  const faults: Fault[] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const read = readLine(row, around);
    if ('reasons' in read) {
      faults.push(...read.reasons.map((reason) => ({ line: row.line, reason })));
      continue;
    }
    const key = `${read.wish.accountId} ${read.wish.siteId}`;
    const before = seen.get(key);
    if (before === undefined) meant.push({ line: row.line, wish: read.wish });
    else
      faults.push({ line: row.line, reason: `Cette personne et ce client sont déjà à la ligne ${before}.` });
    seen.set(key, before ?? row.line);
  }
  return { meant, faults };
}

type Read = { readonly wish: Wish } | { readonly reasons: readonly string[] };

function readLine(row: Row, around: Around): Read {
  const extra = row.cells.slice(around.width).some((cell) => cell !== '');
  if (extra || row.cells.length < around.width)
    return { reasons: [`La ligne compte ${row.cells.length} colonnes au lieu de ${around.width}.`] };
  const cell = (name: string): string => row.cells[around.columns.get(name) ?? -1] ?? '';
  const client = clientIn(cell(SIRET), around);
  const member = memberIn(cell(EMAIL), typeof client === 'string' ? null : client, around);
  const rights = rightsIn(cell, around);
  const dates = rights === null ? { from: null, to: null } : datesIn(cell, around);
  const reasons = [client, member, rights, dates].filter((read) => typeof read === 'string');
  if (
    typeof client === 'string' ||
    typeof member === 'string' ||
    typeof rights === 'string' ||
    typeof dates === 'string'
  )
    return { reasons };
  const { accountId, membershipId, adherentId: memberOf } = member;
  const { siteId, adherentId } = client;
  return { wish: { siteId, adherentId, accountId, membershipId, memberOf, rights, ...dates } };
}

const quote = (text: string): string => `« ${text.slice(0, 60)} »`;

/** A site that exists and one that does not are the same to whoever does not hold it. */
function clientIn(typed: string, { clients }: Around): ClientName | string {
  if (typed === '') return 'Le SIRET manque.';
  const siret = parseSiret(typed);
  if (!siret)
    return `${quote(typed)} n’est pas un SIRET. Le tableur l’a peut-être arrondi : mettez la colonne au format texte.`;
  return clients.get(siret) ?? `${quote(siret)} n’est pas un client du cabinet.`;
}

function memberIn(typed: string, client: ClientName | null, { members }: Around): FirmMember | string {
  if (typed === '') return 'L’adresse électronique manque.';
  const his = members.get(emailKey(typed)) ?? [];
  if (his.length === 0)
    return `${quote(typed)} n’est pas un collaborateur du cabinet : invitez d’abord cette personne.`;
  const fit =
    his.find((one) => one.adherentId === null) ?? his.find((one) => one.adherentId === client?.adherentId);
  return (
    fit ??
    (client ? `${quote(typed)} n’est au cabinet que pour une autre entreprise.` : (his[0] as FirmMember))
  );
}

/** null: none any more. A text says what is wrong. */
function rightsIn(cell: (name: string) => string, { columns, hidden }: Around): Vector | null | string {
  const action = fold(cell(ACTION));
  if (action !== '' && action !== 'supprimer')
    return `${quote(cell(ACTION))} : la seule action possible est « supprimer ».`;
  const shown = FEATURES.map(({ slug, label }) => ({
    label,
    typed: columns.has(slug) && !hidden.includes(slug) ? cell(slug) : '',
  }));
  const wrong = shown.find(({ typed }) => levelIn(typed) === undefined);
  if (wrong)
    return `${quote(wrong.typed)} dans « ${wrong.label} » : écrivez « consultation », « mise à jour », ou rien.`;
  const levels = shown.map(({ typed }) => levelIn(typed) ?? 'none');
  if (action === 'supprimer' || levels.every((level) => level === 'none')) return null;
  const colleges = collegesIn(cell(COLLEGE));
  if (colleges === undefined)
    return `${quote(cell(COLLEGE))} : écrivez « tous », ou par exemple « ouvriers + ETAM ».`;
  if (colleges.length === 0)
    return 'Les collèges manquent : écrivez « tous », ou par exemple « ouvriers + ETAM ».';
  return vectorOf(levels, colleges);
}

/** A date d’effet that is here or past means at once: what has begun goes on. */
function datesIn(
  cell: (name: string) => string,
  { now, timeZone }: Around,
): Pick<Wish, 'from' | 'to'> | string {
  const [first, last] = [cell(FROM), cell(TO)].map((typed) => (typed === '' ? undefined : dayTyped(typed)));
  if (first === null) return `${quote(cell(FROM))} n’est pas une date. Écrivez par exemple 24/11/2026.`;
  if (last === null) return `${quote(cell(TO))} n’est pas une date. Écrivez par exemple 31/12/2026.`;
  const today = dayOf(now, timeZone);
  if (last !== undefined && last < today)
    return 'La date de fin est passée. Pour retirer des droits, écrivez « supprimer ».';
  if (first !== undefined && last !== undefined && last < first)
    return 'La date de fin précède la date d’effet.';
  return {
    from: first === undefined || first <= today ? null : startOf(first, timeZone),
    to: last === undefined ? null : endOf(last, timeZone),
  };
}
