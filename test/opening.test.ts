import { expect, test } from 'vitest';
import { faultOfVersion } from '../provider/opening.ts';

test.each([15, 16, 18])('PostgreSQL %i serves', (version) => {
  expect(faultOfVersion(version, 'base.test:5432')).toBeNull();
});

test('an older PostgreSQL is refused in words that name it and what is needed', () => {
  expect(faultOfVersion(14, 'base.test:5432')).toBe(
    'PostgreSQL 15 au moins est nécessaire, base.test:5432 est en version 14.',
  );
});
