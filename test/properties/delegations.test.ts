/** Whatever people do, in whatever order: one source of rights, all its faces alike, and nobody above who gave. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { ACTS } from '../support/rights-commands.ts';
import { playSequences } from '../support/rights-sequences.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
});
afterAll(() => app.close());

test('after every act of any sequence, tokens, decisions and screens say what the rules say, and no act writes more', async () => {
  const seen = await playSequences(app, { seed: 7, sequences: 2, most: 38 });
  const refused = Object.keys(seen).filter((name) => name.includes('refused'));
  // Every kind of act was done, and not all that was tried: what was never played is not proved.
  expect(ACTS.filter((act) => seen[act] === undefined)).toEqual([]);
  expect(refused.length).toBeGreaterThan(4);
}, 240_000);
