/** What the caisse decides for itself, kept by its supervisors; its look and its logo have pages of their own. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import { enterOffice, goToOffice } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { closureRoutes } from './closure-routes.ts';
import { lookRoutes } from './look-routes.ts';
import { pageLinks, pageRoutes } from './page-routes.ts';
import { changeStanding, readStanding } from './settings-acts.ts';
import { MEANWHILE, settingsFields } from './settings-form.ts';
import { SECTION, type Shown, showSettings } from './settings-page.ts';
import { readSettings } from './settings-read.ts';

/** Seconds: opened just after a sign-in, with time to be filled in. */
const TO_OPEN = 900;
const TO_SEND = 1_800;

const SAVED: Notice = { kind: 'success', title: null, text: 'Les réglages sont enregistrés.' };

export const settingsRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web, { superviseur: true, maxAge: TO_OPEN });
    if (!office) return;
    const notice = queryField(ctx, 'fait') === 'enregistre' ? SAVED : null;
    show(ctx, web, { office, standing: await readStanding(scopeFor(ctx)), notice });
  });
  router.post(SECTION, (ctx) => save(ctx, web));
  lookRoutes(router, web);
  pageRoutes(router, web);
  closureRoutes(router, web);
};

type Typed = { readonly typed?: (id: string) => string };

function show(ctx: Context, web: Web, { typed, ...shown }: Shown & Typed): void {
  const { basePath } = scopeFor(ctx).caisse;
  showSettings(ctx, web, shown, {
    path: SECTION,
    title: 'Réglages',
    lead: 'Ce que la caisse décide pour elle-même. Tout vaut aussitôt, partout.',
    links: [
      { label: 'Couleurs', href: `${basePath}${SECTION}/couleurs` },
      { label: 'Logo', href: `${basePath}${SECTION}/logo` },
      { label: 'Fermeture prévue', href: `${basePath}${SECTION}/fermeture` },
      ...pageLinks(basePath),
    ],
    groups: settingsFields(shown.standing, typed ?? null),
    button: 'Enregistrer les réglages',
  });
}

async function save(ctx: Context, web: Web): Promise<void> {
  const office = await enterOffice(ctx, web, { superviseur: true, maxAge: TO_SEND });
  if (!office) return;
  const scope = scopeFor(ctx);
  const standing = await readStanding(scope);
  const typed = (id: string) => field(ctx, id);
  const { change, errors } = readSettings(standing, typed);
  if (errors.length > 0) return show(ctx, web, { office, standing, typed, errors, status: 422 });
  if (await changeStanding(scope, change, { actorId: office.account.id, seen: field(ctx, 'vu') })) {
    return goToOffice(ctx, SECTION, 'enregistre');
  }
  show(ctx, web, { office, standing: await readStanding(scope), notice: MEANWHILE, status: 409 });
}
