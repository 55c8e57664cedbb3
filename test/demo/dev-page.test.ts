import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import argon2 from 'argon2';
import type { Middleware } from 'koa';
import pino from 'pino';
import request from 'supertest';
import { extractText } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../provider/app.ts';
import { ConfigurationError, readConfig } from '../../provider/config.ts';
import { DEMO_CAISSES } from '../../provider/demo/caisses.ts';
import { type Demo, openDemo } from '../../provider/demo/open.ts';
import { DEMO_PASSWORD, PEOPLE } from '../../provider/demo/people.ts';
import type { Mail } from '../../provider/domain/message.ts';
import { makeSealer } from '../../provider/domain/seal.ts';
import { sendDueMessages } from '../../provider/jobs/send-messages.ts';
import { openSending, openWaysOut } from '../../provider/messaging.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { openOutbox } from '../../provider/store/outbox.ts';
import { CODE, MAILS, SMS } from '../delivery/samples.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const NOW = Date.UTC(2026, 10, 21, 9);

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
    now: () => NOW,
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

async function textOfLetter(path: string): Promise<string> {
  const { body, headers } = await get(withDemo, path).responseType('blob').expect(200);
  expect(headers['content-type']).toBe('application/pdf');
  return (await extractText(new Uint8Array(body), { mergePages: true })).text;
}

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
    expect(text).toContain('508\u00a0sites déclarants');
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

  test('gives what opens a space that nobody has opened, in both caisses, as its letters do', async () => {
    const { text } = await get(withDemo, '/dev');
    const clear = [...text.matchAll(/>([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5})</g)].map(
      ([, code]) => code,
    );
    expect(new Set(clear).size).toBe(6);
    expect(text.match(/Mot de passe de l’ancien espace/g)).toHaveLength(2);
    for (const { id } of DEMO_CAISSES) {
      const rows = await database
        .knex('confidential_code as c')
        .join('site as s', 's.id', 'c.site_id')
        .where({ 'c.caisse_id': id })
        .select({ siret: 's.siret', hash: 'c.hash' });
      expect(rows).toHaveLength(4);
      for (const { siret, hash } of rows) {
        const [, shown = ''] = text.split(`>${siret}<`)[1]?.match(/code--whole">([^<]+)</) ?? [];
        expect(await argon2.verify(hash, shown.replace(/^(.{5})-(.{5})$/, '$1$2'))).toBe(true);
      }
    }
  });

  test('says that no message was sent', async () => {
    const { text } = await get(withDemo, '/dev');
    expect(text.match(/Aucun message\./g)).toHaveLength(3);
  });

  test('shows the mails, SMS and letters that were announced, with links that lead on', async () => {
    const config = readConfig({}, { root });
    const sealer = makeSealer([config.encryptionKey], randomBytes);
    const keeping = { sql: database.knex, sealer, now: () => NOW };
    const { ports } = openWaysOut(config, keeping);
    const outbox = openOutbox(sealer);
    const link = 'http://localhost:3000/grand-est/.well-known/openid-configuration?<b>';
    await transaction(handleOf(database.knex, 'grand-est'), async (inside) => {
      await outbox.announce(inside, { ...MAILS[0], link } as Mail);
      await outbox.announce(inside, { ...SMS, expiresAt: NOW + 60_000 });
      await outbox.announce(inside, CODE);
    });
    const log = pino({ level: 'silent' });
    await sendDueMessages(openSending({ ...keeping, ports, log, mailFrom: config.mailFrom }));

    const { text } = await get(withDemo, '/dev').expect(200);
    expect(text).not.toContain('Aucun message.');
    expect(text).toContain('Activez votre espace sécurisé');
    expect(text).toContain('openid-configuration?&lt;b&gt;</a>');
    expect(text).toContain('@localhost #481516');
    expect(text).not.toContain(CODE.template === 'confidential_code' ? CODE.code : '');
    const letters = [...new Set(text.match(/\/dev\/courriers\/[^"]+/g))];
    const [letter] = letters;
    const texts = await Promise.all(letters.map(textOfLetter));
    expect(texts.filter((read) => read.includes('7KQ2X 9MB4T'))).toHaveLength(1);
    // Those of the sites whose space nobody has opened: two each.
    expect(texts).toHaveLength(1 + 2 * 2 * 3);
    const [mail] = text.match(/\/dev\/courriels\/[^"]+/) ?? [];
    expect((await get(withDemo, mail ?? '').expect(200)).text).toContain('Activer mon espace');
    await get(withDemo, letter ?? '', 'attaquant.test:3000').expect(421);
    await get(without, letter ?? '').expect(404);
  });

  test('tells what did not leave, and why', async () => {
    const data = {
      id: randomUUID(),
      caisseId: 'grand-est',
      channel: 'mail',
      template: 'activation',
      sealed: '',
    };
    const failure = { reason: 'smtp_refused', code: '550' };
    await database.knex.raw(`insert into pgboss.job (name, data) values ('dead_messages', ?)`, [
      JSON.stringify({ ...data, failure }),
    ]);
    const { text } = await get(withDemo, '/dev');
    expect(text).toContain('Messages abandonnés');
    expect(text).toContain('smtp_refused 550');
  });

  test('every address that it leads to at the provider answers', async () => {
    const { text } = await get(withDemo, '/dev');
    const addresses = [...text.matchAll(/href="http:\/\/localhost:3000(\/[^"]*)"|(?:href|src)="(\/[^"]*)"/g)];
    const paths = [...new Set(addresses.map(([, absolute, local]) => absolute ?? local ?? ''))];
    expect(paths.length).toBeGreaterThan(5);
    // A page of a person's own leads to the sign-in first.
    for (const path of paths) expect([200, 303]).toContain((await get(withDemo, path)).status);
  });

  test('a withdrawn delegation is not shown any more', async () => {
    const active = await database.knex('delegation').where({ kind: 'user', status: 'active' }).pluck('id');
    await database.knex('delegation').whereIn('id', active).update({ status: 'closed' });
    const { text } = await get(withDemo, '/dev');
    expect(text).not.toContain('planning:mise_a_jour:ouvrier+etam<');
    await database.knex('delegation').whereIn('id', active).update({ status: 'active' });
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
