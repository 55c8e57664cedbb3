/**
 * The first step of a gift to the company's firm: to which address, from when until when, on which sites. Reads and
 * refuses; gives nothing. A site whose rights the firm has already is not offered again.
 */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import type { FieldError } from '../../http/screens.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import {
  type AttachedCabinet,
  type FirmDelegation,
  listAttachedCabinets,
  listFirmDelegations,
} from '../../store/cabinet-attached.ts';
import type { SitePlace } from '../delegation-place.ts';
import { readPeriod } from '../period-form.ts';
import { scopeFor } from '../web.ts';
import {
  type Addition,
  chosenOf,
  firstAddition,
  isAbove,
  lostOf,
  type TypedAddition,
  typedAddition,
} from './add-form.ts';
import { standingOn } from './give-to-firm.ts';
import { administeredBeside, type GivingSite, givingsOn } from './giving-sites.ts';

/** The firms of the company of a site, what they were given, and where the person administers. */
export type FirmScene = {
  readonly attached: readonly AttachedCabinet[];
  readonly given: readonly FirmDelegation[];
  readonly administered: readonly AdministeredSite[];
};

export async function readFirms(ctx: Context, { account, site }: SitePlace): Promise<FirmScene> {
  const { store, now } = scopeFor(ctx);
  const at = now();
  const administered = await administeredBeside(store, { accountId: account.id, siteId: site.id, now: at });
  const adherentId = administered[0]?.adherentId;
  if (!adherentId) return { attached: [], given: [], administered };
  const [attached, given] = await Promise.all([
    listAttachedCabinets(store, { adherentId, now: at }),
    listFirmDelegations(store, { adherentId, now: at }),
  ]);
  return { attached, given, administered };
}

/** Where that firm may be given something. */
export const freeSites = ({ administered, given }: FirmScene, cabinetId: string): AdministeredSite[] =>
  administered.filter((site) => standingOn([site], cabinetId, given).length === 0);

export type ReadFirmAddition = {
  readonly typed: TypedAddition;
  readonly free: readonly AdministeredSite[];
  readonly addition: Addition | null;
  readonly errors: readonly FieldError[];
};

/** This site ticked, unless the firm has it already. */
export function firstFirmAddition(
  ctx: Context,
  place: SitePlace,
  free: readonly AdministeredSite[],
): TypedAddition {
  const first = firstAddition(ctx, place);
  return { ...first, sirets: first.sirets.filter((siret) => free.some((site) => site.siret === siret)) };
}

export async function readFirmAddition(
  ctx: Context,
  place: SitePlace,
  { scene, cabinetId }: { readonly scene: FirmScene; readonly cabinetId: string },
): Promise<ReadFirmAddition> {
  const { caisse, store, now } = scopeFor(ctx);
  const at = now();
  const dates = readPeriod(ctx, { now: at, timeZone: caisse.timeZone });
  const free = freeSites(scene, cabinetId);
  // One site leaves no choice, and its form asks none.
  const alone = scene.administered.length === 1 ? { all: true } : {};
  const typed = { ...typedAddition(ctx), period: dates.typed, ...alone };
  const taken = takenOf(typed, scene, cabinetId);
  const chosen = chosenOf(typed, free);
  const giving =
    taken.length > 0 ? [] : await givingsOn(store, chosen.sites, { accountId: place.account.id, now: at });
  const email = parseEmail(typed.email);
  const errors = [
    ...(email === null ? [NO_EMAIL] : await errorsOfEmail(ctx, place, { email, giving })),
    ...dates.errors,
    ...(taken.length > 0 ? taken : chosen.errors),
    ...lostOf(giving),
  ];
  const [first, ...others] = giving;
  const addition =
    email !== null && dates.period && first && errors.length === 0
      ? { email, period: dates.period, sites: [first, ...others] as const }
      : null;
  return { typed, free, addition, errors };
}

const NO_EMAIL: FieldError = {
  field: 'email',
  message:
    'Saisissez l’adresse électronique complète que votre cabinet vous a donnée, par exemple contact@cabinet.fr.',
};

/** Chosen in a page that was shown before, or by hand. */
function takenOf(
  { sirets, all }: TypedAddition,
  { given, administered }: FirmScene,
  cabinetId: string,
): FieldError[] {
  const asked = administered.filter(({ siret }) => sirets.includes(siret));
  const taken = all ? [] : standingOn(asked, cabinetId, given);
  const nothing = administered.every((site) => standingOn([site], cabinetId, given).length > 0);
  if (nothing) return [{ field: 'sites', message: 'Ce cabinet a déjà une délégation sur tous vos sites.' }];
  return [...new Set(taken.map(({ site }) => site.name))].map((name) => ({
    field: 'sites',
    message: `Le site « ${name} » est déjà délégué à ce cabinet\u00a0: une délégation à un cabinet se supprime et se donne de nouveau.`,
  }));
}

async function errorsOfEmail(
  ctx: Context,
  { account }: SitePlace,
  { email, giving }: { readonly email: string; readonly giving: readonly GivingSite[] },
): Promise<FieldError[]> {
  const at = (message: string) => [{ field: 'email', message }];
  if (emailKey(email) === emailKey(account.email))
    return at('Cette adresse est la vôtre. Saisissez celle que votre cabinet vous a donnée.');
  if (await isAbove(scopeFor(ctx).store, giving, emailKey(email)))
    return at(
      'Vous tenez vos droits de cette personne. Saisissez l’adresse que votre cabinet vous a donnée.',
    );
  return [];
}
