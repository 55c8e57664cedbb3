import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../clients/api/api.ts';
import { createPortal } from '../../clients/portal/portal.ts';
import type { NewClient } from '../../provider/oidc/founding.ts';
import { listDsnAlerts } from '../../provider/store/adherents.ts';
import { API, SECRET, startApp, type TestApp } from '../support/app.ts';
import { tokenOf } from '../support/decisions.ts';
import { PASSWORD } from '../support/world.ts';
import { type Browser, openBrowser, type Page } from './browser.ts';
import { freeOrigin, listen, type Running } from './issuer.ts';

const SLUG = 'grand-est';

let provider: TestApp;
let api: Running;
let portal: Running;
let other: Running;
/** What the portals' own clocks are ahead: enough, and they renew their tokens. */
let ahead = 0;

function registration(clientId: string, origin: string): NewClient {
  return {
    clientId,
    secret: SECRET,
    thirdParty: false,
    defaultService: false,
    metadata: {
      client_name: clientId,
      redirect_uris: [`${origin}/${SLUG}/retour`],
      post_logout_redirect_uris: [`${origin}/${SLUG}/au-revoir`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      backchannel_logout_uri: `${origin}/${SLUG}/deconnexion-distante`,
      backchannel_logout_session_required: true,
      scope: 'openid profile email phone offline_access services',
      resources: [API],
    },
  };
}

const informationSystem: NewClient = {
  clientId: 'si',
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: 'si',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'alerts',
  },
};

async function startPortal(clientId: string, origin: string): Promise<Running> {
  const issuer = provider.issuerOf(SLUG);
  const { app } = createPortal({
    caisses: [{ slug: SLUG, issuer, clientId, clientSecret: SECRET }],
    origin,
    apiResource: API,
    apiOrigin: api.origin,
    cookieKey: 'a key that only the tests know',
    allowInsecure: true,
    now: () => Date.now() + ahead,
  });
  const running = await listen(app, Number(new URL(origin).port));
  return { ...running, origin };
}

beforeAll(async () => {
  const here = await freeOrigin();
  // Another host name: two services on one host would share their cookies.
  const elsewhere = (await freeOrigin()).replace('127.0.0.1', 'localhost');
  provider = await startApp({
    clients: [registration('espace', here), registration('voisin', elsewhere), informationSystem],
  });
  const { app } = createApi({
    issuers: [{ slug: SLUG, issuer: provider.issuerOf(SLUG) }],
    audience: API,
    allowInsecure: true,
    dsnAlerts: (_, siret) => listDsnAlerts(provider.world().store, siret),
  });
  api = await listen(app);
  portal = await startPortal('espace', here);
  other = await startPortal('voisin', elsewhere);
});

beforeEach(() => {
  ahead = 0;
});

afterAll(async () => {
  await Promise.all([portal?.close(), other?.close(), api?.close()]);
  await provider?.close();
});

const connect = (browser: Browser, at: Running = portal): Promise<Page> =>
  browser.visit(`${at.origin}/${SLUG}/connexion`);

async function signIn(browser: Browser, email: string): Promise<Page> {
  const { url } = await connect(browser);
  return browser.visit(url, { email, password: PASSWORD });
}

const formatted = (siret: string) => siret.replace(/^(\d{3})(\d{3})(\d{3})/, '$1\u00a0$2\u00a0$3\u00a0');

describe('the portal at a caisse’s own issuer', () => {
  it('opens the only site at once, with the rights and alerts of that site', async () => {
    const { email, sites } = await provider.world().administrator(1);
    await provider.world().alert(sites[0]?.id ?? '', `DSN du site ${sites[0]?.siret}`);
    const browser = openBrowser();
    const home = await signIn(browser, email);
    const siret = sites[0]?.siret ?? '';
    for (const text of ['Camille Essai', formatted(siret), `DSN du site ${siret}`, 'Mes télépaiements']) {
      expect(home.text).toContain(text);
    }
    expect(home.text).not.toContain('consultation seulement');
    const page = `${home.url}fonctionnalites/planning`;
    const saved = await browser.visit(page, { college: 'cadre', note: 'Fermeture en août' });
    expect(saved.text).toContain('Fermeture en août');
  });

  it('rings the bell within a minute of what the information system put', async () => {
    const { email, sites } = await provider.world().administrator(1);
    const issuer = provider.issuerOf(SLUG);
    const browser = openBrowser();
    const home = await signIn(browser, email);
    const token = await tokenOf(provider, issuer, { client: 'si', scope: 'alerts' });
    const put = await fetch(`${issuer}/api/v1/alertes-dsn`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sites: [{ siret: sites[0]?.siret, messages: ['DSN août : à rectifier.'] }] }),
    });
    expect(put.status).toBe(200);
    ahead = 61_000;
    expect((await browser.visit(home.url)).text).toContain('DSN août : à rectifier.');
  });

  it('keeps two tabs on their sites, and loses only the one whose delegation is closed', async () => {
    const world = provider.world();
    const { email, sites, delegations } = await world.administrator(2);
    const browser = openBrowser();
    const [one, two] = sites.map(({ id, siret }) => ({ id, siret }));
    const choice = await signIn(browser, email);
    const first = await browser.visit(choice.url, { site: one?.id ?? '' });
    const change = await browser.visit(`${first.url}changer-de-tiers`);
    const second = await browser.visit(change.url, { site: two?.id ?? '' });
    for (const minutes of [0, 6, 12]) {
      ahead = minutes * 60_000;
      expect((await browser.visit(first.url)).text).toContain(formatted(one?.siret ?? '?'));
      expect((await browser.visit(second.url)).text).toContain(formatted(two?.siret ?? '?'));
    }
    await world.close(delegations[0] ?? '');
    ahead = 18 * 60_000;
    expect((await browser.visit(first.url)).text).toContain('Vous n’avez plus accès à ce site');
    expect((await browser.visit(second.url)).status).toBe(200);
  });

  it('signs out here, at the issuer and, by the back channel, at the neighbouring service', async () => {
    const { email } = await provider.world().administrator(1);
    const browser = openBrowser();
    const home = await signIn(browser, email);
    const neighbour = await connect(browser, other);
    expect(neighbour.text).toContain('Camille Essai');
    const confirm = await browser.visit(`${home.url}deconnexion`, {});
    const fields = [...confirm.text.matchAll(/<(?:input|button)[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)];
    const action = /<form[^>]*action="([^"]+)"/.exec(confirm.text)?.[1] ?? '';
    const goodbye = await browser.visit(
      new URL(action, confirm.url).href,
      Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
    );
    expect(goodbye.text).toContain('Vous avez quitté votre espace sécurisé');
    expect((await browser.visit(neighbour.url)).text).toContain('Votre session est terminée');
    expect((await connect(browser)).url).toContain(provider.origin);
  });

  it('shows staff a page without a site, and the API gives them nothing', async () => {
    const email = 'agent@essai.test';
    await provider.world().account({ email, staffRole: 'agent' });
    const browser = openBrowser();
    const home = await signIn(browser, email);
    expect(home.text).toContain('Gestionnaire de la caisse');
    const form = { method: 'GET', siret: '73282932000074', feature: 'documents' };
    expect((await browser.visit(`${home.url}echanges`, form)).text).toContain('HTTP 403');
  });
});
