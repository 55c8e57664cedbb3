import type { Context } from 'koa';
import { describe, expect, test } from 'vitest';
import { readPeriod } from '../../provider/journeys/period-form.ts';

const PARIS = 'Europe/Paris';
const at = (text: string): number => Date.parse(text);
/** 21 November in Paris and in Martinique alike. */
const NOW = at('2026-11-21T14:00:00+01:00');

const read = (from: string, to = '', more: Partial<Parameters<typeof readPeriod>[1]> = {}) =>
  readPeriod({ request: { body: { date_effet: from, date_fin: to } } } as unknown as Context, {
    now: NOW,
    timeZone: PARIS,
    ...more,
  });
const refusedAt = (from: string, to = '') => read(from, to).errors.map(({ field }) => field);

describe('a date d’effet', () => {
  test('of today takes effect now', () => {
    expect(read('2026-11-21').period).toEqual({ from: NOW, to: null });
  });

  test('of a later day takes effect as that day begins at the caisse', () => {
    expect(read('2026-11-24').period?.from).toBe(at('2026-11-24T00:00:00+01:00'));
    const martinique = read('2026-11-24', '', { timeZone: 'America/Martinique' });
    expect(martinique.period?.from).toBe(at('2026-11-24T00:00:00-04:00'));
  });

  test('is read as people type it, too', () => {
    expect(read('24/11/2026').typed.from).toBe('2026-11-24');
    expect(read(' 1.12.2026 ').typed.from).toBe('2026-12-01');
  });

  test.each(['', '2026-02-30', '24/11', 'demain', '2026-11-20'])('cannot be « %s »', (typed) => {
    expect(refusedAt(typed)).toEqual(['date_effet']);
  });

  test('is today while it is still today at the caisse, wherever the server stands', () => {
    const late = at('2026-11-21T23:30:00-04:00');
    const martinique = read('2026-11-21', '', { now: late, timeZone: 'America/Martinique' });
    expect(martinique.period?.from).toBe(late);
  });
});

describe('a date de fin', () => {
  test('is the last day of the rights', () => {
    expect(read('2026-11-21', '2026-11-21').period?.to).toBe(at('2026-11-22T00:00:00+01:00'));
    expect(read('2026-11-21', '2027-03-31').period?.to).toBe(at('2027-04-01T00:00:00+02:00'));
  });

  test.each([
    ['2026-11-21', '2026-11-20'],
    ['2026-11-24', '2026-11-23'],
    ['2026-11-24', 'jamais'],
  ])('from %s on cannot be %s', (from, to) => {
    expect(refusedAt(from, to)).toEqual(['date_fin']);
  });
});

describe('the dates of a delegation that exists', () => {
  const kept = { from: at('2026-10-01T10:20:30+02:00'), to: at('2026-12-01T12:00:00+01:00') };

  test('stay the very instants when the days stay, passed or not', () => {
    expect(read('2026-10-01', '2026-12-01', { kept }).period).toEqual(kept);
  });

  test('cannot be moved into the past', () => {
    expect(read('2026-10-02', '', { kept }).errors.map(({ field }) => field)).toEqual(['date_effet']);
  });
});
