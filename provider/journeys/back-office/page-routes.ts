/** The texts of the caisse's own pages, written by its supervisors: words, titles and lists, never HTML. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { FormField } from '../../http/screens-office-form.ts';
import { Refusal } from '../../refusal.ts';
import {
  CAISSE_PAGES,
  type CaissePage,
  DEFAULT_TEXTS,
  isCaissePage,
  LONGEST_PAGE,
  PAGE_TITLES,
} from '../../tenant/caisse-pages.ts';
import { HELP_PAGES } from '../../tenant/help-pages.ts';
import { enterOffice, goToOffice } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { changeStanding, readStanding } from './settings-acts.ts';
import { SECTION, type Shown, showSettings } from './settings-page.ts';

const PAGES = `${SECTION}/pages`;
/** Seconds: a text takes its time. */
const FRESH = 3_600;

const MEANWHILE: Notice = {
  kind: 'warning',
  title: 'Modifié entre-temps',
  text: 'Quelqu’un d’autre vient de modifier les réglages. Rien n’a été changé par vous\u00a0: votre texte est encore ci-dessous.',
};

const SAVED: Notice = { kind: 'success', title: null, text: 'La page est enregistrée.' };

export const pageRoutes: Routes = (router, web) => {
  router.get(`${PAGES}/:page`, async (ctx) => {
    const page = pageOf(ctx);
    const office = await enter(ctx, web);
    if (!office) return;
    const notice = queryField(ctx, 'fait') === 'enregistree' ? SAVED : null;
    show(ctx, web, { office, page, standing: await readStanding(scopeFor(ctx)), notice });
  });
  router.post(`${PAGES}/:page`, (ctx) => save(ctx, web));
};

/** Links to the form of each page. */
export const pageLinks = (basePath: string) =>
  CAISSE_PAGES.map((page) => ({ label: PAGE_TITLES[page], href: `${basePath}${PAGES}/${page}` }));

const isHelp = (page: CaissePage): boolean => HELP_PAGES.some((help) => help === page);

const enter = (ctx: Context, web: Web) => enterOffice(ctx, web, { superviseur: true, maxAge: FRESH });

function pageOf(ctx: Context): CaissePage {
  const name = String(ctx.params.page);
  if (!isCaissePage(name)) throw new Refusal('not_found');
  return name;
}

type Page = { readonly page: CaissePage; readonly typed?: string };

function show(ctx: Context, web: Web, { page, typed, ...shown }: Shown & Page): void {
  const { basePath } = scopeFor(ctx).caisse;
  const instead = isHelp(page)
    ? 'Vide, l’aide générale est montrée à la place.'
    : 'Vide, la page reprend le texte d’origine.';
  const text: FormField = {
    kind: 'area',
    id: 'texte',
    label: 'Texte',
    hint: `Une ligne vide sépare deux paragraphes. Un titre commence par «\u00a0# », un élément de liste par «\u00a0- ». ${instead}`,
    rows: 20,
    optional: true,
    value: typed ?? shown.standing.settings.pages[page] ?? DEFAULT_TEXTS[page],
  };
  showSettings(ctx, web, shown, {
    path: `${PAGES}/${page}`,
    title: PAGE_TITLES[page],
    lead: null,
    links: [{ label: 'Voir la page', href: `${basePath}/${page}` }],
    groups: [{ title: null, fields: [text] }],
    button: 'Enregistrer la page',
  });
}

async function save(ctx: Context, web: Web): Promise<void> {
  const page = pageOf(ctx);
  const office = await enter(ctx, web);
  if (!office) return;
  const scope = scopeFor(ctx);
  const standing = await readStanding(scope);
  const typed = field(ctx, 'texte').replaceAll('\r\n', '\n').trim();
  if (typed.length > LONGEST_PAGE) {
    const errors = [{ field: 'texte', message: 'Tenez en 20\u00a0000 caractères.' }];
    return show(ctx, web, { office, page, standing, typed, errors, status: 422 });
  }
  const { [page]: _, ...others } = standing.settings.pages;
  const isOriginal = typed === DEFAULT_TEXTS[page] || (typed === '' && !isHelp(page));
  const pages = isOriginal ? others : { ...others, [page]: typed };
  const seen = field(ctx, 'vu');
  if (await changeStanding(scope, { settings: { pages } }, { actorId: office.account.id, seen })) {
    return goToOffice(ctx, `${PAGES}/${page}`, 'enregistree');
  }
  show(ctx, web, {
    office,
    page,
    standing: await readStanding(scope),
    typed,
    notice: MEANWHILE,
    status: 409,
  });
}
