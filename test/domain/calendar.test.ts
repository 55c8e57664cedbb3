import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dayOf,
  endOf,
  instantOf,
  lastDayOf,
  nextDay,
  parseDay,
  startOf,
} from '../../provider/domain/calendar.ts';

const ZONES = [
  'Europe/Paris',
  'America/Guadeloupe',
  'America/Martinique',
  'America/Cayenne',
  'Indian/Reunion',
  'Indian/Mayotte',
  'Pacific/Noumea',
  'Pacific/Tahiti',
  'America/Miquelon',
] as const;
const zones = fc.constantFrom(...ZONES);
/** From 1970, when the zones of today had their rules, to 2099. */
const instants = fc.integer({ min: 0, max: Date.UTC(2099, 11, 31) });

const iso = (instant: number): string => new Date(instant).toISOString();

describe('a day as it is typed', () => {
  test.each(['2026-03-03', '2024-02-29', '1900-01-01', '9999-12-31', ' 2026-03-03 '])(
    '« %s » is one',
    (text) => {
      expect(parseDay(text)).toBe(text.trim());
    },
  );

  test.each([
    '',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '1899-12-31',
    '0026-03-03',
    '26-03-03',
    '03/03/2026',
    '2026-3-3',
    '2026-03-03T00:00',
    '2026-03-03\n2026-03-04',
    '+002026-03-03',
    '２０２６-03-03',
    '2026-03-0３',
    'NaN-aN-aN',
    '99999-01-01',
    `2026-03-03${'0'.repeat(10_000)}`,
  ])('« %.30s » is none', (text) => {
    expect(parseDay(text)).toBeNull();
  });

  test('whatever is typed is a day of the calendar or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/)), (text) => {
        const day = parseDay(text);
        if (day === null) return;
        expect(iso(Date.parse(`${day}T00:00:00Z`)).slice(0, 10)).toBe(day);
      }),
    );
  });
});

describe('a day of a caisse', () => {
  test.each([
    ['Europe/Paris', '2026-01-15', '2026-01-14T23:00:00.000Z'],
    ['Europe/Paris', '2026-07-15', '2026-07-14T22:00:00.000Z'],
    ['Europe/Paris', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Paris', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['Europe/Paris', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['Europe/Paris', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['America/Guadeloupe', '2026-07-15', '2026-07-15T04:00:00.000Z'],
    ['America/Cayenne', '2026-07-15', '2026-07-15T03:00:00.000Z'],
    ['Indian/Reunion', '2026-07-15', '2026-07-14T20:00:00.000Z'],
    ['Indian/Mayotte', '2026-07-15', '2026-07-14T21:00:00.000Z'],
    ['Pacific/Noumea', '2026-07-15', '2026-07-14T13:00:00.000Z'],
    ['Pacific/Tahiti', '2026-07-15', '2026-07-15T10:00:00.000Z'],
    ['America/Miquelon', '2026-03-08', '2026-03-08T03:00:00.000Z'],
    ['America/Miquelon', '2026-03-09', '2026-03-09T02:00:00.000Z'],
  ])('in %s, %s begins at %s', (zone, day, begins) => {
    expect(iso(startOf(day, zone))).toBe(begins);
  });

  test('ends at the midnight after it, which belongs to the next', () => {
    expect(iso(endOf('2026-12-31', 'Indian/Reunion'))).toBe('2026-12-31T20:00:00.000Z');
    expect(lastDayOf(endOf('2026-12-31', 'Indian/Reunion'), 'Indian/Reunion')).toBe('2026-12-31');
    expect(dayOf(endOf('2026-12-31', 'Indian/Reunion'), 'Indian/Reunion')).toBe('2027-01-01');
    expect(nextDay('2024-02-28')).toBe('2024-02-29');
    expect(nextDay('2026-12-31')).toBe('2027-01-01');
  });

  test('has 23 hours when clocks are put forward, 25 when they are put back', () => {
    const hours = (day: string, zone: string) => (endOf(day, zone) - startOf(day, zone)) / 3_600_000;
    expect(hours('2026-03-29', 'Europe/Paris')).toBe(23);
    expect(hours('2026-10-25', 'Europe/Paris')).toBe(25);
    expect(hours('2026-11-01', 'America/Miquelon')).toBe(25);
    expect(hours('2026-03-29', 'Indian/Reunion')).toBe(24);
  });

  test('holds every instant of it, and no other, in any zone', () => {
    fc.assert(
      fc.property(instants, zones, (instant, zone) => {
        const day = dayOf(instant, zone);
        expect(startOf(day, zone)).toBeLessThanOrEqual(instant);
        expect(instant).toBeLessThan(endOf(day, zone));
        expect(dayOf(startOf(day, zone), zone)).toBe(day);
        expect(lastDayOf(endOf(day, zone), zone)).toBe(day);
      }),
    );
  });
});

describe('a time of a day', () => {
  test('is what clocks show there', () => {
    const shown = (instant: number, zone: string) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
        instant,
      );
    expect(iso(instantOf('2026-03-03', '12:00', 'Pacific/Noumea'))).toBe('2026-03-03T01:00:00.000Z');
    fc.assert(
      fc.property(instants, zones, (instant, zone) => {
        const [day = '', time = ''] = shown(instant, zone).split(' ');
        expect(shown(instantOf(day, time, zone), zone)).toBe(`${day} ${time}`);
      }),
    );
  });

  test('that clocks skip comes out beside the gap, never on another day', () => {
    const skipped = instantOf('2026-03-29', '02:30', 'Europe/Paris');
    expect(dayOf(skipped, 'Europe/Paris')).toBe('2026-03-29');
    expect(Math.abs(skipped - Date.UTC(2026, 2, 29, 1))).toBeLessThanOrEqual(30 * 60_000);
  });
});
