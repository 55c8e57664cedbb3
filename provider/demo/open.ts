/** Opens the demo on a migrated database: seeds it when it is empty, and gives what serves beside the provider. */
import type Koa from 'koa';
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import { createApi } from '../../clients/api/api.ts';
import { createPortal } from '../../clients/portal/portal.ts';
import type { Config } from '../config.ts';
import type { Random, Sealer } from '../domain/seal.ts';
import { sealerFrom } from '../key-ring.ts';
import { StartRefused } from '../start-refused.ts';
import { listDsnAlerts } from '../store/adherents.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { handleOf } from '../store/handle.ts';
import { type Caisse, toCaisse } from '../tenant/directory.ts';
import { makePasswordHasher } from '../tenant/passwords.ts';
import { type DemoAddresses, demoAddresses } from './addresses.ts';
import { makeDevPage } from './dev-page.ts';
import { followAddresses, seedDemo } from './seed.ts';
import { openServices, type Service } from './services.ts';

export type DemoOptions = {
  readonly config: Pick<
    Config,
    'encryptionKey' | 'previousEncryptionKey' | 'publicOrigin' | 'portalPort' | 'apiPort'
  >;
  readonly sql: Database;
  readonly cacheDirectory: string;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Logger;
};

export type OpenCaisse = { readonly caisse: Caisse; readonly services: readonly Service[] };

export type Demo = {
  readonly addresses: DemoAddresses;
  readonly caisses: readonly OpenCaisse[];
  /** The page /dev, in front of the caisses. */
  readonly page: Middleware;
  readonly portal: Koa;
  readonly api: Koa;
  readonly close: () => void;
};

export async function openDemo(options: DemoOptions): Promise<Demo> {
  const { sql, log } = options;
  const addresses = demoAddresses(options.config);
  const sealer = sealerFrom(options.config, options.random);
  await fillDemo(options, sealer);
  const caisses = await openCaisses(sql, sealer);
  const portal = portalOf(caisses, addresses, options);
  const api = apiOf(caisses, addresses, options);
  portal.app.on('error', (err) => log.error({ err, service: 'portail' }, 'fault'));
  api.app.on('error', (err) => log.error({ err, service: 'api' }, 'fault'));
  return {
    addresses,
    caisses,
    page: makeDevPage({ ...options, sealer, addresses, caisses }),
    portal: portal.app,
    api: api.app,
    close() {
      portal.close();
      api.close();
    },
  };
}

/** The demo in an empty database; in another, only its addresses are brought in step. */
export async function fillDemo(options: Omit<DemoOptions, 'log' | 'cacheDirectory'>, sealer?: Sealer) {
  const { config, sql, now, random } = options;
  const addresses = demoAddresses(config);
  const make = { sealer: sealer ?? sealerFrom(config, random), random, now: now() };
  if ((await listCaisses(sql)).length > 0) return followAddresses(sql, { addresses, make });
  await seedDemo(sql, { addresses, make, passwords: await makePasswordHasher(1) });
}

async function openCaisses(sql: Database, sealer: Sealer): Promise<OpenCaisse[]> {
  const caisses = (await listCaisses(sql)).map(toCaisse);
  try {
    return await Promise.all(
      caisses.map(async (caisse) => ({
        caisse,
        services: await openServices(handleOf(sql, caisse.id), sealer),
      })),
    );
  } catch (cause) {
    throw new StartRefused(
      'La clé de chiffrement n’ouvre pas les secrets de cette base : elle a été remplie avec une autre clé. ' +
        'Remettez cette clé (.data/encryption.key ou CAISSE_ID_ENCRYPTION_KEY), ou repartez de zéro : npm run reset.',
      { cause },
    );
  }
}

type Outside = Pick<DemoOptions, 'sql' | 'now' | 'random'>;

/** The services are strangers: all that they are told is addresses, and a secret of their own. */
function portalOf(caisses: readonly OpenCaisse[], addresses: DemoAddresses, { now, random }: Outside) {
  return createPortal({
    caisses: caisses.flatMap(({ caisse, services }) => {
      const secret = services.find(({ clientId }) => clientId === 'portail')?.secret;
      if (!secret) return [];
      const { id: slug, issuer, settings } = caisse;
      return [{ slug, issuer, clientId: 'portail', clientSecret: secret, name: settings.shortName }];
    }),
    origin: addresses.portal,
    apiResource: addresses.api,
    cookieKey: random(32).toString('base64url'),
    allowInsecure: true,
    now,
  });
}

function apiOf(caisses: readonly OpenCaisse[], addresses: DemoAddresses, { sql, now }: Outside) {
  return createApi({
    issuers: caisses.map(({ caisse }) => ({ slug: caisse.id, issuer: caisse.issuer })),
    audience: addresses.api,
    // In place of the caisse's information system, which knows what the DSN brought.
    dsnAlerts: (slug, siret) => listDsnAlerts(handleOf(sql, slug), siret),
    allowInsecure: true,
    now,
  });
}
