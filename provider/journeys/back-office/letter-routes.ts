/**
 * Letters of the caisse: made in batches, printed, followed until they are used or come back. Owns the list of batches;
 * each of its other pages has a file beside. What writes them is a job.
 */
import type { Context } from 'koa';
import { tellMoment } from '../../domain/dates.ts';
import { count } from '../../http/format.ts';
import {
  type Batch,
  countBatches,
  countUnconfirmed,
  countWaiting,
  listBatches,
} from '../../store/letter-batches.ts';
import { countCameBack } from '../../store/letter-returns.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { askedPage } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { letterActs } from './letter-acts.ts';
import { batchRoutes } from './letter-batch-routes.ts';
import { cancelRoutes } from './letter-cancel-routes.ts';
import { letterFileRoutes } from './letter-file-routes.ts';
import { newBatchRoutes } from './letter-new-routes.ts';
import { letterReturnRoutes } from './letter-return-routes.ts';
import { letterStatisticsRoutes } from './letter-statistics-routes.ts';
import { ORIGINS, SECTION, statusOf } from './letter-words.ts';
import { PER_PAGE, pagesOf, sendPage } from './page.ts';

export const letterRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office);
  });
  for (const routes of [
    newBatchRoutes,
    batchRoutes,
    letterFileRoutes,
    letterReturnRoutes,
    letterStatisticsRoutes,
    letterActs,
    cancelRoutes,
  ]) {
    routes(router, web);
  }
};

/** A batch that was made ready so long ago has been forgotten, or is printed and nobody has said so. */
const FORGOTTEN_DAYS = 7;
const DAY = 86_400_000;

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const { page, perPage } = askedPage(ctx, PER_PAGE);
  const at = now();
  const batches = await listBatches(store, { limit: perPage, offset: (page - 1) * perPage });
  const waiting = await countWaiting(store, at);
  const cameBack = await countCameBack(store);
  const forgotten = await countUnconfirmed(store, at - FORGOTTEN_DAYS * DAY);
  const href = (path: string) => `${caisse.basePath}${SECTION}${path}`;
  sendPage(ctx, web, office, {
    section: SECTION,
    trail: [],
    title: 'Courriers',
    lead: 'Les codes confidentiels et les courriers de bienvenue partent par lots, dans des enveloppes séparées.',
    warnings:
      forgotten === 0
        ? []
        : [
            {
              text: `${count(forgotten, 'lot est prêt', 'lots sont prêts')} depuis plus de ${FORGOTTEN_DAYS}\u00a0jours sans que personne ait confirmé l’impression. Sans confirmation, un lot est effacé quand ses codes sont périmés.`,
              links: [],
            },
          ],
    facts: [
      {
        name: 'En attente d’un lot',
        value: waiting === 0 ? 'Aucun courrier' : count(waiting, 'courrier', 'courriers'),
        detail: 'Demandés par les entreprises elles-mêmes, ou par la validation d’une demande d’accès.',
        act:
          waiting === 0
            ? null
            : { label: 'En faire un lot', href: href('/en-attente'), about: 'des courriers en attente' },
      },
      {
        name: 'Plis non distribués',
        value: cameBack === 0 ? 'Aucun adhérent' : count(cameBack, 'adhérent', 'adhérents'),
        detail: 'Rien ne leur est envoyé tant que leur adresse n’a pas changé.',
        act: { label: 'Saisir un retour', href: href('/retours'), about: 'de la poste' },
      },
    ],
    acts: [
      { label: 'Faire un nouveau lot', href: href('/nouveau') },
      { label: 'Voir les statistiques', href: href('/statistiques') },
    ],
    lists: [
      {
        id: 'lots',
        title: 'Lots',
        empty: 'Aucun lot n’a encore été fait.',
        rows: batches.map((batch) => rowOf(batch, { base: caisse.basePath, timeZone: caisse.timeZone })),
        paging: pagesOf(ctx, {
          matching: await countBatches(store),
          page,
          perPage,
          path: SECTION,
          label: 'Pages des lots',
          unit: 'lots par page',
        }),
      },
    ],
    done: {},
  });
}

function rowOf(batch: Batch, { base, timeZone }: { readonly base: string; readonly timeZone: string }) {
  const isWriting = batch.status === 'writing';
  return {
    name: `Lot du ${tellMoment(batch.madeAt, timeZone)}`,
    href: `${base}${SECTION}/lots/${batch.id}`,
    badge: statusOf(batch),
    details: [
      `${ORIGINS[batch.origin]}, par ${batch.madeBy}`,
      isWriting
        ? `${batch.done} sur ${count(batch.sites, 'site', 'sites')}`
        : count(batch.letters, 'courrier', 'courriers'),
    ],
    standing: null,
    acts: [],
  };
}
