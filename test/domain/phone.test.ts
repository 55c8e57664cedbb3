import { describe, expect, test } from 'vitest';
import {
  countryOfPhone,
  formatPhone,
  isPhoneCountry,
  PHONE_COUNTRIES,
  type PhoneCountry,
  parsePhone,
} from '../../provider/domain/phone.ts';

describe('a number', () => {
  test.each([
    ['06 39 98 01 12', 'FR'],
    ['06.39.98.01.12', 'FR'],
    ['06-39-98-01-12', 'FR'],
    ['0639980112', 'FR'],
    ['+33 6 39 98 01 12', 'FR'],
    ['+33 (0)6 39 98 01 12', 'FR'],
    ['0033639980112', 'FR'],
    ['\u00a006\u00a039\u00a098\u00a001\u00a012 ', 'FR'],
    ['+33639980112', 'GP'],
  ] as const)('is the same however it is typed: %j', (typed, country) => {
    expect(parsePhone(typed, country)).toEqual({ e164: '+33639980112', kind: 'mobile' });
  });

  test.each<[string, PhoneCountry, string, 'mobile' | 'fixed']>([
    ['03 53 01 01 12', 'FR', '+33353010112', 'fixed'],
    ['07 56 12 34 56', 'FR', '+33756123456', 'mobile'],
    ['09 72 39 12 34', 'FR', '+33972391234', 'fixed'],
    ['0690 35 12 34', 'GP', '+590690351234', 'mobile'],
    ['0690 35 12 34', 'MF', '+590690351234', 'mobile'],
    ['0590 27 12 34', 'GP', '+590590271234', 'fixed'],
    ['0692 12 34 56', 'RE', '+262692123456', 'mobile'],
    ['0639 01 23 45', 'YT', '+262639012345', 'mobile'],
    ['0696 12 34 56', 'MQ', '+596696123456', 'mobile'],
    ['0694 12 34 56', 'GF', '+594694123456', 'mobile'],
    ['75 12 34', 'NC', '+687751234', 'mobile'],
    ['87 12 34 56', 'PF', '+68987123456', 'mobile'],
    ['55 12 34', 'PM', '+508551234', 'mobile'],
    ['82 12 34', 'WF', '+681821234', 'mobile'],
  ])(
    'of France and overseas is read in its country, mobile told from fixed: %s in %s',
    (typed, country, e164, kind) => {
      expect(parsePhone(typed, country)).toEqual({ e164, kind });
    },
  );

  test.each([
    ['', 'FR'],
    ['12', 'FR'],
    ['06 39 98 01 1', 'FR'],
    ['06 39 98 01 123', 'FR'],
    ['mon numéro : 06 39 98 01 12', 'FR'],
    ['06 39 98 01 12 poste 3', 'FR'],
    ['0899 12 34 56', 'FR'],
    ['+32 470 12 34 56', 'FR'],
    ['+1 202 555 0143', 'FR'],
    ['0690 35 12 34', 'FR'],
    ['9'.repeat(5_000), 'FR'],
  ] as const)('that nobody served here can have is refused: %j', (typed, country) => {
    expect(parsePhone(typed, country)).toBeNull();
  });

  test('is shown as its country writes it, and found in the list again', () => {
    expect(formatPhone('+33639980112')).toBe('06\u00a039\u00a098\u00a001\u00a012');
    expect(formatPhone('+687751234')).toBe('75\u00a012\u00a034');
    expect(countryOfPhone('+262692123456')).toBe('RE');
    expect(countryOfPhone('+33639980112')).toBe('FR');
  });
});

test('France comes first in the list, every country once, and nothing else is a country of it', () => {
  const codes = PHONE_COUNTRIES.map(({ code }) => code);
  expect(codes[0]).toBe('FR');
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.every(isPhoneCountry)).toBe(true);
  expect(isPhoneCountry('BE')).toBe(false);
  expect(isPhoneCountry('')).toBe(false);
});
