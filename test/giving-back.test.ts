import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { giveMemoryBack } from '../provider/giving-back.ts';

test('what nothing needs any more is gone, and nothing else', async () => {
  const needed = { page: 'x'.repeat(1_000) };
  const [unneeded, kept] = [new WeakRef({ page: 'y'.repeat(1_000) }), new WeakRef(needed)];
  // Whatever a weak reference was made of stands until the end of the turn.
  await setImmediate();
  await giveMemoryBack();
  expect(unneeded.deref()).toBeUndefined();
  expect(kept.deref()).toBe(needed);
});
