/** A new batch of codes: for which sites, then what that makes, then the button. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import { tellMoment } from '../../domain/dates.ts';
import { count } from '../../http/format.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { ChosenSites } from '../../http/screens-office-letter.ts';
import { isId } from '../../store/handle.ts';
import { findImport } from '../../store/imports.ts';
import { countChoice, MOST_LETTERS, type SiteChoice } from '../../store/letter-batches.ts';
import type { Obstacle } from '../../store/letter-due.ts';
import { KIND_WORDS } from '../import-words.ts';
import { tooManyTries } from '../limits.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { mayHaveBroughtSites } from './import-shown.ts';
import { pathOf } from './letter-batch-routes.ts';
import { MOST_LISTED, NOTHING_TYPED, readChoice } from './letter-choice.ts';
import { ORIGINS, SECTION, tellOutcome } from './letter-words.ts';
import { countBatch, makeBatch, termsOf } from './make-batch.ts';

const PATH = `${SECTION}/nouveau`;
const LEAST_REASON = 5;
const MOST_REASON = 500;

export const newBatchRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web);
    const typed = { ...NOTHING_TYPED, import: queryField(ctx, 'import').slice(0, 40) };
    if (office) await showForm(ctx, web, office, { typed, errors: [] });
  });
  router.post(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await choose(ctx, web, office, { isFirst: true });
  });
  router.post(`${PATH}/creer`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await choose(ctx, web, office, { isFirst: false });
  });
  // Reached by whoever signed in again in between: his form is lost, its page is not.
  router.get(`${PATH}/creer`, async (ctx) => {
    if (await enterOffice(ctx, web)) goToOffice(ctx, PATH);
  });
};

async function choose(ctx: Context, web: Web, office: Office, { isFirst }: { readonly isFirst: boolean }) {
  const scope = scopeFor(ctx);
  const { typed, choice, errors } = readChoice(ctx, scope.caisse.timeZone);
  if (!choice) return showForm(ctx, web, office, { typed, errors });
  const given = {
    bienvenue: isFirst || field(ctx, 'bienvenue') === 'oui',
    remplacer: field(ctx, 'remplacer') === 'oui',
  };
  const motif = field(ctx, 'motif').trim().slice(0, MOST_REASON);
  const lot = isId(field(ctx, 'lot')) ? field(ctx, 'lot') : randomUUID();
  const recap = { typed, choice, lot, ...given, motif };
  if (isFirst) return showRecap(ctx, web, office, recap);
  const wrong =
    given.remplacer && motif.length < LEAST_REASON
      ? [{ field: 'motif', message: 'Dites pourquoi des codes encore valables sont remplacés.' }]
      : [];
  if (wrong.length > 0) return showRecap(ctx, web, office, { ...recap, errors: wrong });
  const seconds = await countBatch(scope, office.account.id);
  if (seconds > 0)
    return showRecap(ctx, web, office, { ...recap, notice: tooManyTries(seconds), status: 429 });
  const made = await makeBatch(scope, {
    id: lot,
    agentId: office.account.id,
    choice,
    reason: given.remplacer ? motif : '',
    withWelcome: given.bienvenue,
  });
  if (made) return goToOffice(ctx, pathOf({ id: lot }), 'cree');
  return showRecap(ctx, web, office, { ...recap, notice: NOTHING, status: 422 });
}

const NOTHING: Notice = {
  kind: 'warning',
  title: null,
  text: 'Aucun courrier ne peut partir pour ces sites.',
};

type Shown = { readonly typed: ChosenSites; readonly errors: readonly FieldError[] };

async function showForm(
  ctx: Context,
  web: Web,
  office: Office,
  { typed: given, errors }: Shown,
): Promise<void> {
  const { basePath } = scopeFor(ctx).caisse;
  const imported = await importedBy(ctx, given.import);
  const typed = imported === null ? { ...given, import: '' } : given;
  const locals = {
    ...officeLocals(ctx, office, SECTION),
    errors,
    imported,
    action: basePath + PATH,
    backHref: basePath + SECTION,
    typed,
    mostListed: MOST_LISTED,
    mostLetters: MOST_LETTERS,
  };
  web.send(ctx, 'office/letter-new', locals, { status: errors.length > 0 ? 422 : 200 });
}

/** What the import is called, when it has brought something of which sites are known; null otherwise. */
async function importedBy(ctx: Context, id: string): Promise<string | null> {
  const { store, caisse } = scopeFor(ctx);
  const row = await findImport(store, id);
  if (!row || !mayHaveBroughtSites(row)) return null;
  const { kind, createdAt } = row;
  return `${KIND_WORDS[kind].label}, import du ${tellMoment(createdAt, caisse.timeZone)}`;
}

type Recap = {
  readonly typed: ChosenSites;
  readonly choice: SiteChoice;
  readonly lot: string;
  readonly bienvenue: boolean;
  readonly remplacer: boolean;
  readonly motif: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

async function showRecap(ctx: Context, web: Web, office: Office, recap: Recap): Promise<void> {
  const scope = scopeFor(ctx);
  const { typed, choice, lot, bienvenue, remplacer, motif, errors = [], notice = null } = recap;
  const { due, obstacles } = await countChoice(scope.store, choice, termsOf(scope, false));
  const known = due + Object.values(obstacles).reduce((sum, number) => sum + number, 0);
  const unknown = choice.origin === 'list' ? choice.sirets.length - known : 0;
  if (known === 0) return showForm(ctx, web, office, { typed, errors: [nobody(choice)] });
  const { basePath } = scope.caisse;
  const aside = (Object.keys(obstacles) as Obstacle[]).filter((one) => obstacles[one] > 0);
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    action: `${basePath}${PATH}/creer`,
    backHref: basePath + PATH,
    carried: [...Object.entries(typed), ['lot', lot]].map(([name, value]) => ({
      name: name ?? '',
      value: value ?? '',
    })),
    about: `${ORIGINS[choice.origin]}${choice.origin === 'adherent' ? ` (${choice.identifiant})` : ''}`,
    due: Math.min(due, MOST_LETTERS),
    left: Math.max(0, due - MOST_LETTERS),
    aside: [
      ...aside.map((one) => tellOutcome(one, obstacles[one])),
      ...(unknown > 0
        ? [`${count(unknown, 'SIRET', 'SIRET')}\u00a0: inconnu${unknown < 2 ? '' : 's'} de cette caisse`]
        : []),
    ],
    // Of all the sites without a code, nobody replaces one.
    replaceable: choice.origin === 'missing' ? 0 : obstacles.live_code,
    bienvenue,
    remplacer,
    motif,
  };
  web.send(ctx, 'office/letter-recap', locals, { status: recap.status ?? (errors.length > 0 ? 422 : 200) });
}

function nobody(choice: SiteChoice): FieldError {
  if (choice.origin === 'adherent')
    return { field: 'identifiant', message: 'Aucun adhérent de cette caisse n’a cet identifiant.' };
  if (choice.origin === 'import')
    return {
      field: 'import',
      message:
        'Aucun site n’est encore connu de ce que cet import a apporté\u00a0: importez d’abord les sites.',
    };
  if (choice.origin === 'list')
    return { field: 'sirets', message: 'Aucun de ces SIRET n’est connu de cette caisse.' };
  return { field: 'departement', message: 'Aucun site de cette caisse ne répond à ces critères.' };
}
