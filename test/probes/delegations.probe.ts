/** Many long sequences of acts, other ones each time: the shortest that fails is told with the seed that plays it again. */
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { playSequences } from '../support/rights-sequences.ts';

test('delegations: sequences of acts against the rules', async () => {
  const app = await startApp({ trustedProxies: 1 });
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  const seen = await playSequences(app, {
    seed,
    sequences: 40,
    most: 60,
    shrink: true,
    told: (acts) => console.log(`${acts} acts`),
  });
  console.table(seen);
  expect(seen).not.toEqual({});
  await app.close();
}, 3_600_000);
