/**
 * Gives every test file a PostgreSQL (the embedded one, or DATABASE_URL's) and a migrated template to clone.
 * Databases of runs that were killed are swept here: a run holds an advisory lock for as long as it lives.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { connect, migrate } from '../../provider/store/database.ts';
import { type DatabaseServer, openDatabaseServer } from '../../provider/store/embedded.ts';
import { announceAbsence } from './browser.ts';
import { databaseAt } from './database.ts';

const root = join(import.meta.dirname, '../..');
const migrations = join(root, 'migrations');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  announceAbsence();
  const external = process.env.DATABASE_URL;
  const server = external ? null : await openDatabaseServer({ root, log: console.log });
  const adminUrl = external ?? (server as DatabaseServer).adminUrl;
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'tests' });
  await admin.connect();

  const run = randomBytes(4).toString('hex');
  await lock(admin, 'pg_advisory_lock', run);
  const template = await standingTemplate(admin, adminUrl);
  await sweep(admin, [run, versionOf(migrations)]);
  project.provide('database', { adminUrl, template, run });

  return async () => {
    await dropAll(admin, `test_${run}_`);
    await admin.end();
    await server?.release();
  };
}

/** Named by what the migrations say, so that a change of one makes another template. */
async function standingTemplate(admin: pg.Client, adminUrl: string): Promise<string> {
  const version = versionOf(migrations);
  const name = `template_${version}`;
  await lock(admin, 'pg_advisory_lock', 'template');
  try {
    await lock(admin, 'pg_advisory_lock_shared', version);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await makeTemplate(admin, adminUrl, name);
    return name;
  } finally {
    await lock(admin, 'pg_advisory_unlock', 'template');
  }
}

/** Renamed once it is complete: a migration that fails must not leave a template. */
async function makeTemplate(admin: pg.Client, adminUrl: string, name: string): Promise<void> {
  await admin.query('drop database if exists template_draft with (force)');
  await admin.query('create database template_draft');
  const database = connect(databaseAt(adminUrl, 'template_draft'), { poolSize: 2 });
  try {
    await migrate(database);
  } finally {
    await database.destroy();
  }
  await admin.query(`alter database template_draft rename to ${name}`);
}

function versionOf(directory: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(directory).sort())
    hash.update(file).update(readFileSync(join(directory, file)));
  return hash.digest('hex').slice(0, 8);
}

/** Whoever's lock is free is dead: its databases go, and so do the templates that no run uses. */
async function sweep(admin: pg.Client, own: readonly string[]): Promise<void> {
  const { rows } = await admin.query<{ owner: string; prefix: string }>(
    `select distinct split_part(datname, '_', 2) as owner, substring(datname from '^[a-z]+_[0-9a-f]+') as prefix
     from pg_database where datname ~ '^(test_[0-9a-f]{8}_|template_[0-9a-f]{8}$)'`,
  );
  for (const { owner, prefix } of rows) {
    if (own.includes(owner) || !(await lock(admin, 'pg_try_advisory_lock', owner))) continue;
    await dropAll(admin, prefix);
    await lock(admin, 'pg_advisory_unlock', owner);
  }
}

async function dropAll(admin: pg.Client, prefix: string): Promise<void> {
  const { rows } = await admin.query('select datname from pg_database where starts_with(datname, $1)', [
    prefix,
  ]);
  for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
}

type LockFunction =
  | 'pg_advisory_lock'
  | 'pg_advisory_lock_shared'
  | 'pg_try_advisory_lock'
  | 'pg_advisory_unlock';

async function lock(admin: pg.Client, act: LockFunction, name: string): Promise<boolean> {
  const { rows } = await admin.query(`select ${act}(hashtextextended($1, 0)) as held`, [`caisse-id:${name}`]);
  return rows[0].held === true;
}
