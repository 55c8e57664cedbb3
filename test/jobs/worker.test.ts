import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startWorker } from '../../provider/jobs/worker.ts';

const log = pino({ level: 'silent' });

test('a worker that rests stops at once, and begins nothing after', async () => {
  let runs = 0;
  const ran = Promise.withResolvers<void>();
  const worker = startWorker(
    {
      name: 'test',
      every: 3_600_000,
      run: async () => {
        runs += 1;
        ran.resolve();
      },
    },
    log,
  );
  await ran.promise;
  await worker.stop();
  expect(runs).toBe(1);
});

test('a worker that is told to stop finishes what is under way', async () => {
  const finish = Promise.withResolvers<void>();
  let finished = false;
  const worker = startWorker(
    {
      name: 'test',
      every: 0,
      run: async () => {
        await finish.promise;
        finished = true;
      },
    },
    log,
  );
  const stopped = worker.stop();
  finish.resolve();
  await stopped;
  expect(finished).toBe(true);
});
