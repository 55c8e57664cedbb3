import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { discover, readableText, request, signInAndRedeem, Visitor } from '../support/visitor.ts';

const HERE = 'grand-est';
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuerOf = (slug: Slug): string => app.issuerOf(slug);

describe('cookies of a path issuer', () => {
  test('go to its own paths alone', async () => {
    const visitor = new Visitor();
    const { email } = await app.world(HERE).administrator(1);
    const first = await fetch((await request(issuerOf(HERE), 'portail')).url, { redirect: 'manual' });
    for (const cookie of first.headers.getSetCookie()) expect(cookie).toMatch(/; path=\/grand-est(\/|;|$)/i);
    await signInAndRedeem(visitor, { email }, await request(issuerOf(HERE), 'portail'));
    expect(visitor.cookiesFor(`${issuerOf(HERE)}/auth`)).toContain('caisse_session');
    for (const path of ['/', '/nord-ouest/auth', '/grand']) {
      expect(visitor.cookiesFor(app.origin + path)).toBe('');
    }
  });
});

type Raw = { readonly status: number; readonly body: string };

/** A request with headers that no client library lets one write. */
const raw = (path: string, headers: Record<string, string>): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: app.port, path, headers }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    sent.on('error', reject).end();
  });

describe('the address', () => {
  const DISCOVERY = '/grand-est/.well-known/openid-configuration';

  test.each(['ailleurs.test', '127.0.0.1', 'grand-est', '127.0.0.1:1'])(
    'of a host that is none of ours (%j) is misdirected',
    async (host) => {
      const { status, body } = await raw(DISCOVERY, { Host: host });
      expect(status).toBe(421);
      expect(body).not.toContain('authorization_endpoint');
    },
  );

  test('is the issuer’s, whatever forwarded headers claim', async () => {
    const { body } = await raw(DISCOVERY, {
      Host: new URL(app.origin).host,
      'X-Forwarded-Host': 'ailleurs.test',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': '203.0.113.7',
      Forwarded: 'host=ailleurs.test;proto=https',
    });
    expect(JSON.parse(body)).toEqual(await discover(issuerOf(HERE)));
    expect(body).not.toContain('ailleurs.test');
  });

  test('of a redirect is the issuer’s too', async () => {
    const asked = await request(issuerOf(HERE), 'portail');
    const headers = { 'X-Forwarded-Host': 'ailleurs.test' };
    const answer = await fetch(asked.url, { headers, redirect: 'manual' });
    expect(answer.status).toBe(303);
    expect(new URL(answer.headers.get('location') ?? '', asked.url).origin).toBe(app.origin);
  });

  test.each(['/inconnue', '/inconnue/auth', '/', '/Grand-Est/auth', '/grand-est2', '/grand%2Dest/auth'])(
    '%s leads to no caisse, and a page says so',
    async (path) => {
      const page = await new Visitor().get(app.origin + path);
      expect(page.status).toBe(404);
      expect(readableText(page)).toContain('Cette adresse ne mène à aucune caisse');
    },
  );

  test('unknown within a caisse is a page of that caisse', async () => {
    const page = await new Visitor().get(`${issuerOf(HERE)}/nulle-part`);
    expect(page.status).toBe(404);
    expect(readableText(page)).toContain('Page introuvable');
    expect(readableText(page)).toContain('CIBTP Grand Est');
  });
});

describe('metadata (RFC 8414)', () => {
  test('of a path issuer stand at the host’s well-known address with the path behind', async () => {
    for (const slug of [HERE, 'nord-ouest'] as const) {
      const answer = await fetch(`${app.origin}/.well-known/oauth-authorization-server/${slug}`);
      expect(await answer.json()).toEqual(await discover(issuerOf(slug)));
    }
  });

  test('of a host issuer stand at its well-known address', async () => {
    const issuer = issuerOf('ile-de-france');
    const answer = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toEqual(await discover(issuer));
  });

  test('name each issuer as itself', async () => {
    for (const slug of [HERE, 'nord-ouest', 'ile-de-france'] as const)
      expect((await discover(issuerOf(slug))).issuer).toBe(issuerOf(slug));
  });

  test('of an unknown caisse are not found', async () => {
    const answer = await fetch(`${app.origin}/.well-known/oauth-authorization-server/inconnue`);
    expect(answer.status).toBe(404);
  });
});
