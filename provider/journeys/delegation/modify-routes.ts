/** « Modifier la délégation »: a form, then what changes and what it takes from whom, then the button. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { goTo } from '../delegation-place.ts';
import { tellTaken } from '../taken.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { modifyDelegations, saysAlready, type Target } from './modify.ts';
import {
  enterModification,
  isStale,
  type ModifyPlace,
  type ReadModification,
  readModification,
  typedOf,
} from './modify-form.ts';
import { showForm, showRecap, tellsNobody } from './modify-steps.ts';

const PATH = '/droits-d-acces/:siret/delegations/:id/modifier';

export const modifyRoutes: Routes = (router, web) => {
  router.get(PATH, (ctx) => begin(ctx, web));
  router.post(`${PATH}/saisie`, (ctx) => comeBack(ctx, web));
  router.post(`${PATH}/recapitulatif`, (ctx) => recapitulate(ctx, web));
  router.post(PATH, (ctx) => submit(ctx, web));
  startOver(router, web);
};

/** A step that is opened by its address has nothing to show. */
function startOver(router: Router, web: Web): void {
  for (const step of ['saisie', 'recapitulatif'])
    router.get(`${PATH}/${step}`, async (ctx) => {
      const place = await enterModification(ctx, web);
      if (place) goTo(ctx, place, `${place.page}/modifier`);
    });
}

async function begin(ctx: Context, web: Web): Promise<void> {
  const place = await enterModification(ctx, web);
  if (place) showForm(ctx, web, place, { typed: typedOf(ctx, place) });
}

/** From the recap: as it was typed, without a word about it. */
async function comeBack(ctx: Context, web: Web): Promise<void> {
  const place = await enterModification(ctx, web);
  if (place) showForm(ctx, web, place, { typed: readModification(ctx, place).typed });
}

type Read = ReadModification & { readonly targets: readonly [Target, ...Target[]] };

/** What is to be written, as far as the form goes; else shows it with what is wrong, and returns null. */
function readOrShow(ctx: Context, web: Web, place: ModifyPlace): Read | null {
  const read = readModification(ctx, place);
  const [first, ...others] = read.targets ?? [];
  if (first) return { ...read, targets: [first, ...others] };
  showForm(ctx, web, place, read);
  return null;
}

const changesNothing = ({ targets }: Read): boolean =>
  targets.every(({ seen, after }) => saysAlready(seen, after));

const UNCHANGED: Notice = {
  kind: 'info',
  title: 'Rien n’a changé',
  text: 'Cette délégation dit déjà ce que vous demandez. Modifiez ses dates ou ses droits, ou laissez-la en l’état.',
};

async function recapitulate(ctx: Context, web: Web): Promise<void> {
  const place = await enterModification(ctx, web);
  const read = place && readOrShow(ctx, web, place);
  if (!place || !read) return;
  if (isStale(place, read.targets)) throw new Refusal('changed_meanwhile');
  if (changesNothing(read)) return showForm(ctx, web, place, { ...read, notice: UNCHANGED });
  await showRecap(ctx, web, place, read);
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enterModification(ctx, web);
  const read = place && readOrShow(ctx, web, place);
  if (!place || !read) return;
  const modifying = { enforcer: web.enforcer, actorId: place.account.id, targets: read.targets };
  const taken = await modifyDelegations(scopeFor(ctx), modifying);
  await tellTaken(ctx, web, taken);
  goTo(ctx, place, place.base, tellsNobody(read.targets) ? 'modification_sans_message' : 'modification');
}
