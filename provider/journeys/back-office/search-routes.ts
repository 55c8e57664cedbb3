/** The first page of the back office: one field finds adhérents, persons and firms; the state is in the address. */
import type { Context } from 'koa';
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { FoundGroup, FoundShown } from '../../http/screens-office-search.ts';
import {
  type Found,
  type FoundAdherent,
  type SearchResult,
  searchCaisse,
} from '../../store/office-search.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { ACCOUNT_STATUS, STAFF_ROLES } from './words.ts';

export const searchRoutes: Routes = (router, web) => {
  router.get('/gestion', async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office);
  });
};

const SECTION = '/gestion';
const GROUPS = ['adherents', 'personnes', 'cabinets'] as const;
type Group = (typeof GROUPS)[number];
const FEW = 5;
const SIZES = [25, 50] as const;
const SHORTEST = 3;

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store } = scopeFor(ctx);
  const typed = queryField(ctx, 'q').trim().slice(0, 200);
  const terms = searchTerms(typed);
  const tooShort = terms.length > 0 && !terms.some((term) => term.length >= SHORTEST);
  if (terms.length === 0 || tooShort) {
    const errors = tooShort
      ? [
          {
            field: 'q',
            message: `Saisissez au moins ${SHORTEST} caractères d’un nom, d’un numéro ou d’une adresse.`,
          },
        ]
      : [];
    return send(ctx, web, office, { typed, errors });
  }
  const only = GROUPS.find((group) => group === queryField(ctx, 'groupe')) ?? null;
  const asked = only === null ? { page: 1, perPage: FEW } : askedPage(ctx, SIZES);
  const offset = (asked.page - 1) * asked.perPage;
  const result = await searchCaisse(store, { terms, limit: asked.perPage, offset });
  send(ctx, web, office, { typed, errors: [], answer: { result, only, ...asked } });
}

type Answer = {
  readonly result: SearchResult;
  readonly only: Group | null;
  readonly page: number;
  readonly perPage: number;
};

type Shown = { readonly typed: string; readonly errors: readonly FieldError[]; readonly answer?: Answer };

function send(ctx: Context, web: Web, office: Office, { typed, errors, answer }: Shown): void {
  const { basePath } = scopeFor(ctx).caisse;
  const action = basePath + SECTION;
  const groups = answer ? groupsOf(answer, { base: basePath, typed }) : [];
  const shown = groups.filter(({ key }) => (answer?.only ?? key) === key);
  const locals = {
    ...officeLocals(ctx, office, SECTION),
    errors,
    action,
    search: typed,
    searched: answer !== undefined,
    groups: answer?.only ? shown : shown.filter(({ rows }) => rows.length > 0),
    more: answer !== undefined && shown.some(({ key }) => foundIn(answer.result, key).more),
    paging: answer?.only ? pagesOf(answer, answer.only, { action, typed }) : null,
    backHref: answer?.only ? addressOf(action, { q: typed }) : null,
  };
  web.send(ctx, 'office/search', locals, { status: errors.length > 0 ? 422 : 200 });
}

const foundIn = (result: SearchResult, key: Group): Found<unknown> =>
  ({ adherents: result.adherents, personnes: result.persons, cabinets: result.cabinets })[key];

function pagesOf(answer: Answer, only: Group, { action, typed }: { action: string; typed: string }) {
  return pagingOf({
    page: answer.page,
    perPage: answer.perPage,
    matching: foundIn(answer.result, only).count,
    sizes: SIZES,
    label: 'Pages des résultats',
    unit: 'résultats par page',
    hrefOf: ({ page, perPage }) =>
      addressOf(action, {
        q: typed,
        groupe: only,
        page: page > 1 ? String(page) : '',
        par_page: perPage === SIZES[0] ? '' : String(perPage),
      }),
  });
}

type Where = { readonly base: string; readonly typed: string };

function groupsOf({ result, only }: Answer, { base, typed }: Where): FoundGroup[] {
  const { adherents, persons, cabinets } = result;
  const group = (key: Group, title: string, rows: readonly FoundShown[]): FoundGroup => {
    const hasMore = only === null && foundIn(result, key).count > rows.length;
    return {
      key,
      title,
      rows,
      allHref: hasMore ? addressOf(base + SECTION, { q: typed, groupe: key }) : null,
    };
  };
  const told = (found: Found<unknown>, one: string, many: string) =>
    `${found.more ? 'Plus de ' : ''}${count(found.count, one, many)}`;
  return [
    group(
      'adherents',
      told(adherents, 'adhérent', 'adhérents'),
      adherents.page.map((one) => ({
        name: one.raisonSociale,
        href: `${base}/gestion/adherents/${one.id}`,
        details: [`Identifiant ${one.identifiant}`, ...sitesOf(one)],
        badge: null,
      })),
    ),
    group(
      'personnes',
      told(persons, 'personne', 'personnes'),
      persons.page.map((one) => ({
        name: `${one.familyName} ${one.givenName}`,
        href: `${base}/gestion/comptes/${one.id}`,
        details: [one.email ?? 'Pas encore d’adresse électronique'],
        badge:
          one.status === 'active'
            ? (STAFF_ROLES[one.staffRole ?? ''] ?? null)
            : (ACCOUNT_STATUS[one.status] ?? null),
      })),
    ),
    group(
      'cabinets',
      told(cabinets, 'cabinet comptable', 'cabinets comptables'),
      cabinets.page.map(({ id, name }) => ({
        name,
        href: `${base}/gestion/cabinets/${id}`,
        details: [],
        badge: null,
      })),
    ),
  ];
}

function sitesOf({ matching, siret, siteName, hasSites }: FoundAdherent): string[] {
  if (siret === null) return hasSites ? [] : ['Aucun site'];
  if (matching === 1) return [`${siteName} – SIRET\u00a0${groupSiret(siret)}`];
  return [count(matching, 'site correspondant', 'sites correspondants')];
}
