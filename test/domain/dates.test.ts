import { describe, expect, test } from 'vitest';
import { tellDate, tellLastDay, tellMoment, tellShortDate, tellTime } from '../../provider/domain/dates.ts';

const PARIS = 'Europe/Paris';
const MARTINIQUE = 'America/Martinique';
const at = (text: string): number => Date.parse(text);
const readable = (told: string): string => told.replaceAll('\u00a0', '_');

describe('a day', () => {
  test('is told in French, and its parts stay on one line', () => {
    expect(readable(tellDate(at('2026-11-21T12:00:00+01:00'), PARIS))).toBe('21_novembre_2026');
  });

  test('is « 1er » the first of the month, and no other is', () => {
    expect(readable(tellDate(at('2027-03-01T12:00:00+01:00'), PARIS))).toBe('1er_mars_2027');
    expect(readable(tellDate(at('2027-03-11T12:00:00+01:00'), PARIS))).toBe('11_mars_2027');
    expect(readable(tellDate(at('2027-03-02T12:00:00+01:00'), PARIS))).toBe('2_mars_2027');
  });

  test.each([
    [1, 'janvier'],
    [2, 'février'],
    [3, 'mars'],
    [4, 'avril'],
    [5, 'mai'],
    [6, 'juin'],
    [7, 'juillet'],
    [8, 'août'],
    [9, 'septembre'],
    [10, 'octobre'],
    [11, 'novembre'],
    [12, 'décembre'],
  ])('names month %i %s', (month, name) => {
    expect(tellDate(Date.UTC(2026, month - 1, 15, 12), PARIS).split('\u00a0')[1]).toBe(name);
  });

  test('is the caisse’s own, which overseas is another', () => {
    const moment = at('2026-12-31T23:30:00Z');
    expect(readable(tellDate(moment, PARIS))).toBe('1er_janvier_2027');
    expect(readable(tellDate(moment, MARTINIQUE))).toBe('31_décembre_2026');
    expect(tellShortDate(moment, PARIS)).toBe('01/01/2027');
    expect(tellShortDate(moment, MARTINIQUE)).toBe('31/12/2026');
  });

  test('is the last one of rights that stop at midnight; of rights without end there is none', () => {
    const end = at('2027-04-01T00:00:00+02:00');
    expect(tellLastDay(end, PARIS) ?? '').toBe(tellDate(end - 1, PARIS));
    expect(readable(tellLastDay(end, PARIS) ?? '')).toBe('31_mars_2027');
    expect(tellLastDay(null, PARIS)).toBeNull();
  });
});

describe('a time', () => {
  test('has no nought before its hours, and two figures of minutes', () => {
    expect(readable(tellTime(at('2027-03-01T14:05:59+01:00'), PARIS))).toBe('14_h_05');
    expect(readable(tellTime(at('2027-03-01T08:00:00+01:00'), PARIS))).toBe('8_h_00');
    expect(readable(tellTime(at('2027-03-01T00:30:00+01:00'), PARIS))).toBe('0_h_30');
  });

  test('follows the clocks of the caisse', () => {
    const moment = at('2026-07-15T12:00:00Z');
    expect(readable(tellTime(moment, PARIS))).toBe('14_h_00');
    expect(readable(tellTime(moment, MARTINIQUE))).toBe('8_h_00');
  });

  test('goes with its day', () => {
    expect(readable(tellMoment(at('2027-03-01T14:05:00+01:00'), PARIS))).toBe('1er_mars_2027 à 14_h_05');
  });
});
