/**
 * Rights as relying parties read them: the claims `entitlements` and `roles` of RFC 9068 §2.2.3.1. Owns their
 * format and nothing else; what is held comes from provider/domain/rights.ts, how it is read is
 * clients/entitlements.ts, which is a stranger to this code on purpose.
 */
import { COLLEGES, type EffectiveRights, LEVELS, levelOf } from '../provider/domain/rights.ts';
import { FEATURES, type Feature } from './catalogue.ts';

const SHOWN = LEVELS.filter((level) => level !== 'none').reverse();

/**
 * `feature:level[:college+college…]`, in catalogue order, mise_a_jour before consultation. A feature not held at
 * all is absent, and so is a hidden one. Features that concern the company have no collège part; the others
 * always have one, and one entry a level when the level differs from a collège to another.
 */
export function entitlements(
  rights: EffectiveRights,
  hidden: ReadonlySet<string> = new Set<string>(),
): string[] {
  return FEATURES.flatMap((feature, i) => (hidden.has(feature.slug) ? [] : entries(rights, feature, i)));
}

/** Who may delegate: `administrateur` has that power on this site, `utilisateur` has not. */
export const roles = (rights: EffectiveRights): ['administrateur'] | ['utilisateur'] =>
  rights.administrator ? ['administrateur'] : ['utilisateur'];

function entries(rights: EffectiveRights, { slug, scope }: Feature, index: number): string[] {
  if (scope === 'company') {
    const level = levelOf(rights, index, null);
    return level === 'none' ? [] : [`${slug}:${level}`];
  }
  return SHOWN.flatMap((level) => {
    const colleges = COLLEGES.filter((college) => levelOf(rights, index, college) === level);
    return colleges.length === 0 ? [] : [`${slug}:${level}:${colleges.join('+')}`];
  });
}
