/** Rights as a person reads them: by group and feature, and in one line for a mail. Owns the French of levels and collèges. */
import { FEATURES, GROUPS } from '../../policies/catalogue.ts';
import { COLLEGES, type College, type Level, levelOf, type Vector } from '../domain/rights.ts';
import type { RightsShown } from '../http/screens-delegation.ts';

export const LEVEL_LABELS: Readonly<Record<Level, string>> = {
  none: 'Aucun droit',
  consultation: 'Consultation',
  mise_a_jour: 'Mise à jour',
};

export const COLLEGE_LABELS: Readonly<Record<College, string>> = {
  ouvrier: 'Ouvriers',
  etam: 'ETAM',
  cadre: 'Cadres',
};

export const collegesOf = ({ colleges }: Vector): College[] => COLLEGES.filter((_, i) => colleges & (1 << i));

/** The level that a vector gives on one feature, whatever its collèges. */
export const levelIn = ({ levels }: Vector, index: number): Level =>
  levelOf({ administrator: false, levels: [levels, 0n, 0n], until: null, cabinetId: null }, index, null);

export function shownRights(
  vector: Vector,
  { admin, hidden }: { readonly admin: boolean; readonly hidden: readonly string[] },
): RightsShown {
  const groups = GROUPS.map(({ slug, label }) => ({
    label,
    features: FEATURES.flatMap((feature, i) => {
      const level = levelIn(vector, i);
      return feature.group !== slug || hidden.includes(feature.slug) || level === 'none'
        ? []
        : [{ label: feature.label, level: LEVEL_LABELS[level] }];
    }),
  }));
  return {
    admin,
    colleges: collegesOf(vector).map((college) => COLLEGE_LABELS[college]),
    groups: groups.filter(({ features }) => features.length > 0),
  };
}

/** For a mail: « Gérer mes salariés : mise à jour », one line a feature, the collèges first. */
export function tellRights(
  vector: Vector,
  { admin, hidden }: { readonly admin: boolean; readonly hidden: readonly string[] },
): string[] {
  if (admin)
    return ['Administrateur : tous les droits de la personne qui délègue, et le pouvoir de déléguer'];
  const { colleges, groups } = shownRights(vector, { admin, hidden });
  const lines = groups.flatMap(({ features }) =>
    features.map(({ label, level }) => `${label} : ${level.toLowerCase()}`),
  );
  return [`Collèges : ${colleges.join(', ')}`, ...lines];
}
