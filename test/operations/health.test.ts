import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { sendPath } from '../support/second-node.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const get = (path: string, host = 'equilibreur.internal') => sendPath(app, host, { path });

test('a process that answers is live, whatever Host is asked, and says nothing else', async () => {
  const answer = await get('/health/live');
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toEqual({ status: 'ok' });
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['set-cookie']).toBeUndefined();
});

test('with its database and its schema up to date it is ready', async () => {
  const answer = await get('/health/ready');
  expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
});

test('a migration that is not applied is named', async () => {
  const { knex } = app.database;
  const { name } = await knex('knex_migrations').orderBy('name', 'desc').first('name');
  await knex('knex_migrations').where({ name }).update({ name: 'of_another_version.ts' });
  const answer = await get('/health/ready');
  await knex('knex_migrations').where({ name: 'of_another_version.ts' }).update({ name });
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text)).toEqual({ status: 'unavailable', missing: [`migration ${name}`] });
  expect((await get('/health/ready')).status).toBe(200);
});

test('only reading is answered', async () => {
  const answer = await sendPath(app, 'equilibreur.internal', { path: '/health/live', method: 'POST' });
  expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('metrics are not shown to the public', async () => {
  expect((await get('/metrics')).status).toBe(421);
  const { host } = new URL(app.issuerOf('ile-de-france'));
  expect((await get('/metrics', host)).status).toBe(404);
});
