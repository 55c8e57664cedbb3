/** What the log is asked for, as its address and its form tell it, read and checked. */
import { isIP } from 'node:net';
import type { Context } from 'koa';
import { endOf, parseDay, startOf } from '../../domain/calendar.ts';
import { searchTerms, ungroup } from '../../domain/search.ts';
import type { FieldError } from '../../http/screens.ts';
import type { AuditKind } from '../../store/audit.ts';
import type { AuditFilter, Place } from '../../store/audit-log.ts';
import { scopeFor } from '../web.ts';
import { KINDS, KINDS_BY_REGISTER } from './audit-words.ts';

export const FILTER_FIELDS = [
  'type',
  'personne',
  'adherent',
  'site',
  'du',
  'au',
  'adresse',
  'reference',
] as const;
export type Typed = Readonly<Record<(typeof FILTER_FIELDS)[number], string>>;

const REGISTER_PREFIX = 'registre-';
const SHORTEST = 3;
const MOST_TYPED = 200;

export type ReadFilter = {
  readonly typed: Typed;
  readonly filter: AuditFilter;
  readonly errors: readonly FieldError[];
};

/** `read`: a value of the address, or of a form. What cannot be read is an error, and filters nothing. */
export function readFilter(ctx: Context, read: (ctx: Context, name: string) => string): ReadFilter {
  const { timeZone } = scopeFor(ctx).caisse;
  const typed = Object.fromEntries(
    FILTER_FIELDS.map((name) => [name, read(ctx, name).trim().slice(0, MOST_TYPED)]),
  ) as Typed;
  const person = searchTerms(typed.personne);
  const siret = ungroup(typed.site);
  const [from, to] = [parseDay(typed.du), parseDay(typed.au)];
  const errors: FieldError[] = [];
  const wrong = (field: keyof Typed, message: string) => void errors.push({ field, message });
  if (person.length > 0 && !person.some((term) => term.length >= SHORTEST))
    wrong('personne', `Saisissez au moins ${SHORTEST} caractères d’un nom ou d’une adresse.`);
  if (siret !== '' && !/^\d{14}$/.test(siret)) wrong('site', 'Saisissez les 14 chiffres du SIRET.');
  if (typed.adresse !== '' && isIP(typed.adresse) === 0)
    wrong('adresse', 'Saisissez une adresse IP entière, par exemple 192.0.2.7.');
  if (typed.du !== '' && from === null) wrong('du', 'Saisissez une date complète, par exemple 24/11/2026.');
  if (typed.au !== '' && to === null) wrong('au', 'Saisissez une date complète, par exemple 24/11/2026.');
  if (from !== null && to !== null && to < from)
    wrong('au', 'Le dernier jour est avant le premier. Vérifiez les deux dates.');
  const filter = {
    kinds: kindsOf(typed.type),
    person,
    siret: siret === '' ? null : siret,
    adherent: typed.adherent === '' ? null : ungroup(typed.adherent).toUpperCase(),
    address: typed.adresse === '' ? null : typed.adresse.toLowerCase(),
    from: from === null ? null : startOf(from, timeZone),
    to: to === null ? null : endOf(to, timeZone),
    requestId: typed.reference === '' ? null : typed.reference.toLowerCase(),
  };
  return { typed, filter, errors };
}

function kindsOf(typed: string): readonly AuditKind[] {
  const group = KINDS_BY_REGISTER.find(({ register }) => typed === REGISTER_PREFIX + register);
  return group?.kinds ?? KINDS.filter((kind) => kind === typed);
}

export const registerValue = (register: string): string => REGISTER_PREFIX + register;

/** « 1795273200000000.42 »: a line's place, as addresses bear it. */
export const tellPlace = ({ micros, id }: Place): string => `${micros}.${id}`;

export function parsePlace(text: string): Place | null {
  const match = /^(\d{1,17})\.(\d{1,18})$/.exec(text);
  return match ? { micros: BigInt(match[1] ?? ''), id: BigInt(match[2] ?? '') } : null;
}
