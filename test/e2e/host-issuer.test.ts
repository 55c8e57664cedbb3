import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, SECRET, startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { administratorOfThree } from '../support/cast.ts';
import { asVisitor, choose, signIn, titleOf } from '../support/pages.ts';
import { type Door, openDoor } from '../support/portal.ts';
import { claimsOf, discover, redeem, request } from '../support/visitor.ts';

const browser = await openBrowser();

describe.skipIf(!browser)('at an issuer with a host of its own, in a real browser', () => {
  let door: Door;
  let app: TestApp;
  let issuer: string;
  beforeAll(async () => {
    door = await openDoor();
    door.server.on('request', (_, res) => {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.end('<!doctype html><html lang="fr"><title>Service</title><h1>Au service</h1></html>');
    });
    const metadata = {
      client_name: 'Service',
      redirect_uris: [`${door.origin}/retour`],
      post_logout_redirect_uris: [`${door.origin}/au-revoir`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid',
    };
    const service = { clientId: 'service', secret: SECRET, thirdParty: false, defaultService: false };
    app = await startApp({ clients: [{ ...service, metadata, at: 'ile-de-france' }] });
    issuer = app.issuerOf('ile-de-france');
  });
  afterAll(async () => {
    await app.close();
    await closeServer(door.server);
  });

  test('one signs in, chooses a site, comes back with it, and signs out', () =>
    asVisitor(browser as Browser, async (tab) => {
      const { email, metz } = await administratorOfThree(app.world('ile-de-france'));
      const redirect = { redirect_uri: `${door.origin}/retour` };
      const asked = await request(issuer, 'service', { ...redirect, scope: 'openid' });
      await tab.goto(asked.url);
      expect(new URL(tab.url()).origin).toBe(issuer);
      await signIn(tab, email);
      expect(await titleOf(tab)).toBe('Choix de l’adhérent et du site déclarant');
      await choose(tab, 'Agence de Metz');
      await tab.waitForURL(`${door.origin}/retour?**`);
      const back = new URL(tab.url()).searchParams;
      expect(back.get('iss')).toBe(issuer);
      const tokens = await redeem(asked, back.get('code') ?? '', redirect);
      expect(claimsOf(tokens.id_token)).toMatchObject({ iss: issuer, siret: metz.siret });

      const { end_session_endpoint } = await discover(issuer);
      const query = new URLSearchParams({
        client_id: 'service',
        post_logout_redirect_uri: `${door.origin}/au-revoir`,
      });
      await tab.goto(`${end_session_endpoint}?${query}`);
      expect(await titleOf(tab)).toBe('Se déconnecter ?');
      await tab.getByRole('button', { name: 'Se déconnecter' }).click();
      await tab.waitForURL(`${door.origin}/au-revoir**`);
      await tab.goto((await request(issuer, 'service', { ...redirect, scope: 'openid' })).url);
      expect(await titleOf(tab)).toBe('Connexion');
    }));
});
