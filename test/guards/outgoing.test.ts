import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewClient } from '../../provider/oidc/founding.ts';
import { closeServer, RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { signOut } from '../support/sign-out.ts';
import { request, signInAndRedeem, Visitor } from '../support/visitor.ts';

const reached: string[] = [];
let inside: Server;
let app: TestApp;
beforeAll(async () => {
  inside = createServer((req, res) => {
    reached.push(req.url ?? '');
    const { port } = inside.address() as AddressInfo;
    if (req.url === '/ailleurs') res.writeHead(307, { location: `http://127.0.0.1:${port}/suivi` }).end();
    else res.end();
  });
  await new Promise<void>((listening) => inside.listen(0, '127.0.0.1', listening));
  const { port } = inside.address() as AddressInfo;
  app = await startApp({
    clients: [
      hears('permis', `http://127.0.0.1:${port}/permis`),
      hears('renvoi', `http://127.0.0.1:${port}/ailleurs`),
      // Names of this machine that the allow-list does not hold.
      hears('interne', `http://0.0.0.0:${port}/interne`),
      hears('interne-v6', `http://[::ffff:127.0.0.1]:${port}/interne-v6`),
    ],
  });
});
afterAll(async () => {
  await app.close();
  await closeServer(inside);
});

const hears = (clientId: string, uri: string): NewClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: clientId,
    redirect_uris: [RETURN],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid',
    backchannel_logout_uri: uri,
  },
});

test('what a service registers as its address reaches nothing inside our network but what is allowed', async () => {
  const issuer = app.issuerOf('grand-est');
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  for (const clientId of ['permis', 'renvoi', 'interne', 'interne-v6']) {
    const tokens = await signInAndRedeem(
      visitor,
      person,
      await request(issuer, clientId, { scope: 'openid' }),
    );
    expect(tokens.status).toBe(200);
  }
  await signOut(visitor, issuer);
  expect(reached.toSorted()).toEqual(['/ailleurs', '/permis']);
});
