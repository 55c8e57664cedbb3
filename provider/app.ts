/** Composition root: wires the rooms together for one process. Holds no rule. */
import { join } from 'node:path';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import type { Logger } from 'pino';
import { makeEnforcer } from '../policies/enforcer.ts';
import type { Config } from './config.ts';
import { makeSealer, type Random } from './domain/seal.ts';
import { makeAssets } from './http/assets.ts';
import { boundary } from './http/boundary.ts';
import { readForm } from './http/forms.ts';
import { securityHeaders } from './http/headers.ts';
import { requireOwnOrigin } from './http/origin.ts';
import { contentSecurityPolicy, makeSendPage } from './http/page.ts';
import { makeRenderer, VIEWS_DIRECTORY } from './http/render.ts';
import { accountRoutes } from './journeys/account/routes.ts';
import { certificationRoutes } from './journeys/certification/routes.ts';
import { consentRoutes } from './journeys/consent/routes.ts';
import { enrolmentRoutes } from './journeys/enrolment/routes.ts';
import { showError } from './journeys/error-page.ts';
import { homeRoutes } from './journeys/home/routes.ts';
import { recoveryRoutes } from './journeys/recovery/routes.ts';
import { secondFactorRoutes } from './journeys/second-factor/routes.ts';
import { signInRoutes } from './journeys/sign-in/routes.ts';
import { siteSelectionRoutes } from './journeys/site-selection/routes.ts';
import { makeInteractions } from './oidc/interactions.ts';
import { openIssuers } from './oidc/issuers.ts';
import type { Issuer } from './oidc/provider.ts';
import { makeOidcScreens } from './oidc-screens.ts';
import { Refusal } from './refusal.ts';
import { listenForChanges } from './store/changes.ts';
import { type Database, isDatabaseAway } from './store/database.ts';
import { handleOf } from './store/handle.ts';
import { openThrottle } from './store/throttle.ts';
import { openDirectory } from './tenant/directory.ts';
import { makePasswordHasher } from './tenant/passwords.ts';
import { bindScope, scopeOf } from './tenant/scope.ts';

export type AppOptions = {
  readonly config: Pick<
    Config,
    | 'encryptionKey'
    | 'previousEncryptionKey'
    | 'publicOrigin'
    | 'trustedProxies'
    | 'argon2Concurrency'
    | 'backchannelAllowedHosts'
  >;
  readonly sql: Database;
  readonly databaseUrl: string;
  /** Where compiled styles are kept between starts. */
  readonly cacheDirectory: string;
  readonly now: () => number;
  readonly random: Random;
  readonly log: Logger;
  /** Before the caisses: the demo's page. */
  readonly before?: readonly Middleware[];
};

export type App = {
  readonly koa: Koa;
  readonly close: () => Promise<void>;
  /** Compiles styles and builds every issuer ahead of the first visitor. */
  readonly prepare: () => Promise<void>;
};

const JOURNEYS = [
  homeRoutes,
  signInRoutes,
  secondFactorRoutes,
  certificationRoutes,
  siteSelectionRoutes,
  consentRoutes,
  enrolmentRoutes,
  recoveryRoutes,
  accountRoutes,
];

export async function createApp(options: AppOptions): Promise<App> {
  const { config, sql, now, random, log } = options;
  const sealer = makeSealer(
    config.previousEncryptionKey
      ? [config.encryptionKey, config.previousEncryptionKey]
      : [config.encryptionKey],
    random,
  );
  const shared = new URL(config.publicOrigin);
  const directory = await openDirectory(sql, shared.host);
  const assets = makeAssets({
    directory: join(VIEWS_DIRECTORY, 'assets'),
    cacheDirectory: join(options.cacheDirectory, 'styles'),
  });
  const send = makeSendPage(makeRenderer({ assetPath: assets.path }));
  const issuerFor = new WeakMap<object, Issuer>();
  const interactions = makeInteractions((ctx) => issuerFor.get(ctx.req) as Issuer);
  const screens = makeOidcScreens({
    send,
    log,
    defaultService: (ctx) => issuerFor.get(ctx.req)?.defaultService ?? null,
  });
  const issuers = openIssuers(sql, {
    sealer,
    now,
    screens,
    allowedHosts: new Set(config.backchannelAllowedHosts),
  });
  const changes = await listenForChanges(options.databaseUrl, {
    onChange: (caisseId) => void refresh(() => issuers.forget(caisseId)),
    onGap: () => void refresh(issuers.forgetAll),
  });
  const refresh = async (forget: () => void) => {
    await directory.reload().catch((err: unknown) => log.error({ err }, 'caisses not reloaded'));
    forget();
  };
  // Refuses to start with a policy that would let in what it should not.
  await makeEnforcer();
  const passwords = await makePasswordHasher(config.argon2Concurrency);
  const throttle = openThrottle(sql);

  const router = new Router();
  router.use(
    requireOwnOrigin((ctx) => new URL(scopeOf(ctx.req).caisse.issuer).origin),
    readForm,
  );
  for (const routes of JOURNEYS) routes(router, { send, interactions });

  const findCaisse: Middleware = async (ctx, next) => {
    const wellKnown = /^\/\.well-known\/oauth-authorization-server(?=\/)/.exec(ctx.path)?.[0];
    const found = directory.resolve(ctx.host, wellKnown ? ctx.path.slice(wellKnown.length) : ctx.path);
    if (found.kind === 'unknown_host') throw new Refusal('host_unknown');
    if (found.kind === 'no_caisse') throw new Refusal('caisse_unknown');
    const { caisse } = found;
    bindScope(ctx.req, {
      caisse,
      store: handleOf(sql, caisse.id),
      now,
      random,
      sealer,
      passwords,
      throttle,
      log,
      requestId: ctx.state.requestId as string,
      address: ctx.ip,
    });
    issuerFor.set(ctx.req, await issuers.of(caisse));
    const { req } = ctx;
    const full = wellKnown ? caisse.basePath + wellKnown : (req.url as string);
    (req as { originalUrl?: string }).originalUrl = full;
    req.url = full.slice(caisse.basePath.length).replace(/^(?!\/)/, '/');
    await next();
  };

  const protocol: Middleware = async (ctx) => {
    const { caisse } = scopeOf(ctx.req);
    if (ctx.path === '/session/end/confirm')
      await requireOwnOrigin(() => new URL(caisse.issuer).origin)(ctx, async () => {});
    // Addresses that the library builds come from these: the issuer's, whatever the request claims.
    ctx.req.headers.host = caisse.host;
    ctx.req.headers['x-forwarded-host'] = caisse.host;
    ctx.req.headers['x-forwarded-proto'] = caisse.secure ? 'https' : 'http';
    ctx.set('Content-Security-Policy', contentSecurityPolicy(null));
    ctx.respond = false;
    await issuerFor.get(ctx.req)?.handle(ctx.req, ctx.res);
  };

  const koa = new Koa({ proxy: config.trustedProxies > 0, maxIpsCount: config.trustedProxies });
  koa.silent = true;
  koa.use(
    boundary({
      log,
      newId: () => random(12).toString('hex'),
      clock: now,
      refusalOf: (error) =>
        error instanceof Refusal ? error : isDatabaseAway(error) ? new Refusal('database_away') : null,
      show: (ctx, refusal, status) =>
        showError(ctx, send, {
          refusal,
          status,
          requestId: ctx.state.requestId as string,
          nextStep: nextStepOf(ctx),
        }),
    }),
  );
  const nextStepOf = (ctx: Context) => {
    const service = issuerFor.get(ctx.req)?.defaultService;
    return service ? { label: `Aller à ${service.name}`, href: service.href } : null;
  };
  koa.use(securityHeaders({ https: shared.protocol === 'https:' }));
  koa.use(assets.middleware);
  for (const middleware of options.before ?? []) koa.use(middleware);
  koa.use(findCaisse);
  koa.use(router.routes());
  koa.use(protocol);

  return {
    koa,
    close: changes.close,
    async prepare() {
      await assets.prepare();
      await Promise.all(directory.all().map((caisse) => issuers.of(caisse)));
    },
  };
}
