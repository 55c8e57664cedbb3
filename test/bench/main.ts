/**
 * npm run bench [-- --quick] [-- --only <workload>] [-- --profile]: the product as it is deployed, beside the fastest
 * plain use of the same protocol library, on one PostgreSQL of their own, in one run. Prints Markdown, and writes it
 * with its JSON to test-results/. What fails is told, the rest is measured all the same; then it exits with 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { goalsOf, type Limits } from './goals.ts';
import { type Ground, layGround } from './ground.ts';
import * as limits from './limits.ts';
import { type Figures, measure } from './measure.ts';
import { summarise } from './profile.ts';
import { brief, markdown, type Row, type Run } from './report.ts';
import type { Subject } from './subjects.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const { values: asked } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const { quick } = asked;
const ROUNDS = 3;
const SECONDS = quick ? 0.7 : 5;
const SIZES = quick
  ? { portfolio: 500, list: 1_000, delegations: 50_000 }
  : { portfolio: 5_000, list: 10_000, delegations: 1_000_000 };
const STORM = quick ? 50 : 200;

const results = join(import.meta.dirname, '../../test-results');
const profiles = asked.profile ? join(results, 'profiles') : null;
const began = performance.now();
const minutes = () => (performance.now() - began) / 60_000;
const say = (text: string) => process.stderr.write(`${minutes().toFixed(1).padStart(5)} min  ${text}\n`);

const failures: string[] = [];

/** null when it failed, which the report tells. */
async function attempt<T>(what: string, act: () => Promise<T>): Promise<T | null> {
  say(what);
  try {
    return await act();
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    failures.push(what);
    return null;
  }
}

async function bench(ground: Ground): Promise<Run> {
  const chosen = WORKLOADS.filter(({ name }) => asked.only === undefined || name.startsWith(asked.only));
  if (chosen.length === 0) throw new Error(`no workload begins with ${asked.only}`);
  const rows = await measureAll(ground, chosen);
  const goals = asked.only === undefined ? goalsOf(rows, await measureLimits(ground)) : [];
  const date = new Date().toISOString().slice(0, 10);
  return { date, quick, delegations: SIZES.delegations, minutes: minutes(), rows, goals, failures };
}

async function measureAll(ground: Ground, chosen: readonly Workload[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const processes of [1, 2]) {
    const workloads = chosen.filter(({ twice }) => processes === 1 || twice);
    if (workloads.length === 0) continue;
    await using(ground.product(processes), (product) =>
      using(ground.raw(processes), async (raw) => {
        for (const workload of workloads) {
          const what = `${workload.name}, ${processes} process${processes > 1 ? 'es' : ''}`;
          const row = await attempt(what, () => alternate(ground, workload, { product, raw }, processes));
          if (!row) continue;
          rows.push(row);
          say(`  ${brief(row)}`);
        }
      }),
    );
    if (profiles) process.stderr.write(`${summarise(profiles)}\n`);
  }
  return rows;
}

/** A server for as long as the work takes, however that ends. */
async function using<T>(starting: Promise<Subject>, work: (subject: Subject) => Promise<T>): Promise<T> {
  const subject = await starting;
  try {
    return await work(subject);
  } finally {
    await subject.stop();
  }
}

type Pair = { readonly product: Subject; readonly raw: Subject };

/** Round by round, so that whatever slows the machine for a while slows both. */
async function alternate(ground: Ground, workload: Workload, pair: Pair, processes: number): Promise<Row> {
  const figures: Record<Subject['name'], Figures[]> = { product: [], raw: [] };
  const subjects = [pair.raw, pair.product].filter(({ name }) => (workload.only ?? name) === name);
  const count = workload.count?.[quick ? 'quick' : 'whole'];
  const extent = count === undefined ? { seconds: SECONDS } : { count };
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of subjects) {
      const operation = await workload.prepare(subject, ground.seeded, count ?? 0);
      const load = { operation, users: workload.users, extent };
      figures[subject.name].push(await measure(subject, load, ground.around));
    }
  }
  return { workload: workload.name, processes, ...figures, against: workload.against ?? null };
}

async function measureLimits(ground: Ground): Promise<Limits> {
  const { seeded } = ground;
  const signIns = quick ? 400 : 20_000;
  const count = quick ? 100 : 1_000;
  const alone = <T>(work: (subject: Subject) => Promise<T>) => using(ground.product(1), work);
  const memory = async (caisses: number) => {
    const { subject, ids } = await ground.caisses(caisses);
    return using(Promise.resolve(subject), () => limits.memoryWithCaisses(subject, ids));
  };
  return {
    signIns,
    count,
    people: STORM,
    argon2: await attempt('one argon2 verification', () => limits.argon2Cpu(quick ? 10 : 40)),
    decisionTail: await attempt('decisions at 500 a second', () =>
      alone((product) => limits.decisionTail(product, seeded, 500, quick ? 3 : 15)),
    ),
    storm: await attempt(`${STORM} sign-ins at once`, () =>
      alone((product) => limits.healthDuringStorm(product, seeded, STORM)),
    ),
    quarters: await attempt(`memory over ${signIns} sign-ins`, () =>
      alone((product) => limits.memoryOverSignIns(product, seeded, signIns)),
    ),
    oneCaisse: await attempt('memory with one caisse', () => memory(1)),
    allCaisses: await attempt(`memory with ${count} caisses`, () => memory(count)),
  };
}

mkdirSync(profiles ?? results, { recursive: true });
say('seeding');
const ground = await layGround(SIZES, { logs: results, profiles });
try {
  const run = await bench(ground);
  const text = markdown(run);
  writeFileSync(join(results, 'bench.md'), text);
  writeFileSync(join(results, 'bench.json'), JSON.stringify(run, null, 2));
  process.stdout.write(text);
} finally {
  await ground.remove();
}
process.exitCode = failures.length === 0 ? 0 : 1;
