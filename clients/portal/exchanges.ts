/** For integrators: what the portal received about the person, and a call to the API with its plain answer. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { COLLEGES, FEATURE_GROUPS, findFeature, isCollege } from '../catalogue.ts';
import { callApi, notePath } from './api-client.ts';
import { single } from './context.ts';
import { render } from './views.ts';
import { type InEspace, layoutOf, type Visit } from './visit.ts';

type Call = {
  readonly method: 'GET' | 'PUT';
  readonly siret: string;
  readonly feature: string;
  readonly college: string;
};

export function addExchangeRoutes(router: Router, inEspace: InEspace): void {
  router.get('/:slug/e/:espace/echanges', inEspace(show));
  router.post('/:slug/e/:espace/echanges', inEspace(call));
}

async function show(ctx: Koa.Context, visit: Visit): Promise<void> {
  await page(ctx, visit, {});
}

type Outcome = {
  readonly call?: Call;
  readonly error?: string;
  readonly outcome?: Readonly<Record<string, unknown>>;
};

async function page(ctx: Koa.Context, visit: Visit, { call, ...result }: Outcome): Promise<void> {
  const { tokens, visitor } = visit.espace;
  await render(ctx, 'exchanges', {
    ...(await layoutOf(visit)),
    title: 'Échanges techniques',
    current: 'echanges',
    claims: JSON.stringify(tokens.claims, null, 2),
    groups: FEATURE_GROUPS,
    colleges: COLLEGES,
    call: call ?? { method: 'GET', siret: visitor.site?.siret ?? '', feature: 'documents', college: '' },
    error: undefined,
    outcome: undefined,
    ...result,
  });
}

async function call(ctx: Koa.Context, visit: Visit): Promise<void> {
  const form = ctx.request.body as Readonly<Record<string, unknown>>;
  const asked: Call = {
    method: form.method === 'PUT' ? 'PUT' : 'GET',
    siret: (single(form.siret) ?? '').replaceAll(/[\s.-]/g, ''),
    feature: findFeature(single(form.feature) ?? '')?.slug ?? 'documents',
    college: isCollege(form.college) ? form.college : '',
  };
  if (!/^\d{14}$/.test(asked.siret)) {
    ctx.status = 422;
    const siret = (single(form.siret) ?? '').slice(0, 40);
    return page(ctx, visit, { call: { ...asked, siret }, error: 'Saisissez un SIRET de 14 chiffres' });
  }
  const path = notePath({ slug: visit.caisse.slug, ...asked, college: asked.college || undefined });
  const answer = await callApi({
    origin: visit.portal.settings.apiOrigin,
    path,
    accessToken: visit.espace.tokens.accessToken,
    method: asked.method,
    ...(asked.method === 'PUT' ? { body: { note: 'Écrit depuis la page des échanges techniques.' } } : {}),
  });
  await page(ctx, visit, { call: asked, outcome: { request: `${asked.method} ${path}`, answer } });
}
