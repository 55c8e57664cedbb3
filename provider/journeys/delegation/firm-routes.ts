/**
 * « Déléguer à mon cabinet comptable »: the firm that the caisse attached to the company, what it was given, and a gift
 * in three steps like a colleague's (add-routes), without Administrateur and never modified afterwards.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Vector } from '../../domain/rights.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import type { AttachedCabinet } from '../../store/cabinet-attached.ts';
import { enterSite, goTo, type SitePlace } from '../delegation-place.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { type Offer, readRights } from '../rights-form.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Addition, typedAddition } from './add-form.ts';
import {
  type FirmScene,
  firstFirmAddition,
  freeSites,
  type ReadFirmAddition,
  readFirmAddition,
  readFirms,
} from './firm-form.ts';
import { showFirms } from './firm-page.ts';
import { showFirmPerson, showFirmRecap, showFirmRights } from './firm-steps.ts';
import { giveToFirm } from './give-to-firm.ts';
import { commonHolds } from './giving-sites.ts';

const PATH = '/droits-d-acces/:siret/cabinet';
const GIVE = `${PATH}/:cabinet/deleguer`;

export const firmRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const place = await enterSite(ctx, web);
    if (place) await showFirms(ctx, web, place, await readFirms(ctx, place));
  });
  router.get(GIVE, (ctx) => begin(ctx, web));
  router.post(`${GIVE}/destinataire`, (ctx) => comeBack(ctx, web));
  router.post(`${GIVE}/droits`, (ctx) => chooseRights(ctx, web));
  router.post(`${GIVE}/recapitulatif`, (ctx) => recapitulate(ctx, web));
  router.post(GIVE, (ctx) => submit(ctx, web));
  startOver(router, web);
};

/** A step that is opened by its address (a bookmark, a session that ended meanwhile) has nothing to show. */
function startOver(router: Router, web: Web): void {
  for (const step of ['destinataire', 'droits', 'recapitulatif'])
    router.get(`${GIVE}/${step}`, async (ctx) => {
      const place = await enterFirm(ctx, web);
      if (place) goTo(ctx, place, place.steps);
    });
}

export type FirmPlace = SitePlace & {
  readonly scene: FirmScene;
  readonly cabinet: AttachedCabinet;
  /** Path of the first step. */
  readonly steps: string;
};

/** @throws Refusal `not_found` for a firm that the caisse has not attached to the company now. */
async function enterFirm(ctx: Context, web: Web): Promise<FirmPlace | null> {
  const place = await enterSite(ctx, web);
  if (!place) return null;
  const scene = await readFirms(ctx, place);
  const cabinet = scene.attached.find(({ cabinetId }) => cabinetId === ctx.params.cabinet);
  if (!cabinet) throw new Refusal('not_found');
  return { ...place, scene, cabinet, steps: `${place.base}/cabinet/${cabinet.cabinetId}/deleguer` };
}

async function begin(ctx: Context, web: Web): Promise<void> {
  const place = await enterFirm(ctx, web);
  if (!place) return;
  const free = freeSites(place.scene, place.cabinet.cabinetId);
  // Nothing is left to give: the page of the firm says what it has.
  if (free.length === 0) return goTo(ctx, place, `${place.base}/cabinet`);
  showFirmPerson(ctx, web, place, { typed: firstFirmAddition(ctx, place, free), free });
}

const freeAt = ({ scene, cabinet }: FirmPlace) => freeSites(scene, cabinet.cabinetId);

/** From a later step: as it was typed, without a word about it. */
async function comeBack(ctx: Context, web: Web): Promise<void> {
  const place = await enterFirm(ctx, web);
  if (place) showFirmPerson(ctx, web, place, { typed: typedAddition(ctx), free: freeAt(place) });
}

type FirstStep = ReadFirmAddition & { readonly addition: Addition; readonly offer: Offer };

async function chooseRights(ctx: Context, web: Web): Promise<void> {
  const place = await enterFirm(ctx, web);
  if (!place) return;
  if (field(ctx, 'chercher') !== '')
    return showFirmPerson(ctx, web, place, { typed: typedAddition(ctx), free: freeAt(place) });
  const step = await firstStep(ctx, web, place);
  if (step) showFirmRights(ctx, web, place, step);
}

/** The first step as it stands now; else shows it with what is wrong, and returns null. */
async function firstStep(ctx: Context, web: Web, place: FirmPlace): Promise<FirstStep | null> {
  const read = await readFirmAddition(ctx, place, { scene: place.scene, cabinetId: place.cabinet.cabinetId });
  const { addition } = read;
  if (addition) return { ...read, addition, offer: offerOf(ctx, addition) };
  showFirmPerson(ctx, web, place, read);
  return null;
}

/** A firm is never made Administrateur: what it may pass on to its people follows from what it is. */
const offerOf = (ctx: Context, { sites }: Addition): Offer => ({
  holds: commonHolds(sites),
  hidden: scopeFor(ctx).caisse.settings.hiddenFeatures,
  allowAdmin: false,
});

type SecondStep = FirstStep & { readonly rights: Vector };

/** Both steps as they stand now; else shows the one that is not right, and returns null. */
async function secondStep(ctx: Context, web: Web, place: FirmPlace): Promise<SecondStep | null> {
  const step = await firstStep(ctx, web, place);
  if (!step) return null;
  const { choice, given, errors } = readRights(ctx, step.offer);
  if (given) return { ...step, rights: given.vector };
  showFirmRights(ctx, web, place, { ...step, choice, errors });
  return null;
}

async function recapitulate(ctx: Context, web: Web): Promise<void> {
  const place = await enterFirm(ctx, web);
  const step = place && (await secondStep(ctx, web, place));
  if (place && step) showFirmRecap(ctx, web, place, step);
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enterFirm(ctx, web);
  const step = place && (await secondStep(ctx, web, place));
  if (!place || !step) return;
  const scope = scopeFor(ctx);
  const { email, period, sites } = step.addition;
  const { account: giver, cabinet } = place;
  const seconds = await countInvitation(scope, { inviterId: giver.id, email });
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return showFirmRecap(ctx, web, place, { ...step, notice: tooManyTries(seconds), status: 429 });
  }
  const given = await giveToFirm(scope, web.enforcer, {
    giver,
    cabinetId: cabinet.cabinetId,
    email,
    sites: sites.map(({ site }) => site),
    period,
    rights: step.rights,
  });
  if (given.kind === 'given') return goTo(ctx, place, `${place.base}/cabinet`, 'invitation');
  showFirmPerson(ctx, web, place, { ...step, errors: given.standing.map(givenMeanwhile) });
}

const givenMeanwhile = ({ site }: { readonly site: { readonly name: string } }): FieldError => ({
  field: 'sites',
  message: `Le site « ${site.name} » vient d’être délégué à ce cabinet.`,
});
