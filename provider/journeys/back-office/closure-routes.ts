/** The planned closure of a caisse: its first day, the day on which it opens again, and what is said of it. */
import type { Context } from 'koa';
import { dayOf, startOf } from '../../domain/calendar.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { dayTyped } from '../period-form.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { changeStanding, readStanding, type Standing } from './settings-acts.ts';

const SECTION = '/gestion/reglages';
const PATH = `${SECTION}/fermeture`;
const FRESH = 900;
const LONGEST = 300;

const SAVED: Notice = { kind: 'success', title: null, text: 'La fermeture est enregistrée.' };

const MEANWHILE: Notice = {
  kind: 'warning',
  title: 'Modifié entre-temps',
  text: 'Quelqu’un d’autre vient de modifier les réglages. Rien n’a été changé par vous\u00a0: voici où ils en sont.',
};

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
  const day = (id: string, label: string, at: number | undefined, hint?: string) => ({
    kind: 'text' as const,
    type: 'date' as const,
    id,
    label,
    hint,
    optional: true,
    value: typed ? typed(id) : at === undefined ? '' : dayOf(at, timeZone),
  });
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    trail: [{ label: 'Réglages', href: basePath + SECTION }],
    title: 'Fermeture prévue',
    lead: 'Pendant la fermeture, personne n’entre que les gestionnaires de la caisse\u00a0: les sessions se terminent, les services attendent. Un bandeau l’annonce 30 jours avant, et l’espace rouvre de lui-même.',
    links: [],
    groups: [
      {
        title: null,
        fields: [
          day(
            'debut',
            'Premier jour fermé',
            closure?.from,
            'Laissez les deux dates vides pour ne rien prévoir.',
          ),
          day('reouverture', 'Jour de la réouverture', closure?.to),
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
  const [first, again] = [dayTyped(typed('debut')), dayTyped(typed('reouverture'))];
  const isNone = typed('debut') === '' && typed('reouverture') === '';
  const words = typed('annonce').replace(/\s+/g, ' ');
  const errors: FieldError[] = [
    ...(!isNone && first === null ? [{ field: 'debut', message: 'Donnez une date, comme 17/12/2026.' }] : []),
    ...(!isNone && again === null
      ? [{ field: 'reouverture', message: 'Donnez une date, comme 07/01/2027.' }]
      : []),
    ...(first !== null && again !== null && again <= first
      ? [{ field: 'reouverture', message: 'La réouverture vient après le premier jour fermé.' }]
      : []),
    ...(again !== null && startOf(again, timeZone) <= scope.now()
      ? [{ field: 'reouverture', message: 'Ce jour est déjà venu.' }]
      : []),
    ...(words.length > LONGEST ? [{ field: 'annonce', message: 'Tenez en 300 caractères.' }] : []),
  ];
  if (errors.length > 0) return show(ctx, web, { office, standing, typed, errors, status: 422 });
  const closure =
    first === null || again === null
      ? null
      : { from: startOf(first, timeZone), to: startOf(again, timeZone), words };
  const seen = field(ctx, 'vu');
  if (await changeStanding(scope, { settings: { closure } }, { actorId: office.account.id, seen })) {
    return goToOffice(ctx, PATH, 'enregistree');
  }
  show(ctx, web, { office, standing: await readStanding(scope), notice: MEANWHILE, status: 409 });
}
