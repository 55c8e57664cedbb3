/** A page per feature: a form where the rights allow an update, the same content to read where they do not. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { COLLEGE_LABELS, type Feature, findFeature, isCollege } from '../catalogue.ts';
import { type ApiAnswer, callApi, notePath } from './api-client.ts';
import { espacePath, single } from './context.ts';
import { NOT_FOUND, RIGHT_MISSING } from './messages.ts';
import { type Section, sectionsOf } from './rights.ts';
import { render, renderMessage } from './views.ts';
import { type InEspace, layoutOf, type Visit } from './visit.ts';

const LONGEST_NOTE = 500;

export function addFeatureRoutes(router: Router, inEspace: InEspace): void {
  router.get('/:slug/e/:espace/fonctionnalites/:feature', inEspace(withFeature(show)));
  router.post('/:slug/e/:espace/fonctionnalites/:feature', inEspace(withFeature(save)));
}

type FeaturePage = (ctx: Koa.Context, visit: Visit, feature: Feature) => Promise<void>;

function withFeature(page: FeaturePage): (ctx: Koa.Context, visit: Visit) => Promise<void> {
  return async (ctx, visit) => {
    const feature = findFeature(String(ctx.params.feature));
    const { caisse, espace } = visit;
    const back = espacePath(caisse.slug, espace.id);
    if (feature === undefined) return renderMessage(ctx, NOT_FOUND, { caisse, back });
    await page(ctx, visit, feature);
  };
}

function callFor(
  { portal, caisse, espace }: Visit,
  feature: Feature,
  { college }: Section,
  note?: string,
): Promise<ApiAnswer | undefined> {
  const siret = espace.visitor.site?.siret ?? '';
  return callApi({
    origin: portal.settings.apiOrigin,
    path: notePath({ slug: caisse.slug, siret, feature: feature.slug, college }),
    accessToken: espace.tokens.accessToken,
    ...(note === undefined ? {} : { method: 'PUT', body: { note } }),
  });
}

async function show(ctx: Koa.Context, visit: Visit, feature: Feature): Promise<void> {
  await showSections(ctx, visit, feature, { saved: single(ctx.query.enregistre) });
}

type Shown = {
  readonly saved?: string | undefined;
  /** What was typed and could not be kept: never lost. */
  readonly refused?: { readonly key: string; readonly note: string; readonly error: string };
};

async function showSections(ctx: Koa.Context, visit: Visit, feature: Feature, shown: Shown): Promise<void> {
  const all = sectionsOf(visit.espace.visitor.entitlements, feature);
  const held = all.filter(({ level }) => level !== 'none');
  const back = espacePath(visit.caisse.slug, visit.espace.id);
  if (held.length === 0) return renderMessage(ctx, RIGHT_MISSING, { caisse: visit.caisse, back });
  const sections = await Promise.all(
    held.map(async (section) => {
      const answer = await callFor(visit, feature, section);
      const key = section.college ?? 'entreprise';
      const note = answer?.status === 200 ? answer.body.note : undefined;
      const refused = shown.refused?.key === key ? shown.refused : undefined;
      return {
        key,
        label: section.college === undefined ? 'Entreprise' : COLLEGE_LABELS[section.college],
        editable: section.level === 'mise_a_jour',
        note: refused?.note ?? (typeof note === 'string' ? note : undefined),
        error: refused?.error,
      };
    }),
  );
  await render(ctx, 'feature', {
    ...(await layoutOf(visit)),
    title: feature.label,
    current: feature.slug,
    feature,
    sections,
    missing: all.flatMap(({ level, college }) =>
      level === 'none' && college !== undefined ? [COLLEGE_LABELS[college]] : [],
    ),
    saved: sections.find(({ key }) => key === shown.saved),
    failed: shown.refused !== undefined,
    longestNote: LONGEST_NOTE,
  });
}

async function save(ctx: Koa.Context, visit: Visit, feature: Feature): Promise<void> {
  const form = ctx.request.body as Readonly<Record<string, unknown>>;
  const college = single(form.college);
  const note = (typeof form.note === 'string' ? form.note : '').replaceAll('\r\n', '\n').trim();
  const section = sectionsOf(visit.espace.visitor.entitlements, feature).find((candidate) =>
    isCollege(college) ? candidate.college === college : candidate.college === undefined,
  );
  const page = espacePath(visit.caisse.slug, visit.espace.id, `fonctionnalites/${feature.slug}`);
  if (section?.level !== 'mise_a_jour') {
    return renderMessage(ctx, RIGHT_MISSING, { caisse: visit.caisse, back: page });
  }
  const key = section.college ?? 'entreprise';
  const refuse = (error: string) => {
    ctx.status = 422;
    return showSections(ctx, visit, feature, { refused: { key, note, error } });
  };
  if (note.length > LONGEST_NOTE) {
    return refuse(
      `Raccourcissez la note\u00a0: ${LONGEST_NOTE} caractères au plus, elle en compte ${note.length}`,
    );
  }
  const answer = await callFor(visit, feature, section, note);
  if (answer === undefined)
    return refuse('La note n’a pas été enregistrée\u00a0: l’API ne répond pas. Recommencez');
  if (answer.status !== 200) return refuse('La note n’a pas été enregistrée\u00a0: l’API l’a refusée');
  ctx.status = 303;
  ctx.redirect(`${page}?enregistre=${key}`);
}
