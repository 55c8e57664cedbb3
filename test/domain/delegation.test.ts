import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actsOn,
  type Dated,
  type Standing,
  shownStatus,
  standingOf,
} from '../../provider/domain/delegation.ts';
import type { LinkStatus } from '../../provider/domain/rights.ts';

const NOW = 1_000;
const standing = (status: LinkStatus, dates: Partial<Dated> = {}): Standing =>
  standingOf({ status, to: null, waitsUntil: null, ...dates }, NOW);

const AWAITING = ['awaiting_beneficiary', 'awaiting_confirmation'] as const;
const LIVING = ['active', 'suspended', 'to_renew'] as const;
const OVER = ['refused', 'lapsed', 'closed'] as const;
const ALL = [...AWAITING, ...LIVING, ...OVER];

describe('where a delegation stands', () => {
  test.each(ALL)('%s is what it says as long as no date has passed', (status) => {
    expect(standing(status)).toBe(status);
    expect(standing(status, { to: NOW + 1, waitsUntil: NOW + 1 })).toBe(status);
  });

  test.each(AWAITING)('%s lapses at the very instant until which it waits', (status) => {
    expect(standing(status, { waitsUntil: NOW })).toBe('lapsed');
    expect(standing(status, { waitsUntil: NOW, to: NOW })).toBe('lapsed');
  });

  test.each([...AWAITING, ...LIVING])('%s expires at the midnight after its last day', (status) => {
    expect(standing(status, { to: NOW })).toBe('expired');
  });

  test.each(OVER)('%s stays so, whatever its dates', (status) => {
    expect(standing(status, { to: NOW - 1, waitsUntil: NOW - 1 })).toBe(status);
  });

  test('what is active or asleep waits for no answer', () => {
    for (const status of LIVING) expect(standing(status, { waitsUntil: NOW - 1 })).toBe(status);
  });

  test('once over by its dates, it never comes back as time passes', () => {
    const dates = fc.option(fc.integer({ min: 0, max: 2_000 }), { nil: null });
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        dates,
        dates,
        fc.nat(2_000),
        fc.nat(2_000),
        (status, to, waitsUntil, now, later) => {
          const first = standingOf({ status, to, waitsUntil }, now);
          const then = standingOf({ status, to, waitsUntil }, now + later);
          if (shownStatus(first) === 'inactive') expect(shownStatus(then)).toBe('inactive');
        },
      ),
    );
  });
});

describe('what the screens call it', () => {
  test.each([
    ['awaiting_beneficiary', 'waiting'],
    ['awaiting_confirmation', 'waiting'],
    ['to_renew', 'waiting'],
    ['active', 'active'],
    ['suspended', 'active'],
    ['refused', 'inactive'],
    ['lapsed', 'inactive'],
    ['closed', 'inactive'],
    ['expired', 'inactive'],
  ] as const)('%s: %s', (given, shown) => {
    expect(shownStatus(given)).toBe(shown);
  });
});

describe('what may be done to it', () => {
  test.each(['refused', 'closed', 'expired'] as const)('nothing any more once it is %s', (given) => {
    expect(actsOn(given)).toEqual([]);
  });

  test('it is confirmed only once accepted, renewed only when it is to be, resumed only when asleep', () => {
    const where = (act: Parameters<ReturnType<typeof actsOn>['includes']>[0]) =>
      ([...ALL, 'expired'] as Standing[]).filter((one) => actsOn(one).includes(act));
    expect(where('confirm')).toEqual(['awaiting_confirmation']);
    expect(where('renew')).toEqual(['to_renew']);
    expect(where('resume')).toEqual(['suspended']);
    expect(where('suspend')).toEqual(['active']);
    expect(where('send_again')).toEqual(['awaiting_beneficiary', 'lapsed']);
    expect(where('withdraw')).toEqual([...AWAITING]);
    expect(where('close').toSorted()).toEqual([...LIVING].toSorted());
  });

  test('what is shown as inactive opens no right by any act but a new invitation', () => {
    for (const one of [...OVER, 'expired'] as const)
      expect(actsOn(one).filter((act) => act !== 'send_again')).toEqual([]);
  });
});
