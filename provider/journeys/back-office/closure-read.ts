/** What was typed of a planned closure, read in the caisse's time zone: the closure, or what is wrong at which field. */
import { dayOf, instantOf, timeOf } from '../../domain/calendar.ts';
import type { Closure } from '../../domain/closure.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FieldError } from '../../http/screens.ts';
import { dayTyped } from '../period-form.ts';

export type ReadClosure = { readonly closure: Closure | null; readonly errors: readonly FieldError[] };

const LONGEST = 300;

/** As the form shows a moment. */
export const shownAt = (at: Instant, timeZone: string): { readonly day: string; readonly time: string } => ({
  day: dayOf(at, timeZone),
  time: timeOf(at, timeZone),
});

type Clock = { readonly former: Closure | null; readonly now: Instant; readonly timeZone: string };

export function readClosure(typed: (id: string) => string, clock: Clock): ReadClosure {
  const { former, now, timeZone } = clock;
  const words = typed('annonce').replace(/\s+/g, ' ');
  const long = words.length > LONGEST ? [{ field: 'annonce', message: 'Tenez en 300 caractères.' }] : [];
  if (['debut', 'debut_heure', 'reouverture', 'reouverture_heure'].every((id) => typed(id) === ''))
    return { closure: null, errors: long };
  const from = momentTyped(typed, 'debut', { kept: former?.from, timeZone });
  const to = momentTyped(typed, 'reouverture', { kept: former?.to, timeZone });
  const errors = [...from.errors, ...to.errors, ...long];
  if (from.at === null || to.at === null) return { closure: null, errors };
  // Begun in the past, it would spare the sessions of meanwhile: it begins now.
  const begins = from.at === former?.from ? from.at : Math.max(from.at, Math.ceil(now / 1000) * 1000);
  const late = { field: 'reouverture', message: 'La réouverture vient après la fermeture.' };
  const past = { field: 'reouverture', message: 'Ce moment est déjà passé.' };
  if (to.at <= from.at) errors.push(late);
  else if (to.at <= now) errors.push(past);
  return { closure: { from: begins, to: to.at, words }, errors };
}

type Moment = { readonly at: Instant | null; readonly errors: readonly FieldError[] };

/** Without an hour: the midnight at which that day begins. */
function momentTyped(
  typed: (id: string) => string,
  id: 'debut' | 'reouverture',
  { kept, timeZone }: { readonly kept: Instant | undefined; readonly timeZone: string },
): Moment {
  const [day, time] = [dayTyped(typed(id)), timeTyped(typed(`${id}_heure`))];
  const errors = [
    ...(day === null ? [{ field: id, message: 'Donnez une date, comme 17/12/2026.' }] : []),
    ...(time === null ? [{ field: `${id}_heure`, message: 'Donnez une heure, comme 18:30.' }] : []),
  ];
  if (day === null || time === null) return { at: null, errors };
  const shown = kept === undefined ? null : shownAt(kept, timeZone);
  const at =
    kept !== undefined && shown?.day === day && shown.time === time ? kept : instantOf(day, time, timeZone);
  return { at, errors };
}

/** « 18:30 », « 18h30 », « 8 h »; nothing is midnight; null for what is no time of a day. */
function timeTyped(text: string): string | null {
  if (text === '') return '00:00';
  const [, hour = '', minute = '00'] = /^(\d{1,2})\s*[:hH]\s*(\d{2})?$/.exec(text) ?? [];
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59) return null;
  return `${hour.padStart(2, '0')}:${minute}`;
}
