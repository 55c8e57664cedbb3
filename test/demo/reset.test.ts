import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Config, readConfig } from '../../provider/config.ts';
import { resetDemo } from '../../provider/demo/reset.ts';
import { occupyCheckout } from '../../provider/single-instance.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let root: string;
let database: TestDatabase;
let config: Config;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'demo-'));
  database = await testDatabase();
  config = readConfig({ DATABASE_URL: database.url }, { root });
});
afterAll(async () => {
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const now = () => Date.UTC(2026, 10, 21, 9);
const reset = (changes: { config?: Config; yes?: boolean } = {}) =>
  resetDemo({ config, root, yes: true, now, random: randomBytes, say: () => {}, ...changes });

/** Everything but keys, secrets and hashes, which are new at each seeding. */
async function world(): Promise<unknown> {
  const tables = {
    caisse: ['id', 'name', 'issuer', 'time_zone', 'settings'],
    client: ['caisse_id', 'client_id', 'metadata', 'third_party', 'default_service'],
    account: ['caisse_id', 'id', 'email', 'given_name', 'family_name', 'mobile', 'status', 'staff_role'],
    adherent: ['caisse_id', 'id', 'identifiant', 'raison_sociale'],
    site: ['caisse_id', 'id', 'adherent_id', 'siret', 'name', 'search_text'],
    cabinet: ['caisse_id', 'id', 'name'],
    cabinet_client: ['caisse_id', 'id', 'cabinet_id', 'adherent_id', 'effective_at', 'ends_at'],
    cabinet_member: ['caisse_id', 'id', 'cabinet_id', 'account_id', 'role', 'effective_at', 'ends_at'],
    delegation: [
      'caisse_id',
      'id',
      'site_id',
      'kind',
      'parent_id',
      'grantee_id',
      'levels',
      'colleges',
      'status',
    ],
    dsn_alert: ['caisse_id', 'id', 'site_id', 'message', 'pushed_at'],
    site_visit: ['caisse_id', 'account_id', 'site_id'],
    audit_event: ['caisse_id', 'kind'],
  };
  const rows = Object.entries(tables).map(async ([table, columns]) => [
    table,
    await database.knex(table).select(columns).orderBy(columns.slice(0, 2)),
  ]);
  return Object.fromEntries(await Promise.all(rows));
}

test('a reset brings the first state back, whatever was done meanwhile', async () => {
  await reset();
  const first = await world();
  await database.knex('delegation').update({ status: 'closed' });
  await database.knex('dsn_alert').delete();
  await database.knex('account').where({ staff_role: 'agent' }).update({ email: 'autre@demo.test' });
  await database
    .knex('audit_event')
    .insert({ caisse_id: 'grand-est', at: new Date(now()), kind: 'signed_in', facts: '{}' });
  expect(await world()).not.toEqual(first);
  await reset();
  expect(await world()).toEqual(first);
});

test('a database of one’s own is emptied only by who agrees to it', async () => {
  const before = await world();
  await expect(reset({ yes: false })).rejects.toThrow(/serait effacé.*--yes/);
  expect(await world()).toEqual(before);
});

test('nothing but a demo is reset', async () => {
  const before = await world();
  for (const other of [
    { ...config, mode: 'production', demo: false },
    { ...config, demo: false },
  ] as const)
    await expect(reset({ config: other })).rejects.toThrow(/rien n’a été changé/);
  expect(await world()).toEqual(before);
});

test('a reset waits for nobody: it refuses while the demo runs', async () => {
  const leave = occupyCheckout({ root, address: 'http://localhost:3000' });
  await expect(reset()).rejects.toThrow(/tourne déjà sur http:\/\/localhost:3000/);
  leave();
  await reset();
});
