import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysLeft, dueAt, isDue, reminderFor } from '../../provider/domain/certification.ts';

const at = (text: string) => Date.parse(text);
const DAY = 86_400_000;

describe('when an address is due', () => {
  test.each([
    ['2026-01-15T10:00:00Z', 12, '2027-01-15T10:00:00Z'],
    ['2024-02-29T10:00:00Z', 12, '2025-02-28T10:00:00Z'],
    ['2026-01-31T23:59:59Z', 1, '2026-02-28T23:59:59Z'],
    ['2026-11-30T00:00:00Z', 15, '2028-02-29T00:00:00Z'],
    ['2026-12-31T12:00:00Z', 6, '2027-06-30T12:00:00Z'],
  ])('%s and %i months: %s', (certified, months, due) => {
    expect(new Date(dueAt(at(certified), months)).toISOString()).toBe(new Date(due).toISOString());
  });

  test('from its moment on, and not a millisecond before; at once when it never was certified', () => {
    const certified = at('2026-01-15T10:00:00Z');
    const due = dueAt(certified, 12);
    expect(isDue(certified, 12, due - 1)).toBe(false);
    expect(isDue(certified, 12, due)).toBe(true);
    expect(isDue(null, 12, 0)).toBe(true);
  });
});

describe('reminders', () => {
  const certified = at('2026-01-15T10:00:00Z');
  const due = dueAt(certified, 12);

  test.each([
    [31, null],
    [30, 30],
    [29, 30],
    [8, 30],
    [7, 7],
    [1, 7],
    [0, null],
    [-1, null],
  ])('%i days before: %j', (days, expected) => {
    expect(reminderFor(certified, 12, due - days * DAY)).toBe(expected);
  });

  test('say the days that are left, the begun one included', () => {
    expect(daysLeft(certified, 12, due - 7 * DAY)).toBe(7);
    expect(daysLeft(certified, 12, due - 6.2 * DAY)).toBe(7);
    expect(daysLeft(certified, 12, due - 1)).toBe(1);
  });

  test('whatever the date, a reminder comes before it is due and never after', () => {
    const moment = fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => seconds * 1000);
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: -90, max: 90 }),
        (from, months, days) => {
          const now = dueAt(from, months) + days * DAY;
          const reminder = reminderFor(from, months, now);
          expect(isDue(from, months, now) && reminder !== null).toBe(false);
          expect(reminder === null).toBe(days >= 0 || days < -30);
        },
      ),
    );
  });
});
