/**
 * « Ajouter une délégation », in three steps: to whom and where, which rights, a recap whose button gives. What the
 * other steps hold travels in hidden fields and is read again at each, so that no step believes another.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { enterSite, goTo, type SitePlace } from '../delegation-place.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { type GivenRights, type Offer, readRights } from '../rights-form.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import {
  type Addition,
  firstAddition,
  type ReadAddition,
  readAddition,
  standingFor,
  tellStanding,
  typedAddition,
} from './add-form.ts';
import { showPerson, showRecap, showRights } from './add-steps.ts';
import { give } from './give.ts';
import { administeredBeside, commonHolds } from './giving-sites.ts';

const PATH = '/droits-d-acces/:siret/ajouter';

export const addRoutes: Routes = (router, web) => {
  router.get(PATH, (ctx) => begin(ctx, web));
  router.post(`${PATH}/beneficiaire`, (ctx) => comeBack(ctx, web));
  router.post(`${PATH}/droits`, (ctx) => chooseRights(ctx, web));
  router.post(`${PATH}/recapitulatif`, (ctx) => recapitulate(ctx, web));
  router.post(PATH, (ctx) => submit(ctx, web));
  startOver(router, web);
};

/** A step that is opened by its address (a bookmark, a session that ended meanwhile) has nothing to show. */
function startOver(router: Router, web: Web): void {
  for (const step of ['beneficiaire', 'droits', 'recapitulatif'])
    router.get(`${PATH}/${step}`, async (ctx) => {
      const place = await enterSite(ctx, web);
      if (place) goTo(ctx, place, `${place.base}/ajouter`);
    });
}

async function begin(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const typed = firstAddition(ctx, place);
  showPerson(ctx, web, place, { typed, administered: await administeredHere(ctx, place) });
}

const administeredHere = (ctx: Context, { account, site }: SitePlace) => {
  const { store, now } = scopeFor(ctx);
  return administeredBeside(store, { accountId: account.id, siteId: site.id, now: now() });
};

/** From a later step: as it was typed, without a word about it. */
async function comeBack(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  showPerson(ctx, web, place, {
    typed: typedAddition(ctx),
    administered: await administeredHere(ctx, place),
  });
}

async function chooseRights(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  if (isSearch(ctx)) {
    const administered = await administeredHere(ctx, place);
    return showPerson(ctx, web, place, { typed: typedAddition(ctx), administered });
  }
  const step = await firstStep(ctx, web, place);
  if (step) showRights(ctx, web, place, step);
}

const isSearch = (ctx: Context): boolean => field(ctx, 'chercher') !== '';

type FirstStep = ReadAddition & { readonly addition: Addition; readonly offer: Offer };

/** The first step as it stands now; else shows it with what is wrong, and returns null. */
async function readFirst(ctx: Context, web: Web, place: SitePlace): Promise<FirstStep | null> {
  const read = await readAddition(ctx, place);
  const { addition } = read;
  if (addition) return { ...read, addition, offer: offerOf(ctx, addition) };
  showPerson(ctx, web, place, read);
  return null;
}

/** Likewise before anything is given: a second gift to the same address is better a modification of the first. */
async function firstStep(ctx: Context, web: Web, place: SitePlace): Promise<FirstStep | null> {
  const step = await readFirst(ctx, web, place);
  const standing = step ? await standingFor(ctx, place, step.addition) : [];
  if (!step || standing.length === 0) return step;
  showPerson(ctx, web, place, { ...step, errors: [tellStanding(standing)], standing });
  return null;
}

const offerOf = (ctx: Context, { sites }: Addition): Offer => ({
  holds: commonHolds(sites),
  hidden: scopeFor(ctx).caisse.settings.hiddenFeatures,
  allowAdmin: true,
});

type SecondStep = FirstStep & { readonly rights: GivenRights };

/** With the rights as they stand now; else shows them with what is wrong, and returns null. */
function secondStep(ctx: Context, web: Web, place: SitePlace, step: FirstStep): SecondStep | null {
  const { choice, given, errors } = readRights(ctx, step.offer);
  if (given) return { ...step, rights: given };
  showRights(ctx, web, place, { ...step, choice, errors });
  return null;
}

async function recapitulate(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  const first = place && (await firstStep(ctx, web, place));
  const step = first && secondStep(ctx, web, place, first);
  if (place && step) showRecap(ctx, web, place, step);
}

/** What stands already is found by the act: pressed twice, the button gives once. */
async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  const first = place && (await readFirst(ctx, web, place));
  const step = first && secondStep(ctx, web, place, first);
  if (!place || !step) return;
  const scope = scopeFor(ctx);
  const { email, period } = step.addition;
  const { account: giver } = place;
  const seconds = await countInvitation(scope, { inviterId: giver.id, email });
  if (seconds > 0) return showRecap(ctx, web, place, { ...step, notice: tooManyTries(seconds), status: 429 });
  const sites = step.addition.sites.map(({ site }) => site);
  const given = await give(scope, web.enforcer, { giver, email, sites, period, rights: step.rights });
  if (given.kind === 'given') return goTo(ctx, place, place.base, 'invitation');
  const { standing } = given;
  showPerson(ctx, web, place, { ...step, errors: [tellStanding(standing)], standing });
}
