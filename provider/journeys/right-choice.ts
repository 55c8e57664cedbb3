/** The choice of a right (fonctionnalité, droit, collège) that a question is about, read from an address and drawn again. */
import type { Context } from 'koa';
import { FEATURES, featureIndex, GROUPS } from '../../policies/catalogue.ts';
import type { AskedRight } from '../domain/explain.ts';
import { COLLEGES, type College } from '../domain/rights.ts';
import { queryField } from '../http/forms.ts';
import type { RightChoices } from '../http/screens-list.ts';
import { COLLEGE_LABELS } from './rights-shown.ts';

export type AskedFeature = AskedRight & {
  readonly slug: string;
  readonly label: string;
};

const LEVELS = { consultation: 'Consulter', mise_a_jour: 'Mettre à jour' } as const;

const collegeAsked = (ctx: Context): College =>
  COLLEGES.find((college) => college === queryField(ctx, 'college')) ?? 'ouvrier';

const levelAsked = (ctx: Context): keyof typeof LEVELS =>
  queryField(ctx, 'droit') === 'mise_a_jour' ? 'mise_a_jour' : 'consultation';

/** null: nothing is asked yet, or about a feature that the caisse does not offer. */
export function askedFeature(ctx: Context, hidden: readonly string[]): AskedFeature | null {
  const slug = queryField(ctx, 'fonctionnalite');
  const index = featureIndex(slug);
  const feature = index === undefined ? undefined : FEATURES[index];
  if (index === undefined || !feature || hidden.includes(slug)) return null;
  return {
    slug,
    label: feature.label,
    feature: index,
    level: levelAsked(ctx),
    college: feature.scope === 'company' ? null : collegeAsked(ctx),
  };
}

export function rightChoices(ctx: Context, hidden: readonly string[]): RightChoices {
  const slug = queryField(ctx, 'fonctionnalite');
  return {
    features: GROUPS.map((group) => ({
      group: group.label,
      features: FEATURES.filter((one) => one.group === group.slug && !hidden.includes(one.slug)).map(
        (one) => ({
          value: one.slug,
          label: one.label,
          chosen: one.slug === slug,
        }),
      ),
    })).filter(({ features }) => features.length > 0),
    levels: Object.entries(LEVELS).map(([value, label]) => ({
      value,
      label,
      chosen: value === levelAsked(ctx),
    })),
    colleges: COLLEGES.map((value) => ({
      value,
      label: COLLEGE_LABELS[value],
      chosen: value === collegeAsked(ctx),
    })),
  };
}

/** « mettre à jour « Mon planning » pour le collège Ouvriers » */
export function tellRight({ label, level, college }: AskedFeature): string {
  const verb = LEVELS[level].toLowerCase();
  const who = college === null ? '' : `, collège ${COLLEGE_LABELS[college]}`;
  return `${verb} «\u00a0${label}\u00a0»${who}`;
}
