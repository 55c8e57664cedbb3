import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../clients/api/api.ts';
import { createPortal } from '../../clients/portal/portal.ts';
import { type Browser, openBrowser, type Page } from './browser.ts';
import { freeOrigin, listen, type Person, type Running, startIssuer, type TestIssuer } from './issuer.ts';

const RESOURCE = 'http://localhost:3002';
const METZ = '73282932000074';
const NANCY = '73282932000082';
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

let issuer: TestIssuer;
let portal: Running;
let api: Running;
let home: string;
let clock = 0;

const person = (siret: string | undefined, claims: Record<string, unknown> = {}): Person => ({
  sub: 'alice',
  sid: 'session-1',
  name: 'Alice Martin',
  roles: ['utilisateur'],
  entitlements: [
    'documents:consultation',
    'comptes_bancaires:mise_a_jour',
    'planning:mise_a_jour:ouvrier+etam',
    'planning:consultation:cadre',
  ],
  ...(siret && {
    siret,
    site: { id: '1', name: `Site ${siret}`, identifiant_cibtp: 'GE-1', raison_sociale: 'Martin & Fils' },
  }),
  ...claims,
});

beforeAll(async () => {
  issuer = await startIssuer('grand-est', { resource: RESOURCE });
  const demoApi = createApi({
    issuers: [issuer],
    audience: RESOURCE,
    allowInsecure: true,
    dsnAlerts: (_, siret) => (siret === METZ ? ['DSN août 2026 : une déclaration à rectifier'] : []),
  });
  api = await listen(demoApi.app);
});

beforeEach(async () => {
  Object.assign(issuer.state, { person: person(METZ), refusal: undefined, forges: false });
  issuer.state.withdrawn.clear();
  issuer.state.refreshes = 0;
  clock = 0;
  await portal?.close();
  portal = await startPortal();
  home = `${portal.origin}/grand-est`;
});

afterAll(async () => {
  await Promise.all([portal.close(), api.close(), issuer.close()]);
});

async function startPortal(settings: Record<string, unknown> = {}): Promise<Running> {
  const origin = await freeOrigin();
  const { app } = createPortal({
    caisses: [
      { slug: 'grand-est', issuer: issuer.issuer, clientId: 'portail', clientSecret: 'portal-secret' },
    ],
    origin,
    apiResource: RESOURCE,
    apiOrigin: api.origin,
    cookieKey: 'a key that only the tests know',
    allowInsecure: true,
    now: () => Date.now() + clock,
    ...settings,
  });
  return listen(app, Number(new URL(origin).port));
}

const signIn = (browser: Browser, query = ''): Promise<Page> => browser.visit(`${home}/connexion${query}`);

describe('signing in', () => {
  it('opens an espace for the site, with its header, alerts and menu', async () => {
    const page = await signIn(openBrowser());
    expect(page.status).toBe(200);
    expect(page.url).toMatch(/\/grand-est\/e\/[\w-]{32}\/$/);
    for (const text of [
      'Alice Martin',
      'Martin &amp; Fils',
      '732\u00a0829\u00a0320\u00a000074',
      'août 2026',
    ]) {
      expect(page.text).toContain(text);
    }
    expect(page.text).toContain('Mes comptes bancaires');
    expect(page.text).not.toContain('Mes télépaiements');
    expect(page.text).not.toContain('Mes déclarations');
  });

  it('pushes a request with PKCE, state, nonce and the API’s resource', async () => {
    await signIn(openBrowser(), '?login_hint=alice%40demo.test');
    expect(issuer.state.lastRequest).toMatchObject({
      client_id: 'portail',
      code_challenge_method: 'S256',
      resource: RESOURCE,
      login_hint: 'alice@demo.test',
      scope: 'openid profile email phone offline_access services',
      redirect_uri: `${home}/retour`,
    });
  });

  it('works where authorization requests are not pushed', async () => {
    await portal.close();
    portal = await startPortal({ push: false });
    home = `${portal.origin}/grand-est`;
    expect((await signIn(openBrowser())).status).toBe(200);
  });

  it('keeps its cookies away from scripts, other sites and other caisses', async () => {
    const browser = openBrowser();
    await signIn(browser);
    for (const { line } of browser.cookies()) {
      expect(line).toMatch(/path=\/grand-est/i);
      expect(line).toMatch(/httponly/i);
      expect(line).toMatch(/samesite=lax/i);
    }
    expect(browser.cookies()).toHaveLength(1);
  });

  it('opens the page that another site pointed to, and no address of another origin', async () => {
    const target = (address: string) =>
      `?${new URLSearchParams({ iss: issuer.issuer, target_link_uri: address })}`;
    const page = await signIn(openBrowser(), target(`${home}/fonctionnalites/documents`));
    expect(page.url).toMatch(/\/fonctionnalites\/documents$/);
    for (const address of [
      'https://ailleurs.example/',
      `${portal.origin}@ailleurs.example/`,
      'javascript:1',
    ]) {
      expect((await signIn(openBrowser(), target(address))).status).toBe(400);
    }
    expect((await signIn(openBrowser(), '?iss=https%3A%2F%2Failleurs.example')).status).toBe(400);
  });

  it('may be started by a form of another site', async () => {
    const page = await openBrowser().visit(
      `${home}/connexion`,
      { iss: issuer.issuer },
      { origin: 'https://ailleurs.example' },
    );
    expect(page.status).toBe(200);
  });

  it('says in French why the issuer refused', async () => {
    issuer.state.refusal = 'access_denied';
    const page = await signIn(openBrowser());
    expect(page.status).toBe(403);
    expect(page.text).toContain('Connexion abandonnée');
    issuer.state.refusal = 'interaction_required';
    expect((await signIn(openBrowser())).text).toContain('Votre choix est nécessaire');
  });

  it('cannot be finished twice, nor in another browser', async () => {
    const browser = openBrowser();
    const left = await browser.send(`${home}/connexion`);
    const back = (await browser.send(left.headers.get('location') ?? '')).headers.get('location') ?? '';
    expect((await openBrowser().visit(back)).status).toBe(400);
    expect((await browser.visit(back)).status).toBe(200);
    expect((await browser.visit(back)).text).toContain('n’est plus valable');
  });

  it('refuses an ID token that another key signed', async () => {
    issuer.state.forges = true;
    expect((await signIn(openBrowser())).status).toBe(502);
  });

  it('opens both espaces when two tabs come back at once', async () => {
    const browser = openBrowser();
    const tab = async () => {
      const left = await browser.send(`${home}/connexion`);
      return (await browser.send(left.headers.get('location') ?? '')).headers.get('location') ?? '';
    };
    const returns = [await tab(), await tab()];
    const opened = await Promise.all(returns.map((address) => browser.send(address)));
    for (const { headers } of opened) {
      expect((await browser.visit(portal.origin + headers.get('location'))).status).toBe(200);
    }
  });
});

describe('an espace', () => {
  it('keeps its site while another tab has another one, through renewals', async () => {
    const browser = openBrowser();
    const metz = await signIn(browser);
    issuer.state.person = person(NANCY);
    const nancy = await browser.visit(`${metz.url}changer-de-tiers`);
    expect(issuer.state.lastRequest.prompt).toBe('select_organization');
    expect(nancy.url).not.toBe(metz.url);
    for (const minutes of [0, 6, 12]) {
      clock = minutes * 60_000;
      expect((await browser.visit(metz.url)).text).toContain(`Site ${METZ}`);
      expect((await browser.visit(nancy.url)).text).toContain(`Site ${NANCY}`);
    }
    expect(issuer.state.refreshes).toBe(4);
  });

  it('renews once when several pages are asked for together', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    clock = 6 * 60_000;
    const pages = await Promise.all(Array.from({ length: 8 }, () => browser.visit(url)));
    expect(pages.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(issuer.state.refreshes).toBe(1);
  });

  it('says that rights were withdrawn, and leaves the other site alone', async () => {
    const browser = openBrowser();
    const metz = await signIn(browser);
    issuer.state.person = person(NANCY);
    const nancy = await browser.visit(`${metz.url}changer-de-tiers`);
    issuer.state.withdrawn.add(METZ);
    clock = 6 * 60_000;
    const page = await browser.visit(metz.url);
    expect(page.status).toBe(403);
    expect(page.text).toContain('Vous n’avez plus accès à ce site');
    expect(page.text).toContain(`href="${new URL(metz.url).pathname}changer-de-tiers"`);
    expect((await browser.visit(nancy.url)).status).toBe(200);
  });

  it('goes on with the tokens it has while the issuer is away, and not beyond', async () => {
    const own = await startIssuer('grand-est', { resource: RESOURCE });
    own.state.person = person(METZ);
    await portal.close();
    portal = await startPortal({
      caisses: [
        { slug: 'grand-est', issuer: own.issuer, clientId: 'portail', clientSecret: 'portal-secret' },
      ],
    });
    const browser = openBrowser();
    const { url } = await browser.visit(`${portal.origin}/grand-est/connexion`);
    await own.close();
    clock = 280_000;
    expect((await browser.visit(url)).status).toBe(200);
    clock = 301_000;
    expect((await browser.visit(url)).status).toBe(503);
  });

  it('is nobody else’s, and asks to sign in when the session is over', async () => {
    const { url } = await signIn(openBrowser());
    const stranger = await openBrowser().visit(url);
    expect(stranger.status).toBe(403);
    expect(stranger.text).toContain('Votre session est terminée');
    expect(stranger.text).not.toContain('Alice');
  });

  it('names the cabinet that the rights come through', async () => {
    issuer.state.person = person(METZ, { cabinet: { id: '9', name: 'Cabinet Durand' } });
    expect((await signIn(openBrowser())).text).toContain('Cabinet Durand');
  });

  it('shows staff of the caisse a page of their own', async () => {
    issuer.state.person = person(undefined, { roles: ['agent'], entitlements: [] });
    const page = await signIn(openBrowser());
    expect(page.text).toContain('Gestionnaire de la caisse');
    expect(page.text).not.toContain('Changer de tiers');
  });

  it('sends an administrator to the rights of his site, and opens what comes back', async () => {
    issuer.state.person = person(METZ, { roles: ['administrateur'] });
    const browser = openBrowser();
    const before = await signIn(browser);
    expect(before.text).toContain('Gérer les droits d’accès');
    issuer.state.person = person(METZ, {
      roles: ['administrateur'],
      entitlements: ['telepaiements:consultation'],
    });
    const after = await browser.visit(`${before.url}droits-d-acces`);
    expect(issuer.state.lastRequest).toMatchObject({ prompt: 'manage_delegations', siret_hint: METZ });
    expect(after.text).toContain('Mes télépaiements');
    expect(after.text).not.toContain('Mes comptes bancaires');
  });

  it('leads back to the espace when the rights are left without an answer', async () => {
    issuer.state.person = person(METZ, { roles: ['administrateur'] });
    const browser = openBrowser();
    const { url } = await signIn(browser);
    issuer.state.refusal = 'access_denied';
    const page = await browser.visit(`${url}droits-d-acces`);
    expect(page.text).toContain(`href="${new URL(url).pathname}"`);
  });

  it('offers the rights to nobody who may not delegate, and the firm to its managers', async () => {
    expect((await signIn(openBrowser())).text).not.toContain('droits-d-acces');
    const cabinet = { id: '9', name: 'Cabinet Durand' };
    issuer.state.person = person(METZ, { cabinet });
    expect((await signIn(openBrowser())).text).not.toContain('droits-d-acces');
    issuer.state.person = person(METZ, { cabinet, roles: ['administrateur'] });
    const { text } = await signIn(openBrowser());
    expect(text).toMatch(/droits-d-acces">Mon cabinet</);
    expect(text).not.toContain('Gérer les droits d’accès');
  });

  it('leads back to the espace when a change of site is given up', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    issuer.state.refusal = 'access_denied';
    const page = await browser.visit(`${url}changer-de-tiers`);
    expect(page.text).toContain(`href="${new URL(url).pathname}"`);
  });
});

describe('a feature', () => {
  it('is a form where the rights allow it, and only to read where they do not', async () => {
    const browser = openBrowser();
    const { url, text } = await signIn(browser);
    expect(text).toMatch(/Mes documents<\/a>\s*<span class="tag">consultation seulement/);
    expect((await browser.visit(`${url}fonctionnalites/documents`)).text).not.toContain('<textarea');
    const planning = (await browser.visit(`${url}fonctionnalites/planning`)).text;
    expect(planning.match(/<textarea/g)).toHaveLength(2);
    expect(planning).toMatch(/Cadres <span class="tag">consultation seulement/);
    expect((await browser.visit(`${url}fonctionnalites/telepaiements`)).status).toBe(403);
    expect((await browser.visit(`${url}fonctionnalites/inconnue`)).status).toBe(404);
  });

  it('keeps what is written, per collège, and refuses what the rights do not allow', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    const page = `${url}fonctionnalites/planning`;
    const saved = await browser.visit(page, { college: 'etam', note: 'Congés <b>en août</b>' });
    expect(saved.text).toContain('La note est enregistrée (ETAM)');
    expect(saved.text).toContain('Congés &lt;b&gt;en août&lt;/b&gt;');
    expect((await browser.visit(page, { college: 'cadre', note: 'x' })).status).toBe(403);
    expect((await browser.visit(page, { note: 'x' })).status).toBe(403);
    const tooLong = await browser.visit(page, { college: 'etam', note: `début ${'x'.repeat(600)}` });
    expect(tooLong.status).toBe(422);
    expect(tooLong.text).toMatch(/<title>Erreur\s: Mon planning/);
    expect(tooLong.text).toContain('début xxx');
  });

  it('refuses a form that another site sends', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    const origin = 'http://localhost:9';
    const page = `${url}fonctionnalites/comptes_bancaires`;
    expect((await browser.visit(page, { note: 'volé' }, { origin })).status).toBe(403);
    expect((await browser.visit(page)).text).not.toContain('volé');
  });

  it('stays readable while the API is away', async () => {
    await portal.close();
    portal = await startPortal({ apiOrigin: 'http://127.0.0.1:9' });
    const browser = openBrowser();
    const { url } = await browser.visit(`${portal.origin}/grand-est/connexion`);
    expect((await browser.visit(`${url}fonctionnalites/documents`)).text).toContain(
      'ne sont pas disponibles',
    );
    const kept = await browser.visit(`${url}fonctionnalites/comptes_bancaires`, { note: 'À garder' });
    expect(kept.status).toBe(422);
    expect(kept.text).toContain('À garder');
  });

  it('shows integrators what the API answers to the token', async () => {
    const browser = openBrowser();
    const page = `${(await signIn(browser)).url}echanges`;
    const ask = (form: Record<string, string>) =>
      browser.visit(page, { method: 'GET', siret: METZ, ...form });
    expect((await ask({ feature: 'documents' })).text).toContain('HTTP 200');
    expect((await ask({ feature: 'documents', siret: NANCY })).text).toContain('HTTP 403');
    expect((await ask({ feature: 'documents', siret: '../../secret' })).status).toBe(422);
  });
});

describe('signing out', () => {
  it('ends every espace here, then goes to the issuer with the ID token and comes back', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    const page = await browser.visit(`${url}deconnexion`, {});
    expect(page.text).toContain('Vous avez quitté votre espace sécurisé');
    expect(issuer.state.lastLogout.post_logout_redirect_uri).toBe(`${home}/au-revoir`);
    expect(issuer.state.lastLogout.id_token_hint?.split('.')).toHaveLength(3);
    expect(browser.cookies()).toHaveLength(0);
    expect((await browser.visit(url)).status).toBe(403);
  });
});

describe('a logout that comes by the back channel', () => {
  type Claims = Readonly<Record<string, unknown>>;
  const logoutToken = (more: Claims = {}, typ = 'logout+jwt') =>
    issuer.sign(
      {
        aud: 'portail',
        sub: 'alice',
        sid: 'session-1',
        jti: randomUUID(),
        exp: Math.floor(Date.now() / 1000) + 120,
        events: { [LOGOUT_EVENT]: {} },
        ...more,
      },
      { typ },
    );
  const send = (logout_token: string) =>
    openBrowser().send(`${home}/deconnexion-distante`, { logout_token }, { origin: '' });

  it.each<[string, Claims]>([
    ['session', { sub: undefined }],
    ['person', { sid: undefined }],
    ['person and session', {}],
  ])('ends the espaces of that %s', async (_, more) => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    const answer = await send(await logoutToken(more));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await browser.visit(url)).text).toContain('Votre session est terminée');
  });

  it('leaves the sessions of others open', async () => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    expect((await send(await logoutToken({ sid: 'session-2' }))).status).toBe(200);
    expect((await send(await logoutToken({ sub: 'bob' }))).status).toBe(200);
    expect((await browser.visit(url)).status).toBe(200);
  });

  const wrong: readonly (readonly [string, () => Promise<string>])[] = [
    ['missing', async () => ''],
    ['not a JWT', async () => 'abc'],
    ['of another type', () => logoutToken({}, 'JWT')],
    ['for another client', () => logoutToken({ aud: 'essai' })],
    ['from another issuer', () => logoutToken({ iss: 'https://ailleurs.example' })],
    ['expired', () => logoutToken({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['too old', () => logoutToken({ iat: Math.floor(Date.now() / 1000) - 3600 })],
    ['with a nonce', () => logoutToken({ nonce: 'n' })],
    ['without the event', () => logoutToken({ events: {} })],
    ['with an event that is not an object', () => logoutToken({ events: { [LOGOUT_EVENT]: true } })],
    ['about nobody', () => logoutToken({ sub: undefined, sid: undefined })],
    ['about an empty name', () => logoutToken({ sub: '' })],
    ['without an identifier', () => logoutToken({ jti: undefined })],
    ['signed by a stranger', async () => (await logoutToken()).replace(/.{8}$/, 'AAAAAAAA')],
  ];

  it.each(wrong)('is refused with 400 when the token is %s', async (_, make) => {
    const browser = openBrowser();
    const { url } = await signIn(browser);
    const answer = await send(await make());
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(answer.text).error).toBe('invalid_request');
    expect((await browser.visit(url)).status).toBe(200);
  });

  it('is obeyed once', async () => {
    const token = await logoutToken();
    expect((await send(token)).status).toBe(200);
    expect((await send(token)).status).toBe(400);
  });
});

describe('every page', () => {
  it('forbids scripts, frames and foreign forms, but lets a sign-out reach the issuer', async () => {
    const { headers } = await openBrowser().visit(home);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`form-action 'self' ${issuer.origin}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });

  it('answers 404 in French for what does not exist', async () => {
    for (const path of ['/inconnue', '/grand-est/inconnue', '/inconnue/connexion']) {
      const page = await openBrowser().visit(portal.origin + path);
      expect([page.status, page.text.includes('Page introuvable')]).toEqual([404, true]);
    }
  });
});
