/** Composition root: wires the rooms together for one process. Holds no rule. */
import { join } from 'node:path';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import type { Logger } from 'pino';
import { makeEnforcer } from '../policies/enforcer.ts';
import { makeClosing } from './closing.ts';
import type { Config } from './config.ts';
import { composeConvention } from './delivery/compose-convention.ts';
import type { Random } from './domain/seal.ts';
import { type Front, findCaisse, handBusyToProtocol, handToProtocol, issuerFor, ownOrigin } from './front.ts';
import { makeHealth } from './health.ts';
import { makeAssets } from './http/assets.ts';
import { type BoundaryOptions, boundary } from './http/boundary.ts';
import { readForm } from './http/forms.ts';
import { securityHeaders } from './http/headers.ts';
import { requireOwnOrigin } from './http/origin.ts';
import { makeSendPage, type SendPage } from './http/page.ts';
import { makeRenderer, VIEWS_DIRECTORY } from './http/render.ts';
import type { Screen } from './http/screens.ts';
import { accessRequestRoutes } from './journeys/access-request/routes.ts';
import { accountRoutes } from './journeys/account/routes.ts';
import { backOfficeRoutes } from './journeys/back-office/routes.ts';
import { cabinetRoutes } from './journeys/cabinet/routes.ts';
import { caissePagesRoutes } from './journeys/caisse-pages/routes.ts';
import { certificationRoutes } from './journeys/certification/routes.ts';
import { whileClosed } from './journeys/closed-gate.ts';
import { consentRoutes } from './journeys/consent/routes.ts';
import { contactRoutes } from './journeys/contact/routes.ts';
import { type DecisionWeb, decisionRoutes } from './journeys/decisions/routes.ts';
import { delegationRoutes } from './journeys/delegation/routes.ts';
import { enrolmentRoutes } from './journeys/enrolment/routes.ts';
import { showError } from './journeys/error-page.ts';
import { homeRoutes } from './journeys/home/routes.ts';
import { informationSystemRoutes } from './journeys/information-system/routes.ts';
import { invitationRoutes } from './journeys/invitation/routes.ts';
import { isMachineCall, tellFailure } from './journeys/machine-calls.ts';
import { nextStepTo } from './journeys/next-step.ts';
import { provisionalRoutes } from './journeys/provisional/routes.ts';
import { recoveryRoutes } from './journeys/recovery/routes.ts';
import { secondFactorRoutes } from './journeys/second-factor/routes.ts';
import { signInRoutes } from './journeys/sign-in/routes.ts';
import { siteSelectionRoutes } from './journeys/site-selection/routes.ts';
import type { Web } from './journeys/web.ts';
import { sealerFrom } from './key-ring.ts';
import { senderFrom } from './messaging.ts';
import { makeMetrics } from './metrics.ts';
import { makeCallers } from './oidc/callers.ts';
import { makeInteractions } from './oidc/interactions.ts';
import { type Issuers, openIssuers } from './oidc/issuers.ts';
import type { Issuer } from './oidc/provider.ts';
import { makeServiceRules } from './oidc/service-rules.ts';
import { makeOidcScreens } from './oidc-screens.ts';
import { Refusal } from './refusal.ts';
import { type Changes, listenForChanges } from './store/changes.ts';
import { type Database, isDatabaseAway } from './store/database.ts';
import { handleOf } from './store/handle.ts';
import { openOutbox } from './store/outbox.ts';
import { openThrottle } from './store/throttle.ts';
import { closureWords } from './tenant/closure-words.ts';
import { type Directory, openDirectory } from './tenant/directory.ts';
import { makePasswordHasher } from './tenant/passwords.ts';
import { findScope, type Scope } from './tenant/scope.ts';

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
  /** For operators: health and metrics, whatever Host they name. */
  readonly management: Koa;
  /** From now on the process says that it is not ready: it is about to stop. */
  readonly leave: () => void;
  readonly close: () => Promise<void>;
  /** Compiles styles and builds every issuer ahead of the first visitor. */
  readonly prepare: () => Promise<void>;
  /** To be done again and again: what a closure that has begun ends. @returns sessions that went. */
  readonly endClosedAccess: () => Promise<number>;
};

const JOURNEYS = [
  homeRoutes,
  signInRoutes,
  secondFactorRoutes,
  provisionalRoutes,
  certificationRoutes,
  siteSelectionRoutes,
  consentRoutes,
  enrolmentRoutes,
  recoveryRoutes,
  accountRoutes,
  invitationRoutes,
  delegationRoutes,
  cabinetRoutes,
  accessRequestRoutes,
  caissePagesRoutes,
  contactRoutes,
  backOfficeRoutes,
];

export async function createApp(options: AppOptions): Promise<App> {
  const { config, sql, now, log } = options;
  const sealer = sealerFrom(config, options.random);
  const shared = new URL(config.publicOrigin);
  const directory = await openDirectory(sql, {
    sharedHost: shared.host,
    onUnreadable: (caisseId, err) => log.error({ caisseId, err }, 'caisse not readable'),
  });
  const assets = makeAssets({
    directory: join(VIEWS_DIRECTORY, 'assets'),
    cacheDirectory: join(options.cacheDirectory, 'styles'),
  });
  const send = makeSendPage(makeRenderer({ assetPath: assets.path }), closureNotice);
  const defaultService = (ctx: Context) => issuerFor(ctx)?.defaultService ?? null;
  const issuers = openIssuers(sql, {
    sealer,
    now,
    screens: makeOidcScreens({ send, log, defaultService }),
    allowedHosts: new Set(config.backchannelAllowedHosts),
  });
  const changes = await followChanges(options, directory, issuers);
  // Refuses to start with a policy that would let in what it should not.
  const enforcer = await makeEnforcer();
  const passwords = await makePasswordHasher(config.argon2Concurrency);
  const scopeFor = scopeMaker(options, { sealer, passwords });
  const health = makeHealth(sql, log);
  const metrics = makeMetrics({ sql, passwords });

  const koa = new Koa({ proxy: config.trustedProxies > 0, maxIpsCount: config.trustedProxies });
  koa.silent = true;
  koa.use(health.middleware);
  koa.use(outermost(options, { send, defaultService, count: metrics.count }));
  koa.use(securityHeaders({ https: shared.protocol === 'https:' }));
  koa.use(assets.middleware);
  for (const middleware of options.before ?? []) koa.use(middleware);
  koa.use(findCaisse({ directory, issuers, scopeFor }));
  const issuerOf = (ctx: Context) => issuerFor(ctx) as Issuer;
  koa.use(handBusyToProtocol);
  koa.use(machines({ enforcer, callerOf: makeCallers(issuerOf) }));
  const interactions = makeInteractions(issuerOf);
  koa.use(
    journeys({
      send,
      interactions,
      enforcer,
      serviceRules: makeServiceRules(issuerOf),
      // Nobody is written to: it only tells who the caisse is.
      composeConvention: (told, caisse) => composeConvention(told, senderFrom(caisse, ''), now()),
    }),
  );
  koa.use(handToProtocol);
  const management = new Koa();
  management.use(health.middleware);
  management.use(metrics.show);
  return {
    koa,
    management,
    leave: health.leave,
    close: changes.close,
    endClosedAccess: makeClosing({ directory, issuers, sql, now, log }),
    async prepare() {
      await assets.prepare();
      // One by one: a thousand at once would wait for connections longer than anybody may, and fill the memory meanwhile.
      for (const caisse of directory.all()) await issuers.of(caisse);
    },
  };
}

/** A caisse changed by any process is read again here; requests under way keep what they began with. */
function followChanges(
  { databaseUrl, log }: AppOptions,
  directory: Directory,
  issuers: Issuers,
): Promise<Changes> {
  const refresh = async (forget: () => void): Promise<void> => {
    await directory.reload().catch((err: unknown) => log.error({ err }, 'caisses not reloaded'));
    forget();
  };
  return listenForChanges(databaseUrl, {
    onChange: (caisseId) => void refresh(() => issuers.forget(caisseId)),
    onGap: () => void refresh(issuers.forgetAll),
  });
}

type Secrets = Pick<Scope, 'sealer' | 'passwords'>;

function scopeMaker(
  { sql, now, random, log }: AppOptions,
  { sealer, passwords }: Secrets,
): Front['scopeFor'] {
  const throttle = openThrottle(sql);
  const outbox = openOutbox(sealer);
  return (caisse, ctx) => ({
    caisse,
    store: handleOf(sql, caisse.id),
    outbox,
    now,
    random,
    sealer,
    passwords,
    throttle,
    log,
    requestId: ctx.state.requestId as string,
    address: ctx.ip,
  });
}

type Outermost = {
  readonly send: SendPage;
  readonly defaultService: (ctx: Context) => Issuer['defaultService'];
  readonly count: BoundaryOptions['count'];
};

function outermost({ log, now, random }: AppOptions, { send, defaultService, count }: Outermost): Middleware {
  return boundary({
    log,
    // Short enough to be read out on the telephone, and for the narrowest screen.
    newId: idsFrom(random),
    clock: now,
    count,
    refusalOf: (error) => {
      if (error instanceof Refusal) return error;
      return isDatabaseAway(error) ? new Refusal('database_away') : null;
    },
    show(ctx, refusal, status) {
      const requestId = ctx.state.requestId as string;
      if (isMachineCall(ctx)) return tellFailure(ctx, refusal, requestId);
      const nextStep = nextStepTo(defaultService(ctx));
      showError(ctx, send, { refusal, status, requestId, nextStep });
    },
  });
}

/** Of 8 bytes each, many drawn at once: to ask for chance takes longer than all else that an id needs. */
function idsFrom(random: Random): () => string {
  const size = 8;
  let drawn: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === drawn.length) {
      drawn = random(size * 128);
      at = 0;
    }
    at += size;
    return drawn.toString('hex', at - size, at);
  };
}

/** Before the journeys of people, whose forms must come from our own pages: machines bear tokens and have no page. */
function machines(web: DecisionWeb): Middleware {
  const router = new Router();
  decisionRoutes(router, web);
  informationSystemRoutes(router, web);
  return router.routes() as unknown as Middleware;
}

function journeys(web: Web): Middleware {
  const router = new Router();
  router.use(requireOwnOrigin(ownOrigin), readForm, whileClosed(web));
  for (const routes of JOURNEYS) routes(router, web);
  return router.routes() as unknown as Middleware;
}

function closureNotice(ctx: Context, screen: Screen) {
  const scope = findScope(ctx.req);
  // That screen says it itself.
  return scope && screen !== 'caisse-pages/closed' ? closureWords(scope.caisse, scope.now()) : null;
}
