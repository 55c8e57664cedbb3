/** The relying parties of clients/ around a provider of one's own: two portals and an API, on free ports. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { createApi } from '../../clients/api/api.ts';
import { createPortal } from '../../clients/portal/portal.ts';
import type { NewClient } from '../../provider/oidc/founding.ts';
import { listDsnAlerts } from '../../provider/store/adherents.ts';
import { API, closeServer, SECRET, type Slug, startApp, type TestApp, type TestAppOptions } from './app.ts';

const SLUG: Slug = 'grand-est';

export type TestPortal = {
  /** The welcome page of the caisse at this portal. */
  readonly home: string;
  readonly origin: string;
  /** Moves this portal's clock, and no other: its tokens look older to it. */
  readonly advance: (ms: number) => void;
};

export type TestServices = {
  readonly app: TestApp;
  readonly portal: TestPortal;
  /** Another service of the same caisse, under another host: browsers keep cookies apart by host, not by port. */
  readonly annex: TestPortal;
  readonly api: { readonly origin: string };
  readonly close: () => Promise<void>;
};

/** The provider, and at caisse `grand-est` two portals registered as `espace` and `annexe`, and the API. */
export async function startServices(options: TestAppOptions = {}): Promise<TestServices> {
  const [portalDoor, annexDoor, apiDoor] = [
    await openDoor('127.0.0.1'),
    await openDoor('localhost'),
    await openDoor(),
  ];
  const clients = [
    portalClient('espace', 'Espace sécurisé', portalDoor),
    portalClient('annexe', 'Annexe', annexDoor),
  ];
  const app = await startApp({ ...options, clients: [...clients, ...(options.clients ?? [])] });
  const issuers = [{ slug: SLUG, issuer: app.issuerOf(SLUG) }];
  const api = createApi({
    issuers,
    audience: API,
    origin: apiDoor.origin,
    allowInsecure: true,
    dsnAlerts: (slug, siret) => listDsnAlerts(app.world(slug as Slug).store, siret),
  });
  apiDoor.answerWith(api.app);
  const furnish = (clientId: string, door: Door): TestPortal & { close: () => void } => {
    let moved = 0;
    const portal = createPortal({
      caisses: [
        { slug: SLUG, issuer: app.issuerOf(SLUG), clientId, clientSecret: SECRET, name: 'Grand Est' },
      ],
      origin: door.origin,
      apiResource: API,
      apiOrigin: apiDoor.origin,
      cookieKey: 'une clé que seuls les essais connaissent',
      allowInsecure: true,
      now: () => Date.now() + moved,
    });
    door.answerWith(portal.app);
    const advance = (ms: number): void => {
      moved += ms;
    };
    return { home: `${door.origin}/${SLUG}`, origin: door.origin, advance, close: portal.close };
  };
  const portal = furnish('espace', portalDoor);
  const annex = furnish('annexe', annexDoor);
  return {
    app,
    portal,
    annex,
    api: { origin: apiDoor.origin },
    async close() {
      await Promise.all([portalDoor, annexDoor, apiDoor].map(({ server }) => closeServer(server)));
      for (const { close } of [portal, annex, api]) close();
      await app.close();
    },
  };
}

export type Door = {
  readonly server: Server;
  readonly origin: string;
  readonly answerWith: (app: Koa) => void;
};

/** A port that is ours before anything answers there: services are registered with their addresses. */
export async function openDoor(host = '127.0.0.1'): Promise<Door> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    origin: `http://${host}:${port}`,
    answerWith(app) {
      app.silent = true;
      server.on('request', app.callback());
    },
  };
}

const portalClient = (clientId: string, name: string, { origin }: Door): NewClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: name,
    redirect_uris: [`${origin}/${SLUG}/retour`],
    post_logout_redirect_uris: [`${origin}/${SLUG}/au-revoir`],
    backchannel_logout_uri: `${origin}/${SLUG}/deconnexion-distante`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email phone offline_access services',
    resources: [API],
  },
});
