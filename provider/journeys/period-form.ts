/**
 * « Date d’effet » and « date de fin », for whoever gives rights: typed, read in the caisse’s own time zone. Owns
 * their two fields (`date_effet`, `date_fin`; views/partials/period draws them) and their errors.
 */
import type { Context } from 'koa';
import { type Day, dayOf, endOf, lastDayOf, parseDay, startOf } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import { field } from '../http/forms.ts';
import type { FieldError } from '../http/screens.ts';

export type Period = {
  readonly from: Instant;
  /** The midnight after the last day; null: no end. */
  readonly to: Instant | null;
};

/** As typed, or as a date field sends it. */
export type TypedPeriod = { readonly from: string; readonly to: string };

export type ReadPeriod = {
  readonly typed: TypedPeriod;
  readonly period: Period | null;
  readonly errors: readonly FieldError[];
};

type Clock = { readonly now: Instant; readonly timeZone: string };

export const firstPeriod = ({ now, timeZone }: Clock): TypedPeriod => ({
  from: dayOf(now, timeZone),
  to: '',
});

export const typedPeriodOf = ({ from, to }: Period, timeZone: string): TypedPeriod => ({
  from: dayOf(from, timeZone),
  to: to === null ? '' : lastDayOf(to, timeZone),
});

/** `kept`: what a delegation says already; the same day typed again means the same instant, passed or not. */
export function readPeriod(ctx: Context, clock: Clock & { readonly kept?: Period }): ReadPeriod {
  const { now, timeZone, kept } = clock;
  const typed = { from: field(ctx, 'date_effet').trim(), to: field(ctx, 'date_fin').trim() };
  const [first, last] = [dayTyped(typed.from), typed.to === '' ? null : dayTyped(typed.to)];
  const today = dayOf(now, timeZone);
  const before = kept && typedPeriodOf(kept, timeZone);
  const errors = [
    ...errorOfStart(typed.from, first, first === before?.from ? null : today),
    ...errorOfEnd(typed.to, last, { first, today }),
  ];
  if (errors.length > 0 || !first) return { typed, period: null, errors };
  const from = kept && first === before?.from ? kept.from : first === today ? now : startOf(first, timeZone);
  const to = last === null ? null : kept && last === before?.to ? kept.to : endOf(last, timeZone);
  return { typed: { from: first, to: last ?? '' }, period: { from, to }, errors };
}

const DATE = 'Saisissez une date complète, par exemple 24/11/2026.';

function errorOfStart(typed: string, day: Day | null, notBefore: Day | null): FieldError[] {
  const at = (message: string) => [{ field: 'date_effet', message }];
  if (typed === '') return at('Saisissez la date d’effet.');
  if (day === null) return at(DATE);
  if (notBefore !== null && day < notBefore) return at('La date d’effet ne peut pas être passée.');
  return [];
}

function errorOfEnd(
  typed: string,
  day: Day | null,
  { first, today }: { readonly first: Day | null; readonly today: Day },
): FieldError[] {
  const at = (message: string) => [{ field: 'date_fin', message }];
  if (typed === '') return [];
  if (day === null) return at(DATE);
  if (day < today) return at('La date de fin ne peut pas être passée.');
  if (first !== null && day < first) return at('La date de fin ne peut pas précéder la date d’effet.');
  return [];
}

/** « 2026-11-24 », as date fields send it, or « 24/11/2026 », as people type it where there is none. */
export function dayTyped(typed: string): Day | null {
  const french = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(typed);
  if (!french) return parseDay(typed);
  const [, day = '', month = '', year] = french;
  return parseDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

/** The fields that bring a period to the next step, and back. */
export const periodFields = ({ from, to }: TypedPeriod) => [
  { name: 'date_effet', value: from },
  { name: 'date_fin', value: to },
];
