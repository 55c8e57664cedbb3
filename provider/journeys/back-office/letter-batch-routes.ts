/** One batch of letters: how far it is, its files to print, what has become of each letter. */
import type { Context } from 'koa';
import { tellDate, tellMoment } from '../../domain/dates.ts';
import { count } from '../../http/format.ts';
import { Refusal } from '../../refusal.ts';
import { mayBeCancelled } from '../../store/letter-batch-ends.ts';
import { type Batch, findBatch } from '../../store/letter-batches.ts';
import { type BatchFile, listFiles } from '../../store/letter-files.ts';
import { listLettersOfBatch, type SentLetter } from '../../store/letter-returns.ts';
import { countBatchLetters, countOutcomes, type LetterCounts } from '../../store/letter-statistics.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { askedPage } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import {
  detailsOf,
  FILE_SLUGS,
  FILES,
  ORIGINS,
  SECTION,
  statusOf,
  tellOutcome,
  titleOfLetter,
} from './letter-words.ts';
import { PER_PAGE, pagesOf, sendPage } from './page.ts';

export const batchRoutes: Routes = (router, web) => {
  router.get(`${SECTION}/lots/:id`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office, await batchAt(ctx));
  });
};

export async function batchAt(ctx: Context): Promise<Batch> {
  const batch = await findBatch(scopeFor(ctx).store, String(ctx.params.id));
  if (!batch) throw new Refusal('not_found');
  return batch;
}

export const pathOf = ({ id }: Pick<Batch, 'id'>): string => `${SECTION}/lots/${id}`;
export const nameOf = ({ madeAt }: Batch, timeZone: string): string =>
  // A title has to be broken somewhere on a phone: between words.
  `Lot du ${tellMoment(madeAt, timeZone)}`.replaceAll('\u00a0', ' ');

async function show(ctx: Context, web: Web, office: Office, batch: Batch): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const { page, perPage } = askedPage(ctx, PER_PAGE);
  const at = now();
  const files = await listFiles(store, batch.id);
  const counts = await countBatchLetters(store, batch.id, at);
  const letters = await listLettersOfBatch(store, batch.id, {
    now: at,
    limit: perPage,
    offset: (page - 1) * perPage,
  });
  const outcomes = await countOutcomes(store, batch.id);
  const href = (path: string) => caisse.basePath + pathOf(batch) + path;
  sendPage(ctx, web, office, {
    section: SECTION,
    trail: [{ label: 'Courriers', href: caisse.basePath + SECTION }],
    title: nameOf(batch, caisse.timeZone),
    badge: statusOf(batch),
    facts: [
      ...factsOf(batch, { counts, outcomes, timeZone: caisse.timeZone, href }),
      ...(batch.status === 'ready' ? files.map((file) => fileFact(file, caisse.timeZone, href)) : []),
    ],
    acts: actsOf(batch, counts, href),
    lists: [
      {
        id: 'courriers',
        title: 'Courriers',
        empty:
          batch.status === 'writing' ? 'Aucun courrier n’est encore écrit.' : 'Ce lot n’a aucun courrier.',
        rows: letters.map((letter) =>
          rowOf(letter, batch, { base: caisse.basePath, timeZone: caisse.timeZone }),
        ),
        paging: pagesOf(ctx, {
          matching: counts.made,
          page,
          perPage,
          path: pathOf(batch),
          label: 'Pages des courriers',
          unit: 'courriers par page',
        }),
      },
    ],
    done: {
      cree: 'Le lot est enregistré. Il se prépare sans vous\u00a0: vous pouvez quitter cette page et y revenir.',
      annule:
        'Le lot est annulé. Ses codes ne valent rien, et ses sites peuvent recevoir d’autres courriers.',
      imprime: 'L’impression est confirmée. Les codes de ce lot n’existent plus que sur le papier.',
      retour: 'Le retour est enregistré. Ce que ce courrier apportait ne vaut plus.',
    },
  });
}

type About = {
  readonly counts: LetterCounts;
  readonly outcomes: readonly { readonly outcome: string; readonly number: number }[];
  readonly timeZone: string;
  readonly href: (path: string) => string;
};

function factsOf(batch: Batch, { counts, outcomes, timeZone, href }: About) {
  const aside = outcomes.filter(({ outcome }) => outcome !== 'written');
  const isUnderWay = batch.status === 'writing' || batch.status === 'composing';
  const refresh = { label: 'Actualiser', href: href(''), about: 'l’avancement' };
  return [
    { name: 'Fait par', value: batch.madeBy, detail: ORIGINS[batch.origin] },
    ...(batch.reason === '' ? [] : [{ name: 'Motif', value: batch.reason }]),
    ...(batch.origin === 'waiting' && !isUnderWay
      ? []
      : [
          {
            name: 'Avancement',
            value:
              batch.origin === 'waiting'
                ? count(batch.letters, 'courrier à mettre en page', 'courriers à mettre en page')
                : `${batch.done} sur ${count(batch.sites, 'site', 'sites')}`,
            detail: isUnderWay ? statusOf(batch) : null,
            act: isUnderWay ? refresh : null,
          },
        ]),
    ...(aside.length === 0
      ? []
      : [
          {
            name: 'Sans courrier',
            value: aside.map(({ outcome, number }) => tellOutcome(outcome, number)).join(' – '),
          },
        ]),
    {
      name: 'Courriers',
      value: count(counts.made, 'écrit', 'écrits'),
      detail: [
        count(counts.printed, 'imprimé', 'imprimés'),
        count(counts.used, 'employé', 'employés'),
        count(counts.over, 'périmé ou remplacé', 'périmés ou remplacés'),
        count(counts.returned, 'non distribué', 'non distribués'),
      ].join(', '),
    },
    ...(batch.printedAt === null
      ? []
      : [
          {
            name: 'Imprimé le',
            value: tellMoment(batch.printedAt, timeZone),
            detail: `Confirmé par ${batch.printedBy}`,
          },
        ]),
    ...(batch.cancelled === null
      ? []
      : [
          {
            name: 'Annulé le',
            value: tellMoment(batch.cancelled.at, timeZone),
            detail: `Par ${batch.cancelled.by}\u00a0: ${batch.cancelled.because}`,
          },
        ]),
    ...(batch.status === 'ready'
      ? [
          {
            name: 'À imprimer avant le',
            value: tellDate(batch.expiresAt, timeZone),
            detail: 'Ensuite, ce lot est effacé.',
          },
        ]
      : []),
  ];
}

function fileFact(file: BatchFile, timeZone: string, href: (path: string) => string) {
  return {
    name: FILES[file.template],
    value: count(file.letters, 'feuille', 'feuilles'),
    detail:
      file.downloadedAt === null
        ? 'Pas encore téléchargé'
        : `Téléchargé le ${tellMoment(file.downloadedAt, timeZone)}`,
    act: {
      label: 'Télécharger',
      href: href(`/fichiers/${FILE_SLUGS[file.template]}`),
      about: `le fichier\u00a0: ${FILES[file.template]}`,
    },
  };
}

function actsOf(batch: Batch, counts: LetterCounts, href: (path: string) => string) {
  return [
    ...(batch.status === 'ready' ? [{ label: 'J’ai imprimé ce lot', href: href('/imprime') }] : []),
    ...(mayBeCancelled(batch) ? [{ label: 'Annuler ce lot', href: href('/annuler') }] : []),
    ...((batch.status === 'printed' || batch.status === 'erased') && counts.secret > counts.used
      ? [{ label: 'Refaire ce lot avec de nouveaux codes', href: href('/refaire') }]
      : []),
  ];
}

function rowOf(
  letter: SentLetter,
  batch: Batch,
  { base, timeZone }: { readonly base: string; readonly timeZone: string },
) {
  const path = `${base}${SECTION}/lettres/${letter.id}`;
  const about = `\u00a0: ${titleOfLetter(letter)}, ${letter.raisonSociale}`;
  const isOut = batch.status === 'printed';
  const mayBeAgain =
    letter.template === 'confidential_code' && letter.worth !== 'used' && letter.siret !== '';
  return {
    name: titleOfLetter(letter),
    href: null,
    badge: null,
    details: detailsOf(letter, (at) => tellDate(at, timeZone)),
    standing: null,
    acts: [
      ...(isOut && mayBeAgain ? [{ label: 'Refaire', href: `${path}/refaire`, about }] : []),
      ...(isOut && letter.returnedAt === null
        ? [{ label: 'Non distribué', href: `${path}/retour`, about }]
        : []),
    ],
  };
}
