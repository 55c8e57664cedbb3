/** What the menu shows and what a page allows, from the entitlements and nothing else. */
import { COLLEGES, type College, FEATURE_GROUPS, type Feature, type FeatureGroup } from '../catalogue.ts';
import { may } from '../entitlements.ts';
import type { Visitor } from './visitor.ts';

export type Level = 'none' | 'consultation' | 'mise_a_jour';

export type MenuEntry = Feature & { readonly readOnly: boolean };
export type MenuGroup = Omit<FeatureGroup, 'features'> & { readonly features: readonly MenuEntry[] };

/** The part of a feature that one set of rights covers: a collège, or the whole company where absent. */
export type Section = { readonly college: College | undefined; readonly level: Level };

function levelOf(entitlements: readonly string[], feature: string, college: College | undefined): Level {
  const holds = (level: 'consultation' | 'mise_a_jour') =>
    college === undefined ? may(entitlements, feature, level) : may(entitlements, feature, level, college);
  if (holds('mise_a_jour')) return 'mise_a_jour';
  return holds('consultation') ? 'consultation' : 'none';
}

export function sectionsOf(entitlements: readonly string[], feature: Feature): readonly Section[] {
  const parts: readonly (College | undefined)[] = feature.perCollege ? COLLEGES : [undefined];
  return parts.map((college) => ({ college, level: levelOf(entitlements, feature.slug, college) }));
}

export type DelegationLink = { readonly label: string; readonly href: string };

/** For whoever may delegate. Who administers by a firm is its manager: the issuer leads him to the firm's own pages. */
export function delegationLinkFor(
  { roles, cabinet, site }: Visitor,
  base: string,
): DelegationLink | undefined {
  if (!roles.includes('administrateur') || site === undefined) return undefined;
  const label = cabinet === undefined ? 'Gérer les droits d’accès' : 'Mon cabinet';
  return { label, href: `${base}droits-d-acces` };
}

export function menuFor(entitlements: readonly string[]): readonly MenuGroup[] {
  return FEATURE_GROUPS.map((group) => ({
    ...group,
    features: group.features.flatMap((feature) => {
      const levels = sectionsOf(entitlements, feature).map((section) => section.level);
      if (levels.every((level) => level === 'none')) return [];
      return [{ ...feature, readOnly: !levels.includes('mise_a_jour') }];
    }),
  })).filter((group) => group.features.length > 0);
}
