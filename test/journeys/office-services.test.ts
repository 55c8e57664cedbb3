import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { unclearActs } from '../support/audit.ts';
import { sendTo } from '../support/second-node.ts';
import { atTheDesk, type Desk, formOn, withPasswordAlone } from '../support/staff.ts';
import { readableText, refresh, request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
let desk: Desk;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  desk = await atTheDesk(app, 'superviseur');
});
afterAll(() => app.close());

const PATH = '/gestion/services';

async function typed(clientId: string, over: Record<string, string> = {}): Promise<Record<string, string>> {
  const form = formOn(await desk.get(`${PATH}/nouveau`));
  return { ...form, identifiant: clientId, nom: `Service ${clientId}`, adresses_retour: RETURN, ...over };
}

const register = async (clientId: string, over: Record<string, string> = {}) =>
  desk.post(`${PATH}/nouveau`, await typed(clientId, over));
const secretOn = (page: { readonly text: string }) =>
  /office-secret">([\w-]{43})</.exec(page.text)?.[1] ?? '';
const row = (clientId: string, slug = 'grand-est') =>
  app.database.knex('client').first().where({ caisse_id: slug, client_id: clientId });
const machine = {
  mode_connexion: '',
  mode_rafraichissement: '',
  mode_machine: 'oui',
  adresses_retour: '',
  portee_alerts: 'oui',
};

/** The issuer hears of a change by the database: soon, not at once. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resume) => setTimeout(resume, 25));
  }
  return ask();
}

const tokenFor = (clientId: string, secret: string, scope = 'alerts') =>
  sendTo(app, `${issuer}/token`, {
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: { grant_type: 'client_credentials', scope },
  });

describe('a supervisor', () => {
  test('registers a service whose secret is shown once, and which works at once', async () => {
    const done = await register('paie', { mode_machine: 'oui', portee_alerts: 'oui' });
    const secret = secretOn(done);
    expect([done.status, secret.length]).toEqual([200, 43]);
    expect((await desk.get(`${PATH}/paie`)).text).not.toContain(secret);
    const answer = await eventually(
      () => tokenFor('paie', secret),
      ({ status }) => status === 200,
    );
    expect(JSON.parse(answer.text)).toMatchObject({ scope: 'alerts' });
    expect((await row('paie')).secret.toString('utf8')).not.toContain(secret);
  });

  test('renews a secret: the former one is worth nothing', async () => {
    const before = secretOn(await register('a-renouveler', machine));
    await eventually(
      () => tokenFor('a-renouveler', before),
      ({ status }) => status === 200,
    );
    expect(readableText(await desk.get(`${PATH}/a-renouveler/secret`))).toContain(
      'L’ancien ne vaut plus rien',
    );
    const after = secretOn(await desk.post(`${PATH}/a-renouveler/secret`));
    expect(after).not.toBe(before);
    await eventually(
      () => tokenFor('a-renouveler', after),
      ({ status }) => status === 200,
    );
    expect((await tokenFor('a-renouveler', before)).status).toBe(401);
  });

  test('registers a service that proves who it is by a key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    const cles = JSON.stringify({ keys: [{ ...jwk, alg: 'ES256', use: 'sig', kid: 'k' }] });
    await register('par-cle', { ...machine, authentification: 'private_key_jwt', cles });
    expect((await row('par-cle')).secret).toBeNull();
    const assertion = () =>
      new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer('par-cle')
        .setSubject('par-cle')
        .setAudience(issuer)
        .setJti(crypto.randomUUID())
        .setIssuedAt(Math.floor(app.clock.now() / 1000))
        .setExpirationTime(Math.floor(app.clock.now() / 1000) + 60)
        .sign(privateKey);
    const ask = async () =>
      sendTo(app, `${issuer}/token`, {
        body: {
          grant_type: 'client_credentials',
          scope: 'alerts',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await assertion(),
        },
      });
    const answer = await eventually(ask, ({ status }) => status === 200);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('access_token')]);
  });

  test('changes a service without losing what no field speaks of', async () => {
    await register('a-changer');
    await app.database
      .knex('client')
      .where({ caisse_id: 'grand-est', client_id: 'a-changer' })
      .update({ metadata: app.database.knex.raw(`metadata || '{"dpop_bound_access_tokens":true}'`) });
    const form = formOn(await desk.get(`${PATH}/a-changer`));
    const done = await desk.post(`${PATH}/a-changer`, { ...form, nom: 'Autre nom', signature: 'RS256' });
    expect(readableText(done)).toContain('Le service est modifié.');
    expect((await row('a-changer')).metadata).toMatchObject({
      client_name: 'Autre nom',
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: true,
      redirect_uris: [RETURN],
    });
  });

  test('is told when another one was quicker, and changes nothing', async () => {
    await register('a-deux');
    const form = formOn(await desk.get(`${PATH}/a-deux`));
    await desk.post(`${PATH}/a-deux`, { ...form, nom: 'Le premier' });
    const late = await desk.post(`${PATH}/a-deux`, { ...form, nom: 'Le second' });
    expect([late.status, readableText(late).includes('Modifié entre-temps')]).toEqual([409, true]);
    expect((await row('a-deux')).metadata.client_name).toBe('Le premier');
  });

  test('names another default service: there is one at a time', async () => {
    const over = { par_defaut: 'oui', adresse_depart: 'https://accueil.exemple.fr/connexion' };
    await register('accueil', over);
    const defaults = await app.database
      .knex('client')
      .where({ caisse_id: 'grand-est', default_service: true });
    expect(defaults.map(({ client_id }) => client_id)).toEqual(['accueil']);
    expect(
      (await app.database.knex('client').where({ caisse_id: 'nord-ouest', default_service: true })).length,
    ).toBe(1);
  });

  test('registers several at once, each asked to be the default: one of them is, and none is lost', async () => {
    const over = { par_defaut: 'oui', adresse_depart: 'https://accueil.exemple.fr/connexion' };
    const forms = await Promise.all(['un', 'deux', 'trois', 'trois'].map((name) => typed(`d-${name}`, over)));
    const answers = await Promise.all(forms.map((form) => desk.post(`${PATH}/nouveau`, form)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 422]);
    const rows = await app.database.knex('client').where({ caisse_id: 'grand-est', default_service: true });
    expect(rows).toHaveLength(1);
  });

  test('removes a service: its grants end, those of the others stand', async () => {
    const { email, sites } = await app.world().administrator(1);
    const siret = sites[0]?.siret ?? '';
    const person = new Visitor();
    const lost = await signInAndRedeem(
      person,
      { email },
      await request(issuer, 'autre', { siret_hint: siret }),
    );
    const kept = await signInAndRedeem(
      person,
      { email },
      await request(issuer, 'essai', { siret_hint: siret }),
    );
    expect(readableText(await desk.get(`${PATH}/autre/retirer`))).toContain('se termine aussitôt');
    expect(readableText(await desk.post(`${PATH}/autre/retirer`))).toContain('Le service est retiré');
    const dead = await eventually(
      () => refresh(issuer, 'autre', lost.refresh_token ?? ''),
      ({ error }) => error === 'invalid_client',
    );
    expect(dead.error).toBe('invalid_client');
    expect((await refresh(issuer, 'essai', kept.refresh_token ?? '')).status).toBe(200);
    expect((await desk.get(`${PATH}/autre`)).status).toBe(404);
    const left = await app.database
      .knex('oidc_artifact')
      .where({ caisse_id: 'grand-est', client_id: 'autre' });
    expect(left).toEqual([]);
  });

  test('leaves lines in the audit, before and after, without any secret', async () => {
    const secret = secretOn(await register('au-journal'));
    const form = formOn(await desk.get(`${PATH}/au-journal`));
    await desk.post(`${PATH}/au-journal`, { ...form, nom: 'Changé' });
    await desk.post(`${PATH}/au-journal/secret`);
    await desk.post(`${PATH}/au-journal/retirer`);
    const lines = await app.database.knex('audit_event').where({ client_id: 'au-journal' }).orderBy('id');
    expect(lines.map(({ kind }) => kind)).toEqual([
      'service_registered',
      'service_changed',
      'service_secret_renewed',
      'service_removed',
    ]);
    expect(lines.every(({ actor_id }) => actor_id === desk.accountId)).toBe(true);
    expect(lines[1].facts.before).toContain('Service au-journal');
    expect(lines[1].facts.after).toContain('Changé');
    const facts = JSON.stringify(lines.map((line) => line.facts));
    expect(facts).not.toContain(secret);
    expect(facts).not.toMatch(/"(secret|client_secret)"/);
  });

  test('tries a service out: at its own sign-in, else by a request that nobody could finish', async () => {
    await register('a-essayer', { adresse_depart: 'https://essai.exemple.fr/connexion' });
    const page = await desk.get(PATH);
    const start = `https://essai.exemple.fr/connexion?iss=${encodeURIComponent(issuer)}`;
    expect(page.text).toContain(start.replaceAll('&', '&amp;'));
    const link =
      /href="([^"]*client_id=essai&amp;[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const asked = await desk.visitor.get(link);
    expect(asked.status).toBeLessThan(400);
  });
});

describe('a service that a supervisor has registered', () => {
  /** What the service serves and hears: its public keys, its back channel. */
  const told: URLSearchParams[] = [];
  const served: { keys: object[] } = { keys: [] };
  let listener: Server;
  let at: string;
  beforeAll(async () => {
    listener = createServer(async (req, res) => {
      if (req.url === '/cles')
        return res.setHeader('Content-Type', 'application/json').end(JSON.stringify(served));
      told.push(new URLSearchParams(await text(req)));
      return res.end();
    });
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
    at = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  });
  afterAll(() => closeServer(listener));

  type Proof = 'secret' | 'keys pasted' | 'keys at an address';

  /** Fills the form in; what the client library then proves itself by. */
  async function registered(id: string, signature: string, proof: Proof): Promise<client.ClientAuth> {
    const common = {
      signature,
      adresse_deconnexion: `${at}/sortie`,
      adresses_sortie: `${RETURN}/sortie`,
      portee_offline_access: 'oui',
    };
    if (proof === 'secret') return client.ClientSecretBasic(secretOn(await register(id, common)));
    const { publicKey, privateKey } = await generateKeyPair(signature, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), alg: signature, use: 'sig', kid: id };
    served.keys.push(jwk);
    const keys =
      proof === 'keys pasted' ? { cles: JSON.stringify({ keys: [jwk] }) } : { adresse_cles: `${at}/cles` };
    const done = await register(id, { ...common, authentification: 'private_key_jwt', ...keys });
    expect([done.status, secretOn(done)]).toEqual([200, '']);
    return client.PrivateKeyJwt({ key: privateKey, kid: id });
  }

  test.each<[string, Proof]>([
    ['ES256', 'secret'],
    ['RS256', 'secret'],
    ['RS256', 'keys pasted'],
    ['ES256', 'keys at an address'],
  ])(
    'signs people in by %s, proving itself by %s, and hears that they have left',
    async (signature, proof) => {
      const id = `essai-${signature}-${proof.replaceAll(' ', '-')}`.toLowerCase();
      const proofOf = await registered(id, signature, proof);
      await eventually(
        () => new Visitor().get(`${issuer}/auth?client_id=${id}&response_type=code`),
        ({ text }) => !text.includes('invalid_client'),
      );
      const config = await client.discovery(
        new URL(issuer),
        id,
        { id_token_signed_response_alg: signature },
        proofOf,
        { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
      );
      const person = await app.world().administrator(1);
      const verifier = client.randomPKCECodeVerifier();
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: RETURN,
        scope: 'openid email offline_access',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      const visitor = new Visitor();
      const back = await signInOn(visitor, await visitor.get(address.href), person.email);
      const tokens = await client.authorizationCodeGrant(config, new URL(back.location ?? ''), {
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe(signature);
      expect(tokens.claims()).toMatchObject({ sub: person.accountId, email: person.email });
      const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(renewed.claims()).toMatchObject({ sub: person.accountId });

      told.length = 0;
      const leaving = client.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: `${RETURN}/sortie`,
      });
      const page = await visitor.get(leaving.href);
      const { xsrf = '' } = formOn(page);
      const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const left = await visitor.post(new URL(action, page.url).href, { xsrf, logout: 'yes' });
      expect(left.location).toBe(`${RETURN}/sortie`);
      const [notice] = told.map((body) => body.get('logout_token') ?? '');
      expect(decodeProtectedHeader(notice ?? '')).toMatchObject({ alg: signature, typ: 'logout+jwt' });
      expect(decodeJwt(notice ?? '')).toMatchObject({ aud: id, sub: person.accountId });
    },
  );

  test('gets no scope, no return address and no API that was not ticked or typed', async () => {
    await register('etroit');
    const ask = (more: Record<string, string>) => request(issuer, 'etroit', more);
    await eventually(
      async () => new Visitor().get((await ask({ scope: 'openid' })).url),
      ({ status }) => status === 200,
    );
    const wide = await new Visitor().get((await ask({ scope: 'openid phone' })).url);
    expect(new URL(wide.location ?? '').searchParams.get('error')).toBe('invalid_scope');
    const elsewhere = await new Visitor().get(
      (await ask({ scope: 'openid', redirect_uri: `${RETURN}/ailleurs` })).url,
    );
    expect([elsewhere.status, elsewhere.location]).toEqual([400, null]);
    const api = await new Visitor().get(
      (await ask({ scope: 'openid', resource: 'https://api.exemple.fr' })).url,
    );
    expect(new URL(api.location ?? '').searchParams.get('error')).toBe('invalid_target');
  });
});

describe('what is typed of a service is refused at its field', () => {
  test.each<[string, Record<string, string>, string]>([
    ['a joker', { adresses_retour: 'https://*.exemple.fr/retour' }, 'adresses_retour'],
    ['http elsewhere', { adresses_retour: 'http://exemple.fr/retour' }, 'adresses_retour'],
    ['a fragment', { adresses_retour: 'https://exemple.fr/retour#a' }, 'adresses_retour'],
    ['a script', { adresses_retour: 'javascript:alert(1)' }, 'adresses_retour'],
    ['data', { adresses_sortie: 'data:text/html,x' }, 'adresses_sortie'],
    ['a password in an address', { adresses_retour: 'https://a:b@exemple.fr/' }, 'adresses_retour'],
    ['no address', { adresses_retour: '' }, 'adresses_retour'],
    [
      'too many',
      { adresses_retour: Array.from({ length: 21 }, (_, n) => `https://e.fr/${n}`).join('\n') },
      'adresses_retour',
    ],
    ['no name', { nom: ' ' }, 'nom'],
    ['nothing that it does', { mode_connexion: '', mode_rafraichissement: '' }, 'modes'],
    ['no openid', { portee_openid: '' }, 'portees'],
    ['no default address', { par_defaut: 'oui' }, 'adresse_depart'],
    ['an unknown method', { authentification: 'client_secret_jwt' }, 'authentification'],
    ['an unknown signature', { signature: 'none' }, 'signature'],
    ['no key', { authentification: 'private_key_jwt' }, 'adresse_cles'],
    [
      'a private key',
      { authentification: 'private_key_jwt', cles: '{"keys":[{"kty":"EC","d":"x"}]}' },
      'cles',
    ],
    ['a key of nothing', { authentification: 'private_key_jwt', cles: '{"keys":[{"kty":"EC"}]}' }, 'cles'],
    ['an identifiant of ours', { identifiant: 'mon-compte' }, 'identifiant'],
    ['an identifiant taken', { identifiant: 'portail' }, 'identifiant'],
    ['an odd identifiant', { identifiant: '../portail' }, 'identifiant'],
  ])('%s', async (_, over, at) => {
    const before = await app.database.knex('client').count();
    const page = await register('refuse', over);
    expect(page.status).toBe(422);
    expect(page.text).toContain(`href="#${at}"`);
    expect(page.text).toContain('Erreur&nbsp;: ');
    expect(await app.database.knex('client').count()).toEqual(before);
  });

  test('nothing else than the fields is read: no column, no prototype, no second value', async () => {
    const form = await typed('pollue', {
      caisse_id: 'nord-ouest',
      secret: SECRET,
      client_secret: SECRET,
      third_party: 'true',
      'metadata[redirect_uris]': 'https://vol.exemple/',
      __proto__: 'x',
      'constructor[prototype][thirdParty]': 'true',
    });
    const body = `${new URLSearchParams(form)}&tiers=oui&tiers=oui&__proto__=x`;
    const page = await desk.visitor.post(`${issuer}${PATH}/nouveau`, body as never);
    expect(page.status).toBe(200);
    expect(await row('pollue', 'nord-ouest')).toBeUndefined();
    const made = await row('pollue');
    expect(made.third_party).toBe(false);
    expect(made.metadata.redirect_uris).toEqual([RETURN]);
    expect(Object.keys(made.metadata)).not.toContain('client_secret');
  });
});

describe('services are out of reach', () => {
  const paths = ['', '/nouveau', '/portail', '/portail/secret', '/portail/retirer'];

  test('of whoever is not of the caisse: the same 404 as a page that does not exist', async () => {
    const person = await atTheDesk(app, null);
    for (const path of paths) expect((await person.get(PATH + path)).status).toBe(404);
    expect((await person.post(`${PATH}/portail/retirer`)).status).toBe(404);
  });

  test('of an agent', async () => {
    const agent = await atTheDesk(app, 'agent');
    for (const path of paths) expect((await agent.get(PATH + path)).status).toBe(403);
    expect((await agent.post(`${PATH}/portail/retirer`)).status).toBe(403);
    expect(await row('portail')).toBeDefined();
  });

  test('without a second factor', async () => {
    const page = await withPasswordAlone(app, 'superviseur', PATH);
    expect(page.text).not.toContain('Enregistrer un service');
  });

  test('of another caisse: its ids are 404 for every act', async () => {
    await register('ici-seulement');
    const elsewhere = await atTheDesk(app, 'superviseur', 'nord-ouest');
    for (const path of ['', '/secret', '/retirer']) {
      expect((await elsewhere.get(`${PATH}/ici-seulement${path}`)).status).toBe(404);
      expect((await elsewhere.post(`${PATH}/ici-seulement${path}`)).status).toBe(404);
    }
    expect(await row('ici-seulement')).toBeDefined();
  });

  test('of a sign-in that is not of late', async () => {
    const other = await atTheDesk(app, 'superviseur');
    app.clock.advance(301_000);
    const page = await other.get(`${PATH}/portail/retirer`);
    expect(page.text).not.toContain('Retirer ce service');
    await other.post(`${PATH}/portail/retirer`);
    expect(await row('portail')).toBeDefined();
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
