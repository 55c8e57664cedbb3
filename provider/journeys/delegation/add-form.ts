/** The first step of a gift to a colleague: to whom, from when until when, on which sites. Reads and refuses; gives nothing. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { fold, searchTerms } from '../../domain/search.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { AdministeredSite } from '../../store/administered-sites.ts';
import { readChains } from '../../store/chains.ts';
import { findStanding, type Standing } from '../../store/gifts.ts';
import type { Handle } from '../../store/handle.ts';
import type { SitePlace } from '../delegation-place.ts';
import { firstPeriod, type Period, readPeriod, type TypedPeriod } from '../period-form.ts';
import { scopeFor } from '../web.ts';
import { administeredBeside, type GivingSite, givingsOn, MOST_SITES } from './giving-sites.ts';

/** As typed. */
export type TypedAddition = {
  readonly email: string;
  readonly period: TypedPeriod;
  readonly all: boolean;
  readonly sirets: readonly string[];
  /** Of the sites, to choose from many. */
  readonly search: string;
};

export type Addition = {
  readonly email: string;
  readonly period: Period;
  readonly sites: readonly [GivingSite, ...GivingSite[]];
};

export type ReadAddition = {
  readonly typed: TypedAddition;
  /** All the sites of this adhérent that he administers. */
  readonly administered: readonly AdministeredSite[];
  readonly addition: Addition | null;
  readonly errors: readonly FieldError[];
};

const MOST_EMAIL = 320;
const SITE_FIELD = /^site_(\d{14})$/;

export const siteField = (siret: string): string => `site_${siret}`;

export function firstAddition(ctx: Context, { site }: SitePlace): TypedAddition {
  const { caisse, now } = scopeFor(ctx);
  const period = firstPeriod({ now: now(), timeZone: caisse.timeZone });
  return { email: '', period, all: false, sirets: [site.siret], search: '' };
}

export function typedAddition(ctx: Context): TypedAddition {
  const names = Object.keys((ctx.request as { body?: object }).body ?? {});
  const sirets = names.flatMap((name) => SITE_FIELD.exec(name)?.[1] ?? []);
  return {
    email: field(ctx, 'email').trim().slice(0, MOST_EMAIL),
    period: { from: field(ctx, 'date_effet').trim(), to: field(ctx, 'date_fin').trim() },
    all: field(ctx, 'tous_les_sites') === 'oui',
    sirets: sirets.filter((siret) => field(ctx, siteField(siret)) === 'oui'),
    search: field(ctx, 'recherche').trim().slice(0, 200),
  };
}

export async function readAddition(ctx: Context, place: SitePlace): Promise<ReadAddition> {
  const { caisse, store, now } = scopeFor(ctx);
  const at = now();
  const dates = readPeriod(ctx, { now: at, timeZone: caisse.timeZone });
  const administered = await administeredHere(ctx, place);
  // One site leaves no choice, and its form asks none.
  const alone = administered.length === 1 ? { all: true } : {};
  const typed = { ...typedAddition(ctx), period: dates.typed, ...alone };
  const chosen = chosenOf(typed, administered);
  const giving = await givingsOn(store, chosen.sites, { accountId: place.account.id, now: at });
  const errors = [...dates.errors, ...chosen.errors, ...lostOf(giving)];
  const email = parseEmail(typed.email);
  const all = [...(email === null ? [NO_EMAIL] : await errorsOf(store, place, { email, giving })), ...errors];
  const [first, ...others] = giving;
  const addition =
    email !== null && dates.period && first && all.length === 0
      ? { email, period: dates.period, sites: [first, ...others] as const }
      : null;
  return { typed, administered, addition, errors: all };
}

const administeredHere = (ctx: Context, { account, site }: SitePlace) => {
  const { store, now } = scopeFor(ctx);
  return administeredBeside(store, { accountId: account.id, siteId: site.id, now: now() });
};

const NO_EMAIL: FieldError = {
  field: 'email',
  message: 'Saisissez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.',
};

type Chosen = { readonly sites: readonly AdministeredSite[]; readonly errors: readonly FieldError[] };

export function chosenOf({ all, sirets }: TypedAddition, administered: readonly AdministeredSite[]): Chosen {
  const at = (message: string) => [{ field: 'sites', message }];
  const sites = all ? administered : administered.filter(({ siret }) => sirets.includes(siret));
  const strange = all ? [] : sirets.filter((siret) => !sites.some((site) => site.siret === siret));
  if (strange.length > 0)
    return {
      sites: [],
      errors: at(
        `Vous n’administrez pas, ou plus, le site de SIRET ${strange[0]}. Choisissez parmi ceux d’ici.`,
      ),
    };
  if (sites.length === 0) return { sites, errors: at('Choisissez au moins un site.') };
  if (sites.length > MOST_SITES)
    return { sites: [], errors: at(`Choisissez au plus ${MOST_SITES}\u00a0sites à la fois.`) };
  return { sites, errors: [] };
}

export const lostOf = (giving: readonly GivingSite[]): FieldError[] =>
  giving
    .filter(({ givings }) => givings.length === 0)
    .map(({ site }) => ({ field: 'sites', message: `Vous n’administrez plus le site « ${site.name} ».` }));

type Asked = { readonly email: string; readonly giving: readonly GivingSite[] };

/** Whom the giver knows already by that address. Whether anybody else has an account with it is told to nobody. */
async function errorsOf(
  store: Handle,
  { account }: SitePlace,
  { email, giving }: Asked,
): Promise<FieldError[]> {
  const at = (message: string) => [{ field: 'email', message }];
  const key = emailKey(email);
  if (key === emailKey(account.email))
    return at(
      'Cette adresse est la vôtre\u00a0: vous avez déjà ces droits. Saisissez celle d’un collaborateur.',
    );
  if (await isAbove(store, giving, key))
    return at(
      'Vous tenez vos droits de cette personne, directement ou non\u00a0: elle a déjà au moins les vôtres.',
    );
  return [];
}

/** What he has given there to that address already. */
export function standingFor(
  ctx: Context,
  { account }: SitePlace,
  { email, sites }: Addition,
): Promise<Standing[]> {
  const { store, now } = scopeFor(ctx);
  return findStanding(store, {
    giverId: account.id,
    emailKey: emailKey(email),
    adherentId: sites[0].site.adherentId,
    siteIds: sites.map(({ site }) => site.id),
    now: now(),
  });
}

export function tellStanding(standing: readonly Standing[]): FieldError {
  const [only] = standing;
  const where =
    standing.length === 1 ? `sur le site « ${only?.site.name} »` : `sur ${standing.length}\u00a0de ces sites`;
  const message = `Vous avez déjà une délégation en cours pour cette adresse ${where}\u00a0: modifiez-la plutôt.`;
  return { field: 'email', message };
}

/** Whoever stands above the giver, by any of his chains on those sites, has at least what he could give. */
export async function isAbove(store: Handle, giving: readonly GivingSite[], key: string): Promise<boolean> {
  const leaves = giving.flatMap(({ givings }) => givings.map(({ chain }) => chain.at(-1)?.id ?? ''));
  const chains = await readChains(store, leaves);
  return [...chains.values()].some((chain) =>
    chain.some(({ granteeEmail }) => granteeEmail !== null && emailKey(granteeEmail) === key),
  );
}

/** At most so many are drawn at once; the others are found by a search. */
const MOST_SHOWN = 25;

export type OfferedSites = {
  readonly sites: readonly AdministeredSite[];
  /** How many more there are than are drawn. */
  readonly more: number;
  readonly searchable: boolean;
};

/** Few are all drawn. Of many, those that were chosen, then those that match the search. */
export function offeredSites(typed: TypedAddition, administered: readonly AdministeredSite[]): OfferedSites {
  if (administered.length <= MOST_SHOWN) return { sites: administered, more: 0, searchable: false };
  const terms = searchTerms(typed.search);
  const isChosen = ({ siret }: AdministeredSite) => typed.sirets.includes(siret);
  const matches = ({ name, siret }: AdministeredSite) => {
    const text = fold(`${name} ${siret}`);
    return terms.every((term) => text.includes(term));
  };
  const others = administered.filter((site) => !isChosen(site) && matches(site));
  return {
    sites: [...administered.filter(isChosen), ...others.slice(0, MOST_SHOWN)],
    more: Math.max(0, others.length - MOST_SHOWN),
    searchable: true,
  };
}
