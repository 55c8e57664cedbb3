import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { occupyCheckout } from '../provider/single-instance.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const address = 'http://localhost:3000';

test('a second start is told where the first one answers', () => {
  occupyCheckout({ root, address });
  expect(() => occupyCheckout({ root, address })).toThrow(
    /tourne déjà sur http:\/\/localhost:3000 \(processus \d+\)/,
  );
});

test('a reset is refused while the demo runs, and a start while a reset does', () => {
  const stop = occupyCheckout({ root, address });
  expect(() => occupyCheckout({ root, address: null })).toThrow(/tourne déjà/);
  stop();
  occupyCheckout({ root, address: null });
  expect(() => occupyCheckout({ root, address })).toThrow(/remise à zéro/);
});

test('whoever stops makes room', () => {
  occupyCheckout({ root, address })();
  expect(() => occupyCheckout({ root, address })).not.toThrow();
});

test('a server that was killed does not stand in the way, even when its pid lives on in another process', () => {
  occupyCheckout({ root, address });
  writeFileSync(join(root, '.data/running'), JSON.stringify({ pid: 2 ** 22 + 1, born: '', note: address }));
  occupyCheckout({ root, address });
  writeFileSync(join(root, '.data/running'), JSON.stringify({ pid: process.pid, born: '1', note: address }));
  expect(() => occupyCheckout({ root, address })).not.toThrow();
});
