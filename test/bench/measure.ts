/** One workload against one server for some seconds: rate, latencies, and what it cost. */
import type { Database } from '../../provider/store/database.ts';
import { closedLoop, type Operation, quantile } from './load.ts';
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

export async function measure(
  subject: Subject,
  operation: Operation,
  pace: { readonly users: number; readonly seconds: number },
  { admin, postmaster }: Surroundings,
): Promise<Figures> {
  await closedLoop(operation, { users: pace.users, seconds: Math.min(1, pace.seconds / 3) });
  await admin.raw('select pg_stat_statements_reset()');
  const before = { server: cpuOf(subject.pids), database: cpuOfTree(postmaster) };
  const sample = await closedLoop(operation, pace);
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
