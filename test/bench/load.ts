/** Load on a server: as fast as so many users at once go, or at a fixed rate whatever the answers take. */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export type Operation = (index: number) => Promise<unknown>;

export type Sample = {
  readonly operations: number;
  readonly seconds: number;
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
};

export type Pace = { readonly users: number; readonly seconds: number };

/** `users` at once, each starting its next operation when the last has ended. */
export async function closedLoop(operation: Operation, { users, seconds }: Pace): Promise<Sample> {
  const end = performance.now() + seconds * 1000;
  return inTurn(operation, users, () => performance.now() < end);
}

/** So many operations, `users` at once. */
export const times = (operation: Operation, count: number, users: number): Promise<Sample> =>
  inTurn(operation, users, (index) => index < count);

async function inTurn(
  operation: Operation,
  users: number,
  goesOn: (index: number) => boolean,
): Promise<Sample> {
  const latencies: number[] = [];
  const started = performance.now();
  let index = 0;
  let failed = false;
  const user = async () => {
    while (!failed && goesOn(index)) {
      const before = performance.now();
      await operation(index++);
      latencies.push(performance.now() - before);
    }
  };
  const fail = (error: unknown) => {
    failed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: users }, () => user().catch(fail)));
  return sampleOf(latencies, started);
}

/** `rate` a second, begun on time even when earlier ones still wait: their wait counts. */
export async function fixedRate(operation: Operation, rate: number, seconds: number): Promise<Sample> {
  const latencies: number[] = [];
  const under: Promise<void>[] = [];
  const started = performance.now();
  for (let index = 0; index < rate * seconds; index++) {
    const due = started + (index * 1000) / rate;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    const one = operation(index).then(() => {
      latencies.push(performance.now() - due);
    });
    // Heard below, once all have begun.
    one.catch(() => {});
    under.push(one);
  }
  await Promise.all(under);
  return sampleOf(latencies, started);
}

const sampleOf = (latencies: number[], started: number): Sample => ({
  operations: latencies.length,
  seconds: (performance.now() - started) / 1000,
  latencies: latencies.sort((a, b) => a - b),
});

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

export const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
