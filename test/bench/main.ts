/**
 * npm run bench [-- --quick] [-- --only <workload>] [-- --profile]: the product as it is deployed, beside the fastest
 * plain use of the same protocol library, on one PostgreSQL of their own, in one run. Prints Markdown, and writes it
 * with its JSON to test-results/.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, type Database, migrate } from '../../provider/store/database.ts';
import { privateCluster } from '../../provider/store/embedded-private.ts';
import { goalsOf, type Limits } from './goals.ts';
import * as limits from './limits.ts';
import { type Figures, measure, type Surroundings } from './measure.ts';
import { summarise } from './profile.ts';
import { newJwk, RAW_SCHEMA } from './raw-server.ts';
import { markdown, type Row, type Run } from './report.ts';
import { CALLBACK, cheapHash, foundCaisses, productionHash, SECRET, type Seeded, seed } from './seed.ts';
import { type Subject, startProduct, startRaw } from './subjects.ts';
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
const POOL = 10;

const results = join(import.meta.dirname, '../../test-results');
const say = (text: string) => process.stderr.write(`${text}\n`);

type Bench = {
  readonly product: (processes: number) => Promise<Subject>;
  readonly raw: (processes: number) => Promise<Subject>;
  readonly seeded: Seeded;
  readonly around: Surroundings;
};

const cluster = await privateCluster([
  'shared_preload_libraries=pg_stat_statements',
  'max_connections=120',
  'shared_buffers=512MB',
]);

async function bench(): Promise<Run> {
  const admin = await openDatabase('postgres', false);
  await admin.raw('create extension pg_stat_statements');
  const opened = await prepare(admin);
  const chosen = WORKLOADS.filter(({ name }) => asked.only === undefined || name.startsWith(asked.only));
  const rows = await measureAll(opened, chosen);
  const goals = asked.only === undefined ? goalsOf(rows, await measureLimits(opened)) : [];
  await admin.destroy();
  const date = new Date().toISOString().slice(0, 10);
  return { date, quick, delegations: SIZES.delegations, rows, goals };
}

async function openDatabase(name: string, create = true): Promise<Database> {
  if (create) {
    const admin = connect(cluster.url('postgres'), { poolSize: 2 });
    await admin.raw('create database ??', [name]);
    await admin.destroy();
  }
  return connect(cluster.url(name), { poolSize: 4, statementTimeout: 0 });
}

/** Two databases with the same people; and one more, with a thousand caisses and nobody in them. */
async function prepare(admin: Database): Promise<Bench> {
  const key = randomBytes(32);
  say('seeding…');
  const ours = await openDatabase('product');
  await migrate(ours);
  const [handle] = await foundCaisses(ours, key, 1, Date.now());
  if (!handle) throw new Error('no caisse');
  const seeded = await seed(handle, SIZES, Date.now);
  await ours.destroy();
  const theirs = await openDatabase('raw');
  await theirs.raw(RAW_SCHEMA);
  await theirs('account').insert([
    { email: seeded.person.email, password_hash: await productionHash() },
    { email: seeded.unhashed.email, password_hash: await cheapHash() },
  ]);
  await theirs.destroy();
  const jwk = await newJwk();
  const postmaster = Number(
    (await admin.raw(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`)).rows[0].pid,
  );
  return {
    seeded,
    around: { admin, postmaster },
    product: (processes) =>
      startProduct({
        databaseUrl: cluster.url('product'),
        encryptionKey: key.toString('base64'),
        processes,
        profile: asked.profile ? profiles() : null,
      }),
    raw: (processes) =>
      startRaw({ databaseUrl: cluster.url('raw'), poolSize: POOL, clients: RAW_CLIENTS, jwk, processes }),
  };
}

function profiles(): string {
  const directory = join(results, 'profiles');
  mkdirSync(directory, { recursive: true });
  return directory;
}

const AUTHENTICATION = { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' };

const RAW_CLIENTS = [
  {
    client_id: 'service',
    ...AUTHENTICATION,
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email offline_access',
  },
  {
    client_id: 'machine',
    ...AUTHENTICATION,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    scope: 'decisions',
  },
];

async function measureAll(opened: Bench, chosen: readonly Workload[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const processes of [1, 2]) {
    const workloads = chosen.filter(({ twice }) => processes === 1 || twice);
    if (workloads.length === 0) continue;
    const [product, raw] = [await opened.product(processes), await opened.raw(processes)];
    try {
      for (const workload of workloads) {
        say(`${workload.name}, ${processes} process${processes > 1 ? 'es' : ''}`);
        rows.push(await alternate(opened, workload, { product, raw }, processes));
      }
    } finally {
      await product.stop();
      await raw.stop();
    }
    if (asked.profile) say(summarise(profiles()));
  }
  return rows;
}

type Pair = { readonly product: Subject; readonly raw: Subject };

/** Round by round, so that whatever slows the machine for a while slows both. */
async function alternate(opened: Bench, workload: Workload, pair: Pair, processes: number): Promise<Row> {
  const figures: Record<Subject['name'], Figures[]> = { product: [], raw: [] };
  const subjects = [pair.raw, pair.product].filter(({ name }) => (workload.only ?? name) === name);
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of subjects) {
      const operation = await workload.prepare(subject, opened.seeded);
      const pace = { users: workload.users, seconds: SECONDS };
      figures[subject.name].push(await measure(subject, operation, pace, opened.around));
    }
  }
  return { workload: workload.name, processes, ...figures, against: workload.against ?? null };
}

async function measureLimits(opened: Bench): Promise<Limits> {
  say('limits');
  const signIns = quick ? 400 : 20_000;
  const product = await opened.product(1);
  const decisionTail = await limits.decisionTail(product, opened.seeded, 500, quick ? 3 : 15);
  const storm = await limits.healthDuringStorm(product, opened.seeded, 200);
  await product.stop();
  const fresh = await opened.product(1);
  const quarters = await limits.memoryOverSignIns(fresh, opened.seeded, signIns);
  await fresh.stop();
  return {
    argon2: await limits.argon2Cpu(quick ? 10 : 40),
    decisionTail,
    storm,
    quarters,
    signIns,
    caisses: await memoryOfCaisses(),
  };
}

async function memoryOfCaisses(): Promise<Limits['caisses']> {
  const count = quick ? 100 : 1_000;
  const key = randomBytes(32);
  const sizes: number[] = [];
  for (const [name, caisses] of [
    ['one', 1],
    ['many', count],
  ] as const) {
    const sql = await openDatabase(name);
    await migrate(sql);
    const handles = await foundCaisses(sql, key, caisses, Date.now());
    await sql.destroy();
    const subject = await startProduct({
      databaseUrl: cluster.url(name),
      encryptionKey: key.toString('base64'),
      processes: 1,
    });
    const ids = handles.map(({ caisseId }) => caisseId);
    sizes.push(await limits.memoryWithCaisses(subject, ids));
    await subject.stop();
  }
  return { count, one: sizes[0] ?? 0, all: sizes[1] ?? 0 };
}

try {
  mkdirSync(results, { recursive: true });
  const run = await bench();
  const text = markdown(run);
  writeFileSync(join(results, 'bench.md'), text);
  writeFileSync(join(results, 'bench.json'), JSON.stringify(run, null, 2));
  process.stdout.write(text);
} finally {
  await cluster.remove();
}
