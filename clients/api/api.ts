/**
 * A demo resource server of the caisses: notes kept per site, feature and collège, and a site's DSN alerts.
 * Owns its routes and what each demands of a caller. It is a stranger to the provider: all that it knows of it
 * comes from discovery and from the tokens. Its data live in memory and are worth nothing.
 */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import { type Caller, identifyCaller, type Verification } from './access-token.ts';
import {
  challenges,
  Denied,
  insufficientScope,
  invalidRequest,
  invalidToken,
  malformedCredentials,
} from './denial.ts';
import { authorizeFeature, type FeatureRequest } from './features.ts';
import { type IssuerSettings, trustIssuer } from './issuers.ts';
import { createNotes } from './notes.ts';
import { createReplayGuard } from './replay.ts';

export type DsnAlerts = (slug: string, siret: string) => Promise<readonly string[]> | readonly string[];

export type ApiOptions = {
  readonly issuers: readonly IssuerSettings[];
  /** The resource indicator (RFC 8707) of this API: tokens must name it in `aud`. */
  readonly audience: string;
  /** Where callers reach the API, if not at its audience: what DPoP proofs are compared with. */
  readonly origin?: string;
  /** What the caisse's information system knows of a site's DSN. */
  readonly dsnAlerts?: DsnAlerts;
  /** Accept plain http issuers: for a developer's machine alone. */
  readonly allowInsecure?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

export type Api = { readonly app: Koa; readonly close: () => void };

export function createApi(options: ApiOptions): Api {
  const { issuers, audience, origin = audience, allowInsecure = false, now = Date.now } = options;
  const verification: Verification = {
    issuers: issuers.map((settings) => trustIssuer(settings, allowInsecure)),
    audience,
    now,
    replays: createReplayGuard(),
  };
  const notes = createNotes();
  const app = new Koa();
  const router = new Router();

  function identify(ctx: Koa.Context): Promise<Caller> {
    if (ctx.query.access_token !== undefined)
      throw malformedCredentials('A token never travels in an address');
    return identifyCaller(
      {
        authorization: ctx.get('authorization'),
        proof: ctx.get('dpop'),
        method: ctx.method,
        address: new URL(ctx.path, origin).href,
      },
      verification,
    );
  }

  async function permit(ctx: Koa.Context, request: FeatureRequest): Promise<Caller> {
    if (!issuers.some(({ slug }) => slug === request.slug)) throw notFound('Unknown caisse');
    const caller = await identify(ctx);
    if (caller.caisse !== request.slug) {
      throw invalidToken(caller.scheme, 'The token comes from another caisse');
    }
    authorizeFeature(caller, request);
    return caller;
  }

  router.get('/dsn-alertes', async (ctx) => {
    const caller = await identify(ctx);
    requireServices(caller);
    if (caller.siret === undefined) throw insufficientScope(caller.scheme, 'The token is for no site');
    const messages = (await options.dsnAlerts?.(caller.caisse, caller.siret)) ?? [];
    ctx.body = { caisse: caller.caisse, siret: caller.siret, messages };
  });

  router.get('/:slug/sites/:siret/features/:feature', async (ctx) => {
    const request = readFeatureRequest(ctx, 'consultation');
    await permit(ctx, request);
    ctx.body = { ...describe(request), ...notes.read(request) };
  });

  router.put(
    '/:slug/sites/:siret/features/:feature',
    // Before the body is read: a stranger must not make us parse anything.
    async (ctx, next) => {
      ctx.state.caller = await permit(ctx, readFeatureRequest(ctx, 'mise_a_jour'));
      await next();
    },
    bodyParser({ enableTypes: ['json'], jsonLimit: '8kb', onError: refuseBody }),
    (ctx) => {
      const request = readFeatureRequest(ctx, 'mise_a_jour');
      const body = ctx.request.body as { readonly note?: unknown } | undefined;
      if (typeof body?.note !== 'string' || body.note.length > 500) {
        throw invalidRequest('The body must be JSON with a note of 500 characters at most');
      }
      notes.write(request, { note: body.note, updated_at: new Date(now()).toISOString() });
      ctx.body = { ...describe(request), ...notes.read(request) };
    },
  );

  app.use(answerDenials);
  app.use(router.routes());
  app.use((ctx) => {
    const known = router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods);
    if (known.length === 0) throw notFound('Nothing here');
    ctx.set('Allow', [...new Set(known)].join(', '));
    throw new Denied({
      status: 405,
      error: 'invalid_request',
      description: 'The method is not allowed here',
    });
  });
  return { app, close: notes.forget };
}

function requireServices(caller: Caller): void {
  if (caller.scopes.includes('services')) return;
  throw insufficientScope(caller.scheme, 'The token lacks the scope services', 'services');
}

function readFeatureRequest(ctx: Koa.Context, level: FeatureRequest['level']): FeatureRequest {
  const { slug = '', siret = '', feature = '' } = ctx.params as Record<string, string | undefined>;
  return { slug, siret, feature, college: ctx.query.college, level };
}

function describe({ slug, siret, feature, college }: FeatureRequest): Record<string, unknown> {
  return { caisse: slug, siret, feature, ...(college === undefined ? {} : { college }) };
}

function notFound(description: string): Denied {
  return new Denied({ status: 404, error: 'not_found', description });
}

function refuseBody(error: Error): never {
  const tooLarge = (error as { readonly status?: number }).status === 413;
  if (!tooLarge) throw invalidRequest('The body is not JSON');
  throw new Denied({ status: 413, error: 'invalid_request', description: 'The body is too large' });
}

/** The one place where a denial becomes an answer. */
async function answerDenials(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  try {
    await next();
  } catch (error) {
    if (!(error instanceof Denied)) {
      ctx.app.emit('error', error, ctx);
      ctx.status = 500;
      ctx.body = { error: 'server_error', error_description: 'Something went wrong here' };
      return;
    }
    const { denial } = error;
    ctx.status = denial.status;
    const offered = challenges(denial, 'services des caisses');
    if (offered.length > 0) ctx.set('WWW-Authenticate', [...offered]);
    if (denial.status === 503) ctx.set('Retry-After', '5');
    ctx.body = { error: denial.error ?? 'unauthorized', error_description: denial.description };
  }
}
