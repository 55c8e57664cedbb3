/** The planned closure of a caisse: when it begins, when it opens again, and what is said of it. */
import type { Context } from 'koa';
import { endedBefore } from '../../domain/closure.ts';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { FormField } from '../../http/screens-office-form.ts';
import type { Settings } from '../../tenant/settings.ts';
import { enterOffice, goToOffice } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { readClosure, shownAt } from './closure-read.ts';
import { changeStanding, readStanding } from './settings-acts.ts';
import { MEANWHILE } from './settings-form.ts';
import { SECTION, type Shown, showSettings } from './settings-page.ts';

const PATH = `${SECTION}/fermeture`;
const FRESH = 900;

const SAVED: Notice = { kind: 'success', title: null, text: 'La fermeture est enregistrée.' };

export const closureRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const office = await enter(ctx, web);
    if (!office) return;
    const notice = queryField(ctx, 'fait') === 'enregistree' ? SAVED : null;
    show(ctx, web, { office, standing: await readStanding(scopeFor(ctx)), notice });
  });
  router.post(PATH, (ctx) => save(ctx, web));
};

const enter = (ctx: Context, web: Web) => enterOffice(ctx, web, { superviseur: true, maxAge: FRESH });

type Typed = (id: string) => string;

function show(ctx: Context, web: Web, { typed, ...shown }: Shown & { readonly typed?: Typed }): void {
  const { timeZone } = scopeFor(ctx).caisse;
  const fields = closureFields(shown.standing.settings.closure, { typed: typed ?? null, timeZone });
  showSettings(ctx, web, shown, {
    path: PATH,
    title: 'Fermeture prévue',
    lead: 'Pendant la fermeture, personne n’entre que les gestionnaires de la caisse\u00a0: les sessions se terminent, les services le savent, chaque page dit quand l’espace rouvre. Un bandeau l’annonce 30 jours avant, et l’espace rouvre de lui-même.',
    links: [],
    groups: [{ title: null, fields }],
    button: 'Enregistrer la fermeture',
  });
}

type Drawn = { readonly typed: Typed | null; readonly timeZone: string };

function closureFields(closure: Settings['closure'], { typed, timeZone }: Drawn): FormField[] {
  const moment = (
    id: string,
    at: number | undefined,
    words: { label: string; hour: string; hint?: string },
  ) => {
    const { day, time } = at === undefined ? { day: '', time: '' } : shownAt(at, timeZone);
    const hourId = `${id}_heure`;
    const common = { kind: 'text', optional: true } as const;
    const { label, hint } = words;
    return [
      { ...common, type: 'date', id, label, hint, value: typed ? typed(id) : day },
      { ...common, type: 'time', id: hourId, label: words.hour, value: typed ? typed(hourId) : time },
    ] as const;
  };
  return [
    ...moment('debut', closure?.from, {
      label: 'Jour de la fermeture',
      hour: 'Heure de la fermeture',
      hint: 'Laissez tout vide pour ne rien prévoir. Sans heure, c’est minuit, au début du jour.',
    }),
    ...moment('reouverture', closure?.to, {
      label: 'Jour de la réouverture',
      hour: 'Heure de la réouverture',
    }),
    {
      kind: 'area',
      id: 'annonce',
      label: 'Annonce',
      hint: 'Une ou deux phrases, à la suite des dates. 300 caractères au plus.',
      rows: 3,
      optional: true,
      value: typed ? typed('annonce') : (closure?.words ?? ''),
    },
  ];
}

async function save(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web);
  if (!office) return;
  const scope = scopeFor(ctx);
  const { timeZone } = scope.caisse;
  const standing = await readStanding(scope);
  const typed = (id: string) => field(ctx, id).trim();
  const read = readClosure(typed, { former: standing.settings.closure, now: scope.now(), timeZone });
  if (read.errors.length > 0)
    return show(ctx, web, { office, standing, typed, errors: read.errors, status: 422 });
  // What the former one has ended does not come back to life because it is taken away.
  const accessEndedAt = endedBefore(standing.settings, scope.now());
  const settings = { closure: read.closure, accessEndedAt };
  const seen = field(ctx, 'vu');
  if (await changeStanding(scope, { settings }, { actorId: office.account.id, seen })) {
    return goToOffice(ctx, PATH, 'enregistree');
  }
  show(ctx, web, { office, standing: await readStanding(scope), notice: MEANWHILE, status: 409 });
}
