import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, inject, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const ABSENT = 'navigateur absent';

/** One file of the browser's suite, run where there is no Chromium. */
async function runWithout(browser: Record<string, string>) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { CAISSE_ID_BROWSER: _, ...environment } = process.env;
  const child = spawn(process.execPath, [vitest, 'run', 'test/e2e/host-issuer.test.ts'], {
    cwd: root,
    env: {
      ...environment,
      DATABASE_URL: inject('database').adminUrl,
      CAISSE_ID_CHROMIUM: '/nowhere',
      NO_COLOR: '1',
      ...browser,
    },
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, words: output + errors };
}

test('without Chromium a run passes, and says in one line what it did not look at', async () => {
  const { code, words } = await runWithout({});
  expect(words.split('\n').filter((line) => line.includes(ABSENT))).toHaveLength(1);
  expect(words).toContain('1 skipped');
  expect(code).toBe(0);
});

test('it fails where a browser is required', async () => {
  const { code, words } = await runWithout({ CAISSE_ID_BROWSER: 'required' });
  expect(words).toContain(ABSENT);
  expect(code).not.toBe(0);
});
