/** The planned closure of a caisse: when it begins, when it opens again, and what is said of it. */
import type { Context } from 'koa';
import { endedBefore } from '../../domain/closure.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { readClosure, shownAt } from './closure-read.ts';
import { changeStanding, readStanding, type Standing } from './settings-acts.ts';
import { MEANWHILE } from './settings-form.ts';

const SECTION = '/gestion/reglages';
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

type Shown = {
  readonly office: Office;
  readonly standing: Standing;
  readonly typed?: (id: string) => string;
  readonly notice?: Notice | null;
  readonly errors?: readonly FieldError[];
  readonly status?: number;
};

function show(ctx: Context, web: Web, shown: Shown): void {
  const { office, standing, typed = null, notice = null, errors = [], status = 200 } = shown;
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  const { closure } = standing.settings;
  const moment = (
    id: string,
    words: { label: string; hour: string; hint?: string },
    at: number | undefined,
  ) => {
    const { label, hour, hint } = words;
    const kept = at === undefined ? { day: '', time: '' } : shownAt(at, timeZone);
    const common = { kind: 'text' as const, optional: true };
    return [
      { ...common, type: 'date' as const, id, label, hint, value: typed ? typed(id) : kept.day },
      {
        ...common,
        type: 'time' as const,
        id: `${id}_heure`,
        label: hour,
        value: typed ? typed(`${id}_heure`) : kept.time,
      },
    ];
  };
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    trail: [{ label: 'Réglages', href: basePath + SECTION }],
    title: 'Fermeture prévue',
    lead: 'Pendant la fermeture, personne n’entre que les gestionnaires de la caisse\u00a0: les sessions se terminent, les services le savent, chaque page dit quand l’espace rouvre. Un bandeau l’annonce 30 jours avant, et l’espace rouvre de lui-même.',
    links: [],
    groups: [
      {
        title: null,
        fields: [
          ...moment(
            'debut',
            {
              label: 'Jour de la fermeture',
              hour: 'Heure de la fermeture',
              hint: 'Laissez tout vide pour ne rien prévoir. Sans heure, c’est minuit, au début du jour.',
            },
            closure?.from,
          ),
          ...moment(
            'reouverture',
            { label: 'Jour de la réouverture', hour: 'Heure de la réouverture' },
            closure?.to,
          ),
          {
            kind: 'area' as const,
            id: 'annonce',
            label: 'Annonce',
            hint: 'Une ou deux phrases, à la suite des dates. 300 caractères au plus.',
            rows: 3,
            optional: true,
            value: typed ? typed('annonce') : (closure?.words ?? ''),
          },
        ],
      },
    ],
    action: basePath + PATH,
    seen: standing.version,
    button: 'Enregistrer la fermeture',
    hasFile: false,
  };
  web.send(ctx, 'office/form', locals, { status });
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
