/** What a run stands on: a PostgreSQL of its own, databases that hold the same people, and the servers started on them. */
import { randomBytes } from 'node:crypto';
import { connect, type Database, migrate } from '../../provider/store/database.ts';
import { type PrivateCluster, privateCluster } from '../../provider/store/embedded-private.ts';
import type { Surroundings } from './measure.ts';
import { newJwk, RAW_SCHEMA } from './raw-server.ts';
import {
  CALLBACK,
  cheapHash,
  foundCaisses,
  productionHash,
  SECRET,
  type Seeded,
  type Sizes,
  seed,
} from './seed.ts';
import { type Subject, startProduct, startRaw } from './subjects.ts';

export type Ground = {
  readonly product: (processes: number) => Promise<Subject>;
  readonly raw: (processes: number) => Promise<Subject>;
  /** A process of the product on a database with so many caisses and nobody in them; and their ids. */
  readonly caisses: (
    count: number,
  ) => Promise<{ readonly subject: Subject; readonly ids: readonly string[] }>;
  readonly seeded: Seeded;
  readonly around: Surroundings;
  readonly remove: () => Promise<void>;
};

/** The product's default, for both. */
const POOL = 10;

/** Directories for what the product's processes leave: their logs, and the profiles of their processor (null: none). */
type Places = { readonly logs: string; readonly profiles: string | null };

export async function layGround(sizes: Sizes, { logs, profiles }: Places): Promise<Ground> {
  const cluster = await privateCluster([
    'shared_preload_libraries=pg_stat_statements',
    'max_connections=120',
    'shared_buffers=512MB',
  ]);
  try {
    return await furnish(cluster, sizes, { logs, profiles });
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

async function furnish(cluster: PrivateCluster, sizes: Sizes, { logs, profiles }: Places): Promise<Ground> {
  const admin = connect(cluster.url('postgres'), { poolSize: 2, statementTimeout: 0 });
  await admin.raw('create extension pg_stat_statements');
  const open = async (name: string): Promise<Database> => {
    await admin.raw('create database ??', [name]);
    return connect(cluster.url(name), { poolSize: 4, statementTimeout: 0 });
  };
  const key = randomBytes(32);
  const encryptionKey = key.toString('base64');
  const seeded = await seedProduct(await open('product'), key, sizes);
  await seedRaw(await open('raw'), seeded);
  const jwk = await newJwk();
  return {
    seeded,
    around: { admin, postmaster: await postmasterOf(admin) },
    product: (processes) =>
      startProduct({ databaseUrl: cluster.url('product'), encryptionKey, processes, logs, profiles }),
    raw: (processes) =>
      startRaw({ databaseUrl: cluster.url('raw'), poolSize: POOL, clients: RAW_CLIENTS, jwk, processes }),
    async caisses(count) {
      const name = `caisses_${count}`;
      const sql = await open(name);
      await migrate(sql);
      const handles = await foundCaisses(sql, key, count, Date.now());
      await sql.destroy();
      const subject = await startProduct({
        databaseUrl: cluster.url(name),
        encryptionKey,
        processes: 1,
        logs,
        profiles: null,
      });
      return { subject, ids: handles.map(({ caisseId }) => caisseId) };
    },
    async remove() {
      await admin.destroy();
      await cluster.remove();
    },
  };
}

async function seedProduct(sql: Database, key: Buffer, sizes: Sizes): Promise<Seeded> {
  await migrate(sql);
  const [handle] = await foundCaisses(sql, key, 1, Date.now());
  if (!handle) throw new Error('no caisse');
  const seeded = await seed(handle, sizes, Date.now);
  await sql.destroy();
  return seeded;
}

async function seedRaw(sql: Database, { people, unhashed }: Seeded): Promise<void> {
  await sql.raw(RAW_SCHEMA);
  for (const [persons, hash] of [
    [people, await productionHash()],
    [unhashed, await cheapHash()],
  ] as const) {
    await sql('account').insert(persons.map(({ email }) => ({ email, password_hash: hash })));
  }
  await sql.raw('vacuum analyze account');
  await sql.destroy();
}

async function postmasterOf(admin: Database): Promise<number> {
  const { rows } = await admin.raw(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`);
  return Number(rows[0].pid);
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
