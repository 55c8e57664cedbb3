import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Changes, listenForChanges } from '../../provider/store/changes.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let relay: Server;
let url: string;
const through: { near: Socket; far: Socket }[] = [];
let changes: Changes | undefined;
beforeAll(async () => {
  database = await testDatabase();
  const direct = new URL(database.url);
  const { hostname, port } = direct;
  relay = createServer((near) => {
    const far = dial(Number(port), hostname);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.pipe(far).pipe(near);
    through.push({ near, far });
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  direct.hostname = '127.0.0.1';
  direct.port = String((relay.address() as AddressInfo).port);
  url = direct.href;
});
afterEach(async () => {
  await changes?.close();
  changes = undefined;
});
afterAll(async () => {
  relay.close();
  await database.drop();
});

/** As when the network between drops everything, and tells nobody. */
function freeze(): void {
  for (const { near, far } of through) {
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  }
}

const heard: string[] = [];
const handlers = { onChange: (id: string) => void heard.push(id), onGap: () => void heard.push('gap') };
const tell = (id: string) => database.knex.raw('select pg_notify(?, ?)', ['caisse_changed', id]);
const SOON = { timeout: 10_000 };

test('a change is heard from whoever made it', async () => {
  heard.length = 0;
  changes = await listenForChanges(url, handlers);
  await tell('grand-est');
  await expect.poll(() => heard, SOON).toEqual(['grand-est']);
});

test('a connection that fell silent is given up, what was missed is read again, and changes are heard anew', async () => {
  heard.length = 0;
  changes = await listenForChanges(url, handlers, { every: 50, patience: 300 });
  freeze();
  await tell('missed');
  await expect.poll(() => heard, SOON).toEqual(['gap']);
  await tell('nord-ouest');
  await expect.poll(() => heard, SOON).toEqual(['gap', 'nord-ouest']);
});

test('nothing is heard after the end, also when it came while listening was being taken up again', async () => {
  heard.length = 0;
  const listening = await listenForChanges(url, handlers, { every: 50, patience: 300 });
  for (const { near } of through) near.destroy();
  await listening.close();
  await tell('too late');
  const left = () =>
    database
      .knex('pg_stat_activity')
      .where({ application_name: 'caisse-id changes', datname: new URL(database.url).pathname.slice(1) });
  await expect.poll(left, SOON).toEqual([]);
  expect(heard).toEqual([]);
});
