import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Middleware } from 'koa';
import pino from 'pino';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../provider/app.ts';
import { ConfigurationError, readConfig } from '../../provider/config.ts';
import { DEMO_CAISSES } from '../../provider/demo/caisses.ts';
import { type Demo, openDemo } from '../../provider/demo/open.ts';
import { DEMO_PASSWORD, PEOPLE } from '../../provider/demo/people.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let root: string;
let database: TestDatabase;
let demo: Demo;
let withDemo: App;
let without: App;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'demo-'));
  database = await testDatabase();
  const options = {
    config: readConfig({}, { root }),
    sql: database.knex,
    databaseUrl: database.url,
    cacheDirectory: root,
    now: () => Date.UTC(2026, 10, 21, 9),
    random: randomBytes,
    log: pino({ level: 'silent' }),
  };
  demo = await openDemo(options);
  const appWith = (before: readonly Middleware[]) => createApp({ ...options, before });
  [withDemo, without] = await Promise.all([appWith([demo.page]), appWith([])]);
});
afterAll(async () => {
  demo.close();
  await Promise.all([withDemo.close(), without.close()]);
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const get = (app: App, path: string, host = 'localhost:3000') =>
  request(app.koa.callback()).get(path).set('Host', host);

const secretOf = (caisseId: string, clientId: string): string =>
  demo.caisses
    .find(({ caisse }) => caisse.id === caisseId)
    ?.services.find((service) => service.clientId === clientId)?.secret ?? '';

describe('/dev', () => {
  test('lists the people of both caisses, with the password and a way to sign in', async () => {
    const { text, headers } = await get(withDemo, '/dev').expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain(DEMO_PASSWORD);
    for (const { email, familyName } of Object.values(PEOPLE)) {
      expect(text.split(`${familyName}</h4>`).length).toBe(3);
      for (const { id } of DEMO_CAISSES)
        expect(text).toContain(`/${id}/connexion?login_hint=${encodeURIComponent(email)}`);
    }
  });

  test('lists sites with their SIRET, and the rights held there in the words of the claims', async () => {
    const { text } = await get(withDemo, '/dev');
    const siret: string = await database
      .knex('site')
      .join('delegation', 'delegation.site_id', 'site.id')
      .where('delegation.kind', 'user')
      .first('siret')
      .then((row) => row.siret);
    expect(text).toContain(siret.replace(/(\d{3})(\d{3})(\d{3})(\d{5})/, '$1\u00a0$2\u00a0$3\u00a0$4'));
    expect(text).toContain('planning:mise_a_jour:ouvrier+etam');
    expect(text).toContain('504\u00a0sites déclarants');
  });

  test('lists the services, with the secrets that a developer needs and no other', async () => {
    const { text } = await get(withDemo, '/dev');
    for (const { id } of DEMO_CAISSES) {
      expect(text).toContain(secretOf(id, 'essai-confidentiel'));
      expect(text).toContain(secretOf(id, 'api'));
      expect(secretOf(id, 'portail')).not.toBe('');
      expect(text).not.toContain(secretOf(id, 'portail'));
      expect(text).toContain(`http://localhost:3000/${id}/.well-known/openid-configuration`);
    }
  });

  test('says that no message was sent', async () => {
    const { text } = await get(withDemo, '/dev');
    expect(text.match(/Aucun message\./g)).toHaveLength(3);
  });

  test('every address that it leads to at the provider answers', async () => {
    const { text } = await get(withDemo, '/dev');
    const addresses = [...text.matchAll(/href="http:\/\/localhost:3000(\/[^"]*)"|(?:href|src)="(\/[^"]*)"/g)];
    const paths = [...new Set(addresses.map(([, absolute, local]) => absolute ?? local ?? ''))];
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) await get(withDemo, path).expect(200);
  });

  test('a withdrawn delegation is not shown any more', async () => {
    await database.knex('delegation').where({ kind: 'user' }).update({ status: 'closed' });
    const { text } = await get(withDemo, '/dev');
    expect(text).not.toContain('planning:mise_a_jour:ouvrier+etam<');
    await database.knex('delegation').where({ kind: 'user' }).update({ status: 'active' });
  });

  test('another name that leads to this machine does not open it', async () => {
    const { status, text } = await get(withDemo, '/dev', 'attaquant.test:3000');
    expect(status).toBe(421);
    expect(text).not.toContain(DEMO_PASSWORD);
  });

  test('does not exist without the demo', async () => {
    const { status, text } = await get(without, '/dev');
    expect(status).toBe(404);
    expect(text).not.toContain(DEMO_PASSWORD);
    await get(without, '/dev/style.css').expect(404);
  });

  test('production refuses the demo', () => {
    const production = { NODE_ENV: 'production', CAISSE_ID_DEMO: 'true' };
    expect(() => readConfig(production, { root })).toThrow(ConfigurationError);
    expect(() => readConfig(production, { root })).toThrow(/CAISSE_ID_DEMO : la démonstration n’existe pas/);
  });
});
