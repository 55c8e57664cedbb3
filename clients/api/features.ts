/** What a call on a feature demands: the scope, the token's own site, and the entitlement. */
import { findFeature, isCollege } from '../catalogue.ts';
import { may } from '../entitlements.ts';
import type { Caller } from './access-token.ts';
import { Denied, insufficientScope, invalidRequest } from './denial.ts';

export type FeatureRequest = {
  readonly slug: string;
  readonly siret: string;
  readonly feature: string;
  /** As it stands in the query: nothing is known of it yet. */
  readonly college: unknown;
  readonly level: 'consultation' | 'mise_a_jour';
};

/** @throws Denied 403 when the token does not reach that far, 404 or 400 when the address makes no sense. */
export function authorizeFeature(caller: Caller, request: FeatureRequest): void {
  const { siret, level, college } = request;
  if (!caller.scopes.includes('services')) {
    throw insufficientScope(caller.scheme, 'The token lacks the scope services', 'services');
  }
  if (caller.siret !== siret) throw insufficientScope(caller.scheme, 'The token is not for this site');
  const feature = findFeature(request.feature);
  if (feature === undefined) {
    throw new Denied({ status: 404, error: 'not_found', description: 'Unknown feature' });
  }
  if (college !== undefined && !(feature.perCollege && isCollege(college))) {
    throw invalidRequest('The parameter college is unknown, or does not apply to this feature');
  }
  if (feature.perCollege && college === undefined) {
    throw invalidRequest('The parameter college is required: ouvrier, etam or cadre');
  }
  const held = isCollege(college)
    ? may(caller.entitlements, feature.slug, level, college)
    : may(caller.entitlements, feature.slug, level);
  if (!held) throw insufficientScope(caller.scheme, 'The right on this feature is not held');
}
