/**
 * The matrix of rights, for whoever gives: Administrateur, collèges, and a level a feature. Owns its fields, what it
 * offers (never more than the giver holds) and its errors; views/partials/matrix draws it. Whether a gift may be made
 * is decided by the act (giving.ts): this is for the person's sake.
 *
 *   const offer = { holds, hidden: caisse.settings.hiddenFeatures, allowAdmin: false };
 *   GET   drawMatrix(firstChoice(offer), offer, labels)            → `matrix` of the screen's locals
 *   POST  const { choice, applied, given, errors } = readRights(ctx, offer);
 *         applied or errors: draw `choice` again (200 or 422); else `given` is { admin, vector }
 *   later steps carry `choiceFields(choice)` as hidden inputs, and read them again with readRights
 *
 * Fields: `administrateur`, `college_<slug>` (oui), `droit_<feature>` (a level), `tout` and `tout_<group>` (a level for
 * all those rows, put there by the button `appliquer` of that name: without JavaScript it brings the form back).
 */
import type { Context } from 'koa';
import {
  FEATURES,
  type Feature,
  type FeatureSlug,
  GROUPS,
  type GroupSlug,
} from '../../policies/catalogue.ts';
import {
  COLLEGES,
  type College,
  EVERYTHING,
  FEATURE_CAPACITY,
  LEVELS,
  type Level,
  meet,
  type Vector,
  vectorOf,
} from '../domain/rights.ts';
import { field } from '../http/forms.ts';
import type { FieldError } from '../http/screens.ts';
import type { MatrixLocals } from '../http/screens-delegation.ts';
import { COLLEGE_LABELS, collegesOf, LEVEL_LABELS, levelIn } from './rights-shown.ts';

export type Offer = {
  /** What the giver may give; over several sites, the meet of what he may give on each. */
  readonly holds: Vector;
  /** Slugs of the features that the caisse hides. */
  readonly hidden: readonly string[];
  /** Users only: a firm and its staff are never made Administrateur. */
  readonly allowAdmin: boolean;
  /** Of a delegation that is modified: what it says of features that the form does not show stays, never wider. */
  readonly kept?: Vector;
};

/** A header's choice: for every row, or for those of a group. */
type Header = 'tout' | `tout_${GroupSlug}`;

/** What is ticked, whether it makes sense or not. */
export type Choice = {
  readonly admin: boolean;
  readonly colleges: readonly College[];
  readonly levels: Readonly<Partial<Record<FeatureSlug, Level>>>;
  /** Chosen in a header, and not applied yet. */
  readonly headers: Readonly<Partial<Record<Header, Level>>>;
};

export type GivenRights = { readonly admin: boolean; readonly vector: Vector };

export type ReadRights = {
  readonly choice: Choice;
  /** A header's button was pressed: the form comes back, filled in. */
  readonly applied: boolean;
  /** null when something is wrong, or when a header was applied. */
  readonly given: GivenRights | null;
  readonly errors: readonly FieldError[];
};

/** As the guides have it: every collège that can be given, no right. */
export const firstChoice = ({ holds }: Offer): Choice => ({
  admin: false,
  colleges: collegesOf(holds),
  levels: {},
  headers: {},
});

/** Of a delegation that exists, within what can be given today. */
export function choiceOf({ admin, vector }: GivenRights, offer: Offer): Choice {
  const within = meet(vector, offer.holds);
  const levels = offeredFeatures(offer).map(({ slug, index }) => [slug, levelIn(within, index)] as const);
  return {
    admin: admin && offer.allowAdmin,
    colleges: collegesOf(within),
    levels: Object.fromEntries(levels),
    headers: {},
  };
}

export function readRights(ctx: Context, offer: Offer): ReadRights {
  const typed = typedChoice(ctx, offer);
  const button = field(ctx, 'appliquer');
  if (button !== '') return apply(typed, button, offer);
  const errors = typed.admin ? [] : errorsOf(typed, offer);
  if (errors.length > 0) return { choice: typed, applied: false, given: null, errors };
  const given = typed.admin
    ? { admin: true, vector: EVERYTHING }
    : { admin: false, vector: vectorIn(typed, offer) };
  return { choice: typed, applied: false, given, errors };
}

/** The fields that bring a choice to the next step, and back. */
export const choiceFields = ({
  admin,
  colleges,
  levels,
}: Choice): { readonly name: string; readonly value: string }[] => [
  ...(admin ? [{ name: 'administrateur', value: 'oui' }] : []),
  ...colleges.map((college) => ({ name: `college_${college}`, value: 'oui' })),
  ...Object.entries(levels).map(([slug, level]) => ({ name: `droit_${slug}`, value: level })),
];

/** A choice that an earlier or a later step sent along, whatever it is worth there; nothing when none was. */
export const carriedChoice = (ctx: Context) => choiceFields(typedChoice(ctx, { allowAdmin: true }));

/** `admin`: what the caisse calls an Administrateur. */
export function drawMatrix(choice: Choice, offer: Offer, labels: { readonly admin: string }): MatrixLocals {
  const features = offeredFeatures(offer);
  const rows = (group: GroupSlug) =>
    features
      .filter((feature) => feature.group === group)
      .map(({ slug, label, index }) => ({
        field: `droit_${slug}`,
        label,
        offered: LEVELS.slice(0, LEVELS.indexOf(levelIn(offer.holds, index)) + 1),
        chosen: lesser(choice.levels[slug] ?? 'none', levelIn(offer.holds, index)),
      }));
  const groups = GROUPS.map(({ slug, label }) => ({
    ...headerOf(`tout_${slug}`, rows(slug), choice),
    label,
    rows: rows(slug),
  })).filter((group) => group.rows.length > 0);
  const all = headerOf(
    'tout',
    groups.flatMap((group) => group.rows),
    choice,
  );
  return {
    admin: offer.allowAdmin ? { label: labels.admin, checked: choice.admin } : null,
    colleges: collegesOf(offer.holds).map((college) => ({
      field: `college_${college}`,
      label: COLLEGE_LABELS[college],
      checked: choice.colleges.includes(college),
    })),
    columns: all.offered.map((level) => ({ level, label: LEVEL_LABELS[level] })),
    all,
    groups,
  };
}

type OfferedFeature = Feature & { readonly index: number };

/** The features that the giver holds at some level and the caisse shows. */
const offeredFeatures = ({ holds, hidden }: Offer): OfferedFeature[] =>
  FEATURES.map((feature, index) => ({ ...feature, index })).filter(
    ({ slug, index }) => !hidden.includes(slug) && levelIn(holds, index) !== 'none',
  );

const lesser = (a: Level, b: Level): Level => (LEVELS.indexOf(a) < LEVELS.indexOf(b) ? a : b);

function headerOf(
  name: Header,
  rows: readonly { readonly offered: readonly Level[] }[],
  { headers }: Choice,
) {
  const offered = LEVELS.filter((level) => rows.some((row) => row.offered.includes(level)));
  return { field: name, offered, chosen: headers[name] ?? null };
}

const levelField = (ctx: Context, name: string): Level | null =>
  LEVELS.find((level) => level === field(ctx, name)) ?? null;

function typedChoice(ctx: Context, offer: Pick<Offer, 'allowAdmin'>): Choice {
  const levels = FEATURES.map(({ slug }) => [slug, levelField(ctx, `droit_${slug}`)] as const);
  const headers = headersOf().map((name) => [name, levelField(ctx, name)] as const);
  return {
    admin: offer.allowAdmin && field(ctx, 'administrateur') === 'oui',
    colleges: COLLEGES.filter((college) => field(ctx, `college_${college}`) === 'oui'),
    levels: Object.fromEntries(levels.filter(([, level]) => level !== null)),
    headers: Object.fromEntries(headers.filter(([, level]) => level !== null)),
  };
}

const headersOf = (): Header[] => ['tout', ...GROUPS.map(({ slug }): Header => `tout_${slug}`)];

const isUnder = (name: Header, { group }: Feature): boolean => name === 'tout' || name === `tout_${group}`;

function apply(typed: Choice, button: string, offer: Offer): ReadRights {
  const name = headersOf().find((header) => header === button);
  const level = name && typed.headers[name];
  if (!name || !level) {
    const message = 'Choisissez d’abord le droit à appliquer à ces lignes.';
    return { choice: typed, applied: false, given: null, errors: [{ field: name ?? 'tout', message }] };
  }
  const changed = offeredFeatures(offer)
    .filter((feature) => isUnder(name, feature))
    .map(({ slug, index }) => [slug, lesser(level, levelIn(offer.holds, index))] as const);
  const levels = { ...typed.levels, ...Object.fromEntries(changed) };
  const { [name]: _applied, ...headers } = typed.headers;
  const choice = { ...typed, levels, headers: name === 'tout' ? {} : headers };
  return { choice, applied: true, given: null, errors: [] };
}

function errorsOf(choice: Choice, offer: Offer): FieldError[] {
  const features = offeredFeatures(offer);
  const errors: FieldError[] = [];
  if (choice.colleges.length === 0)
    errors.push({ field: 'colleges', message: 'Choisissez au moins un collège.' });
  else if (choice.colleges.some((college) => !collegesOf(offer.holds).includes(college)))
    errors.push({ field: 'colleges', message: 'Vous ne pouvez donner que les collèges proposés ici.' });
  errors.push(...headersLeft(choice, features, offer), ...beyond(choice, features, offer));
  const chosen = features.some(({ slug }) => (choice.levels[slug] ?? 'none') !== 'none');
  if (!chosen && errors.length === 0)
    errors.push({
      field: 'droits',
      message: 'Choisissez au moins un droit, en consultation ou en mise à jour.',
    });
  return errors;
}

/** Without JavaScript a header's choice does nothing until its button is pressed: nobody should believe otherwise. */
function headersLeft(
  { headers, levels }: Choice,
  features: readonly OfferedFeature[],
  { holds }: Offer,
): FieldError[] {
  return headersOf().flatMap((name) => {
    const level = headers[name];
    const rows = features.filter((feature) => level && isUnder(name, feature));
    const done = rows.every(
      ({ slug, index }) => (levels[slug] ?? 'none') === lesser(level ?? 'none', levelIn(holds, index)),
    );
    const message = `« ${LEVEL_LABELS[level ?? 'none']} » n’a pas été appliqué à ces lignes\u00a0: appuyez sur « Appliquer », ou revoyez chaque ligne.`;
    return done ? [] : [{ field: name, message }];
  });
}

/** Rights that are not offered, or not any more: asked by hand, or lost by the giver since the page was shown. */
function beyond({ levels }: Choice, features: readonly OfferedFeature[], { holds }: Offer): FieldError[] {
  return FEATURES.flatMap(({ slug, label }) => {
    const level = levels[slug] ?? 'none';
    if (level === 'none') return [];
    const feature = features.find((offered) => offered.slug === slug);
    if (feature && lesser(level, levelIn(holds, feature.index)) === level) return [];
    const message = `« ${label} »\u00a0: vous ne pouvez pas, ou plus, donner ce droit. Choisissez parmi ceux qui sont proposés.`;
    return [{ field: feature ? `droit_${slug}` : 'droits', message }];
  });
}

function vectorIn({ colleges, levels }: Choice, offer: Offer): Vector {
  const { holds, kept, hidden } = offer;
  const shown = vectorOf(
    FEATURES.map(({ slug }) => levels[slug] ?? 'none'),
    colleges,
  );
  if (!kept) return shown;
  const unseen = BigInt.asUintN(2 * FEATURE_CAPACITY, ~shownBits(hidden));
  return { ...shown, levels: shown.levels | (kept.levels & holds.levels & unseen) };
}

/** Both bits of each feature of the catalogue that the caisse shows. */
export const shownBits = (hidden: readonly string[]): bigint =>
  FEATURES.reduce(
    (bits, { slug }, i) => (hidden.includes(slug) ? bits : bits | (0b11n << BigInt(2 * i))),
    0n,
  );
