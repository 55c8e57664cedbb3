/** Letters that the post brought back: found by the reference printed on them, or by SIRET. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { parseLetterReference } from '../../domain/letter-reference.ts';
import { parseSiret } from '../../domain/siret.ts';
import { queryField } from '../../http/forms.ts';
import { findSentLetters, type SentLetter } from '../../store/letter-returns.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { detailsOf, SECTION, titleOfLetter } from './letter-words.ts';
import { sendPage } from './page.ts';

const PATH = `${SECTION}/retours`;
const MOST = 20;

export const letterReturnRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office);
  });
};

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  const typed = queryField(ctx, 'q').trim().slice(0, 60);
  const found = await find(ctx, typed);
  sendPage(ctx, web, office, {
    section: SECTION,
    trail: [{ label: 'Courriers', href: basePath + SECTION }],
    title: 'Plis non distribués',
    lead: 'Pour chaque courrier que la poste rapporte, saisissez la référence imprimée sous l’adresse, ou le SIRET.',
    lists: [
      {
        id: 'trouves',
        title: typed === '' ? 'Retrouver le courrier' : 'Courriers trouvés',
        empty: typed === '' ? '' : `Aucun courrier de cette caisse ne répond à «\u00a0${typed}\u00a0».`,
        rows: found.map((letter) => ({
          name: titleOfLetter(letter),
          href: null,
          badge: letter.returnedAt === null ? null : 'Non distribué',
          details: detailsOf(letter, (at) => tellDate(at, timeZone)),
          standing: null,
          acts: actsOf(letter, basePath + SECTION),
        })),
        search: { action: basePath + PATH, value: typed, label: 'Référence ou SIRET' },
      },
    ],
    done: {
      retour: 'Le retour est enregistré. Ce que ce courrier apportait ne vaut plus.',
      leve: 'Des courriers peuvent de nouveau partir à cette adresse.',
    },
  });
}

async function find(ctx: Context, typed: string): Promise<readonly SentLetter[]> {
  const { store, now } = scopeFor(ctx);
  const page = { now: now(), limit: MOST };
  const siret = parseSiret(typed);
  if (siret) return findSentLetters(store, { siret }, page);
  const reference = parseLetterReference(typed);
  return reference === null ? [] : findSentLetters(store, { reference }, page);
}

function actsOf(letter: SentLetter, base: string) {
  const path = `${base}/lettres/${letter.id}`;
  const about = `\u00a0: ${titleOfLetter(letter)}, ${letter.raisonSociale}`;
  if (letter.returnedAt === null) return [{ label: 'Non distribué', href: `${path}/retour`, about }];
  if (letter.returnLiftedAt === null) return [{ label: 'Écrire de nouveau', href: `${path}/lever`, about }];
  return [];
}
