/** The PDF of a batch: for somebody who has just signed in, as a download, noted each time. It changes nothing else. */
import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { dayOf } from '../../domain/calendar.ts';
import { count } from '../../http/format.ts';
import { Refusal } from '../../refusal.ts';
import { transaction } from '../../store/handle.ts';
import type { Batch } from '../../store/letter-batches.ts';
import { type BatchFile, listFiles, markDownloaded, readPieces } from '../../store/letter-files.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { batchAt, nameOf, pathOf } from './letter-batch-routes.ts';
import { FILE_SLUGS, FILES, SECTION, templateOf } from './letter-words.ts';
import { noteAct } from './note.ts';

/** Seconds: a page that was left open is nobody's word any more. */
const FRESH = { maxAge: 300 };
const PATH = `${SECTION}/lots/:id/fichiers/:file`;

export const letterFileRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web, FRESH);
    if (office) show(ctx, web, { office, ...(await fileAt(ctx)) });
  });
  router.post(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web, FRESH);
    if (office) await download(ctx, { office, ...(await fileAt(ctx)) });
  });
};

type At = { readonly batch: Batch; readonly file: BatchFile };

async function fileAt(ctx: Context): Promise<At> {
  const batch = await batchAt(ctx);
  const template = templateOf(String(ctx.params.file));
  const files = batch.status === 'ready' ? await listFiles(scopeFor(ctx).store, batch.id) : [];
  const file = files.find((one) => one.template === template);
  if (!file) throw new Refusal('not_found');
  return { batch, file };
}

function show(ctx: Context, web: Web, { office, batch, file }: At & { readonly office: Office }): void {
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  const back = { label: nameOf(batch, timeZone), href: basePath + pathOf(batch) };
  web.send(ctx, 'office/act', {
    ...officeLocals(ctx, office, SECTION),
    errors: [],
    trail: [{ label: 'Courriers', href: basePath + SECTION }, back],
    title: `Télécharger\u00a0: ${FILES[file.template].toLowerCase()}`,
    lead: [
      `Un seul fichier PDF de ${count(file.letters, 'feuille', 'feuilles')}, à imprimer à taille réelle.`,
      file.template === 'welcome'
        ? 'Ces courriers partent séparément des codes confidentiels.'
        : 'Ces courriers sont confidentiels\u00a0: n’enregistrez pas ce fichier ailleurs que pour l’imprimer, et supprimez-le ensuite. Ce téléchargement est noté au journal.',
      'Télécharger n’est pas imprimer\u00a0: le lot reste là tant que vous n’avez pas confirmé l’impression.',
    ],
    facts: [],
    impact: null,
    fields: [],
    reason: null,
    carried: [],
    action: basePath + ctx.path,
    seen: '',
    button: 'Télécharger le fichier',
    cancelHref: back.href,
  });
}

async function download(
  ctx: Context,
  { office, batch, file }: At & { readonly office: Office },
): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, sealer, now, caisse } = scope;
  await transaction(store, async (inside) => {
    await markDownloaded(inside, { batchId: batch.id, template: file.template }, now());
    await noteAct(scope, inside, {
      kind: 'letter_batch_downloaded',
      actorId: office.account.id,
      facts: {
        batch: batch.id,
        file: file.template,
        letters: file.letters,
        before: file.downloadedAt === null ? null : 'downloaded',
        after: 'downloaded',
      },
    });
  });
  const { template, making, bytes } = file;
  const name = `${FILE_SLUGS[template]}-${dayOf(batch.madeAt, caisse.timeZone)}-${batch.id.slice(0, 8)}.pdf`;
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', `attachment; filename="${name}"`);
  ctx.type = 'application/pdf';
  const pieces = readPieces(store, { batchId: batch.id, template, making, bytes }, sealer);
  ctx.body = Readable.from(pieces, { objectMode: false });
  ctx.length = bytes;
}
