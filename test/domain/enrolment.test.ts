import { expect, test } from 'vitest';
import { activationEnds, certifiedAt, rootOf, ticketEnds } from '../../provider/domain/enrolment.ts';
import { EVERYTHING } from '../../provider/domain/rights.ts';

const NOW = Date.UTC(2026, 10, 21, 9);

test('a certification is of the number that was proved, and of no other', () => {
  const certified = { number: '+33639980112', at: NOW };
  expect(certifiedAt('+33639980112', certified)).toBe(NOW);
  expect(certifiedAt('+33639980113', certified)).toBeNull();
  expect(certifiedAt(null, certified)).toBeNull();
  expect(certifiedAt('+33639980112', null)).toBeNull();
});

test('a ticket lives an hour from its last use, a link three days', () => {
  expect(ticketEnds(NOW) - NOW).toBe(3_600_000);
  expect(activationEnds(NOW) - NOW).toBe(3 * 86_400_000);
});

test('whoever opens a space administers it from that moment on, without an end', () => {
  const { admin, rights, status, from, to } = rootOf(NOW);
  expect({ admin, status, from, to }).toEqual({ admin: true, status: 'active', from: NOW, to: null });
  expect(rights).toEqual(EVERYTHING);
});
