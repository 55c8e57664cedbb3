/** What is to be reached, and whether it was. */
import { type Goal, mid, type Row, ratio } from './report.ts';

/** null: could not be measured. */
export type Limits = {
  readonly signIns: number;
  readonly count: number;
  /** Milliseconds of processor for one verification. */
  readonly argon2: number | null;
  readonly decisionTail: { readonly p99: number } | null;
  /** Who sign in at once. */
  readonly people: number;
  readonly storm: { readonly p99: number } | null;
  /** MiB after each. */
  readonly quarters: readonly number[] | null;
  readonly oneCaisse: number | null;
  readonly allCaisses: number | null;
};

export function goalsOf(rows: readonly Row[], limits: Limits): Goal[] {
  const find = (workload: string) => rows.find((row) => row.workload === workload && row.processes === 1);
  const ofRaw = (workload: string): Goal => {
    const row = find(workload);
    const name = `${workload}, rate over raw`;
    return goal(name, '≥ 0.8', row ? ratio({ rows }, row) : null, (got) => got >= 0.8);
  };
  const { argon2, oneCaisse, allCaisses, signIns, count } = limits;
  const signIn = find('sign-in, production hash');
  const hashes = signIn && argon2 !== null ? mid(signIn.product, 'serverCpu') / argon2 : null;
  const page = find('site list, first page');
  const growth = oneCaisse === null || allCaisses === null ? null : allCaisses - oneCaisse;
  return [
    ...['refresh', 'code exchange', 'userinfo', 'introspection', 'decision'].map(ofRaw),
    goal('sign-in, server CPU over one argon2', '≤ 1.25', hashes, (got) => got <= 1.25),
    below('decisions at 500 a second, p99 ms', limits.decisionTail?.p99, 5),
    below('site list, first page, p50 ms at the client', page && mid(page.product, 'p50'), 20),
    below(`${count} caisses over one, MiB`, growth, 150),
    flatGoal(`memory over ${signIns} sign-ins`, limits.quarters),
    below(`/health/live p99 ms during ${limits.people} sign-ins at once`, limits.storm?.p99, 100),
  ];
}

type Got = number | null | undefined;

function goal(name: string, wanted: string, got: Got, reaches: (got: number) => boolean): Goal {
  if (got == null) return { name, wanted, got: '–', reached: false };
  return { name, wanted, got: got.toFixed(2), reached: reaches(got) };
}

const below = (name: string, got: Got, most: number): Goal =>
  goal(name, `< ${most}`, got, (figure) => figure < most);

/** The heap settles during the first half; what a leak would add shows in the second. */
function flatGoal(name: string, quarters: readonly number[] | null): Goal {
  const [, half = 0, , end = 0] = quarters ?? [];
  const got = quarters === null ? '–' : `${quarters.map((mib) => mib.toFixed(0)).join(' → ')} MiB`;
  return { name, wanted: 'last half grows < 5 %', got, reached: quarters !== null && end < half * 1.05 };
}
