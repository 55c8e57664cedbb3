/** A service without a server: oidc-client-ts in a page of its own origin, a public client with PKCE. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Koa from 'koa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { asVisitor, choose, signIn } from '../support/pages.ts';
import { type Door, openDoor } from '../support/portal.ts';

// Beside the entry that the package exports, which is for bundlers.
const LIBRARY = readFileSync(
  join(
    createRequire(import.meta.url).resolve('oidc-client-ts/package.json'),
    '../dist/browser/oidc-client-ts.min.js',
  ),
);
const browser = await openBrowser();

type User = {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly profile: Readonly<Record<string, unknown>>;
};

describe.skipIf(!browser)('in a real browser', () => {
  let app: TestApp;
  let service: Door;
  let stranger: Door;
  beforeAll(async () => {
    [service, stranger] = [await openDoor(), await openDoor()];
    app = await startApp({
      clients: [
        {
          clientId: 'navigateur',
          secret: null,
          thirdParty: false,
          defaultService: false,
          metadata: {
            client_name: 'Service sans serveur',
            redirect_uris: [`${service.origin}/retour`],
            post_logout_redirect_uris: [`${service.origin}/`],
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: 'none',
            scope: 'openid profile email offline_access',
            resources: [],
          },
        },
      ],
    });
    for (const door of [service, stranger])
      door.answerWith(pageOf(app.issuerOf('grand-est'), service.origin));
  });
  afterAll(async () => {
    await Promise.all([closeServer(service.server), closeServer(stranger.server)]);
    await app.close();
  });

  const visit = <T>(play: (tab: Page) => Promise<T>) => asVisitor(browser as Browser, play);

  /** What the page of the service awaits of its library. */
  const ask = <T>(tab: Page, expression: string) => tab.evaluate<T>(expression);

  async function signedIn(tab: Page) {
    const person = await app.world().administrator(2);
    await tab.goto(service.origin);
    await ask(tab, 'void manager.signinRedirect()');
    await tab.getByRole('heading', { name: 'Connexion' }).waitFor();
    await signIn(tab, person.email);
    await choose(tab, 'Site 2');
    await tab.waitForURL(`${service.origin}/retour?**`);
    const user = await ask<User>(tab, 'manager.signinCallback().then(({ ...user }) => user)');
    return { person, user };
  }

  test('it signs a person in, reads who it is from its own origin, and refreshes to the same site', () =>
    visit(async (tab) => {
      const { person, user } = await signedIn(tab);
      const told = { sub: person.accountId, siret: person.sites[1]?.siret, email: person.email };
      expect(user.profile).toMatchObject(told);
      const renewed = await ask<User>(tab, 'manager.signinSilent().then(({ ...user }) => user)');
      expect(renewed.profile).toMatchObject(told);
      expect(renewed.refresh_token).not.toBe(user.refresh_token);
    }));

  test('it signs the person out and gets him back', () =>
    visit(async (tab) => {
      await signedIn(tab);
      await ask(tab, 'void manager.signoutRedirect()');
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.waitForURL(({ origin }) => origin === service.origin);
      await ask(tab, 'void manager.signinRedirect()');
      await tab.getByRole('heading', { name: 'Connexion' }).waitFor();
    }));

  test('a page of another origin reads nothing with its tokens, not even an error', () =>
    visit(async (tab) => {
      const { user } = await signedIn(tab);
      const issuer = app.issuerOf('grand-est');
      const attempts = {
        discovery: `fetch('${issuer}/.well-known/openid-configuration')`,
        userinfo: `fetch('${issuer}/me', { headers: { Authorization: 'Bearer ${user.access_token}' } })`,
        token: `fetch('${issuer}/token', { method: 'POST', body: new URLSearchParams({
          grant_type: 'refresh_token', client_id: 'navigateur', refresh_token: '${user.refresh_token}' }) })`,
      };
      const outcomes = async (origin: string) => {
        await tab.goto(origin);
        const statuses: Record<string, unknown> = {};
        for (const [name, attempt] of Object.entries(attempts))
          statuses[name] = await ask(tab, `${attempt}.then(({ status }) => status, () => 'unreadable')`);
        return statuses;
      };
      expect(await outcomes(stranger.origin)).toEqual({
        discovery: 200,
        userinfo: 'unreadable',
        token: 'unreadable',
      });
      // Refused before anything was used up.
      expect(await outcomes(service.origin)).toEqual({ discovery: 200, userinfo: 200, token: 200 });
    }));
});

function pageOf(issuer: string, origin: string): Koa {
  const settings = {
    authority: issuer,
    client_id: 'navigateur',
    redirect_uri: `${origin}/retour`,
    post_logout_redirect_uri: `${origin}/`,
    scope: 'openid profile email offline_access',
    loadUserInfo: true,
    automaticSilentRenew: false,
  };
  const html = `<!doctype html><title>Service sans serveur</title><script src="/oidc.js"></script>
    <script>var manager = new oidc.UserManager(${JSON.stringify(settings)});</script>`;
  const app = new Koa();
  app.use((ctx) => {
    ctx.type = ctx.path === '/oidc.js' ? 'js' : 'html';
    ctx.body = ctx.path === '/oidc.js' ? LIBRARY : html;
  });
  return app;
}
