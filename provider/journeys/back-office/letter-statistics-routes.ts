/** What became of the letters of the last months. */
import type { Context } from 'koa';
import { countByMonth, type LetterCounts } from '../../store/letter-statistics.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { SECTION } from './letter-words.ts';

export const letterStatisticsRoutes: Routes = (router, web) => {
  router.get(`${SECTION}/statistiques`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office);
  });
};

/** Days: thirteen months, so that one sees the same month of the year before. */
const SHOWN = 396 * 86_400_000;

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const at = now();
  const months = await countByMonth(store, { since: at - SHOWN, now: at, timeZone: caisse.timeZone });
  const told = (counts: LetterCounts) => {
    const { made, printed, used, over, returned } = counts;
    return [made, printed, used, over, returned].map((number) => number.toLocaleString('fr-FR'));
  };
  web.send(ctx, 'office/letter-statistics', {
    ...officeLocals(ctx, office, SECTION),
    backHref: caisse.basePath + SECTION,
    columns: ['Écrits', 'Imprimés', 'Employés', 'Périmés ou remplacés', 'Non distribués'],
    months: months.map((counts) => ({ name: tellMonth(counts.month), values: told(counts) })),
  });
}

/** « 2026-11 » → « Novembre 2026 ». */
function tellMonth(month: string): string {
  const told = new Intl.DateTimeFormat('fr-FR', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  );
  return told.charAt(0).toUpperCase() + told.slice(1);
}
