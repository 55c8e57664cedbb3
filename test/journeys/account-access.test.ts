import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atHome, elsewhere, isStillIn, mayRefresh } from '../support/account.ts';
import { closeServer, SECRET, startApp, type TestApp } from '../support/app.ts';
import {
  claimsOf,
  type Page,
  readableText,
  refresh,
  request,
  signInAndRedeem,
  Visitor,
} from '../support/visitor.ts';

/** Logout tokens that a service's back channel got. */
const told: string[] = [];
const service = createServer(async (incoming, response) => {
  told.push(new URLSearchParams(await text(incoming)).get('logout_token') ?? '');
  response.writeHead(200).end();
});

let app: TestApp;
beforeAll(async () => {
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
  const { port } = service.address() as AddressInfo;
  app = await startApp({
    clients: [
      {
        clientId: 'averti',
        secret: SECRET,
        thirdParty: false,
        defaultService: false,
        metadata: {
          client_name: 'Service averti',
          redirect_uris: ['http://127.0.0.1:9/retour'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
          scope: 'openid profile email offline_access',
          resources: [],
          backchannel_logout_uri: `http://127.0.0.1:${port}/deconnexion`,
        },
      },
    ],
  });
});
afterAll(async () => {
  await app.close();
  await closeServer(service);
});

const issuer = () => app.issuerOf('grand-est');
const ACCESS = '/mon-compte/acces';
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Values of the hidden field of that name, in the order of the page. */
const hidden = (page: Page, name: string): string[] =>
  [...page.text.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');

const end = (visitor: Visitor, fields: Record<string, string>): Promise<Page> =>
  visitor.post(`${issuer()}${ACCESS}/connexion`, fields);

describe('where one is signed in', () => {
  test('is told by browser and system, this one first', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const other = new Visitor({ 'User-Agent': FIREFOX });
    await signInAndRedeem(other, { email }, await request(issuer(), 'portail'));
    const seen = await other.get(issuer() + ACCESS);
    const words = readableText(seen);
    expect(words).toMatch(
      /Firefox sur Windows Cet appareil Depuis le (1er|\d{1,2}) \p{L}+ \d{4} à \d{1,2} h \d\d, adresse réseau/u,
    );
    expect(words.indexOf('Cet appareil')).toBeLessThan(words.indexOf('Navigateur inconnu'));
    expect(hidden(await visitor.get(issuer() + ACCESS), 'session')).toHaveLength(2);
  });

  test('can be ended one by one: the session, its grants, and by back channel its services', async () => {
    const { visitor, email, tokens } = await atHome(app, issuer());
    const other = await elsewhere(issuer(), email);
    const theirs = await signInAndRedeem(other.visitor, { email }, await request(issuer(), 'averti'));
    const [, uid = ''] = hidden(await visitor.get(issuer() + ACCESS), 'session');
    told.length = 0;
    const done = await end(visitor, { session: uid });
    expect(readableText(done)).toContain('La connexion est fermée');
    expect(await isStillIn(issuer(), other)).toBe(false);
    expect((await other.visitor.get(issuer() + ACCESS)).url).toContain('/connexion/');
    expect(await refresh(issuer(), 'averti', theirs.refresh_token ?? '')).toMatchObject({
      error: expect.any(String),
    });
    expect(told).toHaveLength(1);
    expect(claimsOf(told[0])).toMatchObject({
      iss: issuer(),
      aud: 'averti',
      sub: claimsOf(theirs.id_token).sub,
    });
    expect(await isStillIn(issuer(), { visitor })).toBe(true);
    expect(await mayRefresh(issuer(), tokens)).toBe(true);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('Une de vos connexions a été fermée');
  });

  test('all others at once', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const others = [await elsewhere(issuer(), email), await elsewhere(issuer(), email)];
    expect(readableText(await end(visitor, { others: 'yes' }))).toContain(
      'Vos autres connexions sont fermées',
    );
    for (const other of others) expect(await isStillIn(issuer(), other)).toBe(false);
    expect(await isStillIn(issuer(), { visitor })).toBe(true);
  });

  test('is nobody else’s to end', async () => {
    const victim = await atHome(app, issuer());
    const intruder = await atHome(app, issuer());
    const [uid = ''] = hidden(await victim.visitor.get(issuer() + ACCESS), 'session');
    await end(intruder.visitor, { session: uid });
    expect(await isStillIn(issuer(), victim)).toBe(true);
    expect(await mayRefresh(issuer(), victim.tokens)).toBe(true);
  });

  test('stays ended, whatever the ended browser was asking for meanwhile', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const other = await elsewhere(issuer(), email);
    let over = false;
    const busy = (async () => {
      while (!over) await isStillIn(issuer(), other);
    })();
    for (let i = 0; i < 3; i++) await isStillIn(issuer(), { visitor });
    await end(visitor, { others: 'yes' });
    over = true;
    await busy;
    expect(await isStillIn(issuer(), other)).toBe(false);
    expect(hidden(await visitor.get(issuer() + ACCESS), 'session')).toHaveLength(1);
  });

  test('this one is left by the sign-out, which asks', async () => {
    const { visitor } = await atHome(app, issuer());
    const [uid = ''] = hidden(await visitor.get(issuer() + ACCESS), 'session');
    expect((await end(visitor, { session: uid })).url).toContain('/session/end');
  });
});

describe('the services that hold access', () => {
  test('are told with site and date, and each can be ended apart', async () => {
    const { visitor, email, tokens } = await atHome(app, issuer());
    const theirs = await signInAndRedeem(visitor, { email }, await request(issuer(), 'averti'));
    const list = await visitor.get(issuer() + ACCESS);
    expect(readableText(list)).toMatch(/Service averti Pour Maçonnerie du Test – Site 1, depuis le \d/);
    expect(readableText(list)).toContain('Espace sécurisé Pour Maçonnerie du Test');
    const site = hidden(list, 'site')[0] ?? '';
    const done = await visitor.post(`${issuer()}${ACCESS}/service`, { service: 'averti', site });
    expect(readableText(done)).toContain('L’accès du service est retiré');
    expect(hidden(done, 'service')).toEqual(['portail']);
    expect((await refresh(issuer(), 'averti', theirs.refresh_token ?? '')).error).toBe('invalid_grant');
    expect(await mayRefresh(issuer(), tokens)).toBe(true);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('L’accès d’un service a été retiré');
  });

  test('are nobody else’s to end', async () => {
    const victim = await atHome(app, issuer());
    const intruder = await atHome(app, issuer());
    const fields = { service: 'portail', site: victim.siteId };
    await intruder.visitor.post(`${issuer()}${ACCESS}/service`, fields);
    expect(await mayRefresh(issuer(), victim.tokens)).toBe(true);
  });

  test('a third party asks for consent anew', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const asked = await request(issuer(), 'essai-tiers');
    const consent = await visitor.get(asked.url);
    await visitor.post(consent.url, { decision: 'accept' });
    const list = await visitor.get(issuer() + ACCESS);
    const place = hidden(list, 'service').indexOf('essai-tiers');
    const fields = { service: 'essai-tiers', site: hidden(list, 'site')[place] ?? '' };
    await visitor.post(`${issuer()}${ACCESS}/service`, fields);
    expect((await visitor.get((await request(issuer(), 'essai-tiers')).url)).url).toContain('/autorisation/');
    expect(email).not.toBe('');
  });
});
