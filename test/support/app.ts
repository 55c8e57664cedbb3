/** A provider on a database of its own, listening on loopback, with two path issuers and one host issuer. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../provider/app.ts';
import { makeSealer, type Sealer } from '../../provider/domain/seal.ts';
import { foundCaisse, type NewClient, registerClient } from '../../provider/oidc/founding.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { type Delivery, openDelivery } from './delivery.ts';
import { type Route, routesOf } from './routes.ts';
import { makeWorld, type World } from './world.ts';

export const RETURN = 'http://127.0.0.1:9/retour';
export const API = 'http://localhost:3002';
export const SECRET = 'un-secret-d-essai-assez-long-pour-etre-vrai';
/** The caisses of every test: two by path on one host, one by a host of its own. */
export type Slug = 'grand-est' | 'nord-ouest' | 'ile-de-france';

export type TestApp = {
  readonly port: number;
  readonly origin: string;
  readonly issuerOf: (slug: Slug) => string;
  readonly world: (slug?: Slug) => World;
  readonly database: TestDatabase;
  /** What this provider seals its secrets with. */
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number; readonly advance: (ms: number) => void };
  /** Sends what the outbox holds and is due, at once; then read it in `inbox` and `phones`. */
  readonly deliver: Delivery['deliver'];
  readonly sweepLetters: Delivery['sweepLetters'];
  readonly inbox: Delivery['inbox'];
  readonly phones: Delivery['phones'];
  readonly letters: (slug?: Slug) => ReturnType<Delivery['letters']>;
  /** Every route that the provider answers beside the protocol library's own, as its routers have them. */
  readonly routes: readonly Route[];
  /** JSON lines that the provider logged. */
  readonly logged: () => readonly string[];
  /** As the server does every minute: what a closure that has begun ends. */
  readonly endClosedAccess: () => Promise<number>;
  /** What a second process needs to serve the same caisses. */
  readonly secondNode: {
    readonly databaseUrl: string;
    readonly encryptionKey: string;
    readonly origin: string;
    readonly trustedProxies: number;
  };
  readonly close: () => Promise<void>;
};

/** Registered at every caisse unless one is named. */
export type TestClient = NewClient & { readonly at?: Slug };

export type TestAppOptions = {
  readonly clients?: readonly TestClient[];
  readonly database?: TestDatabase;
  /** Proxies whose `X-Forwarded-*` headers are believed; 0 unless told. */
  readonly trustedProxies?: number;
  /** Of the issuers told apart by their path: the address listened on unless told. */
  readonly publicOrigin?: string;
};

const root = join(import.meta.dirname, '../..');

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await testDatabase());
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const publicOrigin = options.publicOrigin ?? origin;
  const trustedProxies = options.trustedProxies ?? 0;
  const issuers: Record<Slug, string> = {
    'grand-est': `${publicOrigin}/grand-est`,
    'nord-ouest': `${publicOrigin}/nord-ouest`,
    'ile-de-france': `http://localhost:${port}`,
  };
  const encryptionKey = randomBytes(32);
  let moved = 0;
  const now = () => Date.now() + moved;
  await found(database, issuers, encryptionKey, now, options.clients ?? []);

  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const app = await createApp({
    config: {
      encryptionKey,
      previousEncryptionKey: null,
      publicOrigin,
      trustedProxies,
      argon2Concurrency: 2,
      backchannelAllowedHosts: ['127.0.0.1', 'localhost'],
    },
    sql: database.knex,
    databaseUrl: database.url,
    cacheDirectory: join(root, '.data', 'cache'),
    now,
    random: randomBytes,
    log,
  });
  server.on('request', app.koa.callback());
  const sealer = makeSealer([encryptionKey], randomBytes);
  const delivery = await openDelivery({ sql: database.knex, sealer, now, log });
  return {
    port,
    origin,
    issuerOf: (slug) => issuers[slug],
    world: (slug = 'grand-est') => makeWorld(handleOf(database.knex, slug), now),
    database,
    sealer,
    clock: { now, advance: (ms) => (moved += ms) },
    deliver: delivery.deliver,
    sweepLetters: delivery.sweepLetters,
    inbox: delivery.inbox,
    phones: delivery.phones,
    letters: (slug = 'grand-est') => delivery.letters(slug),
    routes: routesOf(app.koa.middleware),
    logged: () => lines,
    endClosedAccess: app.endClosedAccess,
    secondNode: {
      databaseUrl: database.url,
      encryptionKey: encryptionKey.toString('base64'),
      origin: publicOrigin,
      trustedProxies,
    },
    async close() {
      await closeServer(server);
      await delivery.close();
      await app.close();
      if (!options.database) await database.drop();
    },
  };
}

async function found(
  database: TestDatabase,
  issuers: Readonly<Record<Slug, string>>,
  encryptionKey: Buffer,
  now: () => number,
  clients: readonly TestClient[],
): Promise<void> {
  const make = { sealer: makeSealer([encryptionKey], randomBytes), random: randomBytes, now: now() };
  const names = { 'grand-est': 'Grand Est', 'nord-ouest': 'Nord-Ouest', 'ile-de-france': 'Île-de-France' };
  for (const slug of Object.keys(issuers) as Slug[]) {
    const handle = await foundCaisse(
      database.knex,
      {
        id: slug,
        name: `CIBTP ${names[slug]}`,
        issuer: issuers[slug],
        timeZone: 'Europe/Paris',
        settings: { shortName: names[slug], theme: { primary: '#1b4f72', accent: '#b9770e' } },
      },
      make,
    );
    const here = clients.filter(({ at = slug }) => at === slug);
    for (const client of [...CLIENTS, ...here]) await registerClient(handle, client, make);
  }
}

const signIn = (clientId: string, metadata: Record<string, unknown> = {}): NewClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: `Service ${clientId}`,
    redirect_uris: [RETURN],
    post_logout_redirect_uris: ['http://127.0.0.1:9/au-revoir'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid profile email phone offline_access services',
    resources: [API],
    ...metadata,
  },
});

const CLIENTS: readonly NewClient[] = [
  {
    ...signIn('portail', {
      initiate_login_uri: 'http://127.0.0.1:9/connexion',
      client_name: 'Espace sécurisé',
    }),
    defaultService: true,
  },
  signIn('autre'),
  { ...signIn('essai', { token_endpoint_auth_method: 'none' }), secret: null },
  { ...signIn('essai-tiers', { token_endpoint_auth_method: 'none' }), secret: null, thirdParty: true },
  {
    clientId: 'api',
    secret: SECRET,
    thirdParty: false,
    defaultService: false,
    metadata: {
      client_name: 'API',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'decisions',
      resources: [],
    },
  },
];

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}
