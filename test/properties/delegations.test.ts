/** Whatever people do, in whatever order: one source of rights, all its faces alike, and nobody above who gave. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { playSequences } from '../support/rights-sequences.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
});
afterAll(() => app.close());

test('after every act of any sequence, tokens, decisions and screens say what the rules say, and no act writes more', async () => {
  const seen = await playSequences(app, { seed: 20261121, sequences: 2, most: 50 });
  const [refused, done] = [true, false].map((no) =>
    Object.keys(seen).filter((name) => name.includes('refused') === no),
  );
  // Neither all of one kind, nor all refused: what was never played is not proved.
  expect(done).toEqual(expect.arrayContaining(['give', 'accept', 'confirm', 'modify', 'wait']));
  expect(done?.length).toBeGreaterThan(8);
  expect(refused?.length).toBeGreaterThan(4);
}, 240_000);
