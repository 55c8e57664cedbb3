/** « Import par fichier »: a CSV of people, clients and rights comes, is shown as what it would change, and is applied whole. */
import type { Context } from 'koa';
import { z } from 'zod';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { findDraft, insertDraft, takeDraft } from '../../store/cabinet-drafts.ts';
import { nameSites } from '../../store/firm-portfolio.ts';
import { listEntrusted, listFirmMembers } from '../../store/firm-staff.ts';
import { goTo } from '../delegation-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type CabinetPlace, enterCabinet } from './cabinet-place.ts';
import { headerFor } from './csv-columns.ts';
import { decode, MOST_BYTES, MOST_LINES, notText } from './csv-read.ts';
import { currentFile } from './csv-template.ts';
import { entrust } from './entrust.ts';
import { CHANGED } from './entrust-recap.ts';
import { changesNothing, fingerprintOf } from './entrust-sum.ts';
import { FIRM, firmLocals } from './firm-page.ts';
import { type DryRun, dryRun, readImport } from './import.ts';
import { shownPlan } from './plan-shown.ts';
import { readUpload } from './upload.ts';

const PATH = `${FIRM}/import`;
const MOST_FAULTS_SHOWN = 200;

export const bulkRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) showForm(ctx, web, place);
  });
  router.post(PATH, (ctx) => receive(ctx, web));
  router.get(`${PATH}/modele.csv`, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await sendTemplate(ctx, place);
  });
  router.get(`${PATH}/:draft`, async (ctx) => {
    const place = await enterImport(ctx, web);
    if (place) await review(ctx, web, place, { run: await dryRun(ctx, web, place, place.text) });
  });
  router.post(`${PATH}/:draft`, (ctx) => apply(ctx, web));
};

function showForm(ctx: Context, web: Web, place: CabinetPlace, errors: readonly FieldError[] = []): void {
  const { hiddenFeatures } = scopeFor(ctx).caisse.settings;
  web.send(
    ctx,
    'cabinet/import',
    {
      ...firmLocals(ctx, place, { tab: 'import' }),
      errors,
      action: place.href(PATH),
      templateHref: place.href(`${PATH}/modele.csv`),
      features: headerFor(hiddenFeatures).slice(8, -1),
      mostLines: MOST_LINES,
      mostMegabytes: MOST_BYTES / 1024 / 1024,
    },
    { status: errors.length > 0 ? 422 : 200 },
  );
}

async function sendTemplate(ctx: Context, place: CabinetPlace): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const cabinetId = place.cabinet.id;
  const [entrusted, members] = await Promise.all([
    listEntrusted(store, { cabinetId, siteIds: null, accountIds: null, now: now() }),
    listFirmMembers(store, cabinetId, now()),
  ]);
  const siteIds = [...new Set(entrusted.map(({ siteId }) => siteId))];
  const clients = await nameSites(store, { siteIds });
  const { timeZone, settings } = caisse;
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', 'attachment; filename="droits-des-collaborateurs.csv"');
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.type = 'text/csv; charset=utf-8';
  ctx.body = currentFile({ entrusted, members, clients, hidden: settings.hiddenFeatures, timeZone });
}

async function receive(ctx: Context, web: Web): Promise<void> {
  const place = await enterCabinet(ctx, web);
  if (!place) return;
  const upload = await readUpload(ctx);
  const text = 'bytes' in upload ? decode(upload.bytes) : null;
  if (text === null) {
    const message = 'reason' in upload ? upload.reason : notText().fault.reason;
    return showForm(ctx, web, place, [{ field: 'fichier', message }]);
  }
  const { store, now } = scopeFor(ctx);
  const who = { cabinetId: place.cabinet.id, accountId: place.account.id };
  const id = await insertDraft(store, who, { kind: 'import', content: { text }, now: now() });
  goTo(ctx, place, `${PATH}/${id}`);
}

type ImportPlace = CabinetPlace & { readonly draftId: string; readonly text: string };

const Content = z.object({ text: z.string() });

async function enterImport(ctx: Context, web: Web): Promise<ImportPlace | null> {
  const place = await enterCabinet(ctx, web);
  if (!place) return null;
  const { store, now } = scopeFor(ctx);
  const id = String(ctx.params.draft ?? '');
  const asked = { cabinetId: place.cabinet.id, accountId: place.account.id, id, now: now() };
  const content = Content.safeParse(await findDraft(store, { ...asked, kind: 'import' }));
  if (!content.success) throw new Refusal('not_found');
  return { ...place, draftId: id, text: content.data.text };
}

async function review(
  ctx: Context,
  web: Web,
  place: ImportPlace,
  { run, notice = null }: { readonly run: DryRun; readonly notice?: Notice | null },
): Promise<void> {
  const page = Number(queryField(ctx, 'page'));
  const path = `${PATH}/${place.draftId}`;
  const applicable = run.faults.length === 0 && !changesNothing(run.plan);
  const shown = { scope: scopeFor(ctx), page: page >= 1 && page < 10_000 ? Math.trunc(page) : 1 };
  web.send(
    ctx,
    'cabinet/import-review',
    {
      ...firmLocals(ctx, place, { tab: 'import', notice }),
      action: place.href(path),
      faults: run.faults.slice(0, MOST_FAULTS_SHOWN),
      faultCount: run.faults.length,
      plan: shownPlan(run.plan, run.naming, shown),
      planHref: place.href(path),
      seen: applicable ? fingerprintOf(run.plan) : null,
      againHref: place.href(PATH),
      cancelHref: place.href(FIRM),
    },
    { status: notice ? 409 : 200 },
  );
}

async function apply(ctx: Context, web: Web): Promise<void> {
  const place = await enterImport(ctx, web);
  if (!place) return;
  const { faults, meant } = await readImport(ctx, place, place.text);
  const wishes = meant.map(({ wish }) => wish);
  const applied =
    faults.length > 0
      ? { done: false }
      : await entrust(ctx, web, {
          place,
          wishes,
          shortfall: 'refuse',
          seen: field(ctx, 'vu'),
          also: (inside) => takeDraft(inside, place.draftId),
        });
  if (!applied.done) {
    const run = await dryRun(ctx, web, place, place.text);
    return review(ctx, web, place, { run, notice: CHANGED });
  }
  goTo(ctx, place, FIRM, 'import');
}
