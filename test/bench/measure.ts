/** One workload against one server for some seconds: rate, latencies, and what it cost. */
import type { Database } from '../../provider/store/database.ts';
import { closedLoop, type Operation, quantile, type Sample, times } from './load.ts';
import type { Subject } from './subjects.ts';
import { cpuOf, cpuOfTree, memoryOf, statements } from './usage.ts';

export type Figures = {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor for one operation. */
  readonly serverCpu: number;
  readonly databaseCpu: number;
  readonly queries: number;
  /** MiB, at most so far. */
  readonly peakMemory: number;
};

export type Surroundings = { readonly admin: Database; readonly postmaster: number };

/** For so long, or for so many operations where each can be done but once. */
export type Extent = { readonly seconds: number } | { readonly count: number };

export type Load = { readonly operation: Operation; readonly users: number; readonly extent: Extent };

const WARM_UP_SECONDS = 1;

export async function measure(
  subject: Subject,
  load: Load,
  { admin, postmaster }: Surroundings,
): Promise<Figures> {
  const run = await warmedUp(load);
  await admin.raw('select pg_stat_statements_reset()');
  const before = { server: cpuOf(subject.pids), database: cpuOfTree(postmaster) };
  const sample = await run();
  const perOperation = (seconds: number) => (seconds * 1000) / sample.operations;
  return {
    perSecond: sample.operations / sample.seconds,
    p50: quantile(sample.latencies, 0.5),
    p99: quantile(sample.latencies, 0.99),
    serverCpu: perOperation(cpuOf(subject.pids) - before.server),
    databaseCpu: perOperation(cpuOfTree(postmaster) - before.database),
    queries: (await statements(admin, [subject.database])) / sample.operations,
    peakMemory: memoryOf(subject.pids, 'VmHWM'),
  };
}

async function warmedUp({ operation, users, extent }: Load): Promise<() => Promise<Sample>> {
  if ('seconds' in extent) {
    await closedLoop(operation, { users, seconds: Math.min(WARM_UP_SECONDS, extent.seconds / 3) });
    return () => closedLoop(operation, { users, seconds: extent.seconds });
  }
  const first = Math.ceil(extent.count / 6);
  await times(operation, first, users);
  return () => times((i) => operation(first + i), extent.count - first, users);
}
