/** What is to be reached, and whether it was. */
import { type Goal, mid, type Row, ratio } from './report.ts';

export type Limits = {
  readonly argon2: number;
  readonly decisionTail: { readonly p99: number };
  readonly quarters: readonly number[];
  readonly signIns: number;
  readonly storm: { readonly p99: number; readonly seconds: number };
  readonly caisses: { readonly count: number; readonly one: number; readonly all: number };
};

export function goalsOf(rows: readonly Row[], limits: Limits): Goal[] {
  const find = (workload: string) => rows.find((row) => row.workload === workload && row.processes === 1);
  const ofRaw = (workload: string): Goal[] => {
    const row = find(workload);
    const got = row && ratio({ rows }, row);
    return got == null ? [] : [goal(`${workload}, rate over raw`, '≥ 0.8', got.toFixed(2), got >= 0.8)];
  };
  return [
    ...['refresh', 'code exchange', 'userinfo', 'introspection', 'decision'].flatMap(ofRaw),
    ...signInGoal(find('sign-in, production hash'), limits.argon2),
    below('decisions at 500 a second, p99 ms', limits.decisionTail.p99, 5),
    ...pageGoal(find('site list, first page')),
    below(`${limits.caisses.count} caisses over one, MiB`, limits.caisses.all - limits.caisses.one, 150),
    flatGoal(limits),
    below('/health/live p99 ms during 200 sign-ins', limits.storm.p99, 100),
  ];
}

const goal = (name: string, wanted: string, got: string, reached: boolean): Goal => ({
  name,
  wanted,
  got,
  reached,
});

const below = (name: string, got: number, most: number): Goal =>
  goal(name, `< ${most}`, got.toFixed(1), got < most);

function signInGoal(row: Row | undefined, argon2: number): Goal[] {
  if (!row) return [];
  const times = mid(row.product, 'serverCpu') / argon2;
  return [goal('sign-in, server CPU over one argon2', '≤ 1.25', times.toFixed(2), times <= 1.25)];
}

function pageGoal(row: Row | undefined): Goal[] {
  return row ? [below('site list, first page, p50 ms at the client', mid(row.product, 'p50'), 20)] : [];
}

/** The heap settles during the first half; what a leak would add shows in the second. */
function flatGoal({ quarters, signIns }: Limits): Goal {
  const [, half = 0, , end = 0] = quarters;
  const growth = (end - half) / half;
  const got = `${quarters.map((mib) => mib.toFixed(0)).join(' → ')} MiB`;
  return goal(`memory over ${signIns} sign-ins`, 'last half grows < 5 %', got, growth < 0.05);
}
