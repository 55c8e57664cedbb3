/**
 * The policy's decisions: may this person use this feature, may this person act on this delegation. Built once at
 * start from model.conf and policy.csv, and refused there if Casbin would be lenient with them (lint.ts). Rights
 * come in as attributes of the request; no delegation is ever loaded as a policy.
 */
import { readFileSync } from 'node:fs';
import { EnforceContext, newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import {
  type ChainRights,
  COLLEGES,
  covers,
  EVERYTHING,
  isEmpty,
  LEVELS,
  type Level,
  levelOf,
  sameVector,
} from '../provider/domain/rights.ts';
import { FEATURES, featureIndex } from './catalogue.ts';
import { lintFunctions, lintModel, lintPolicy, proveClosed } from './lint.ts';
import {
  type DelegationAction,
  type DelegationResource,
  type Delegator,
  type FeatureAction,
  type FeatureResource,
  isDelegationResource,
  isDelegator,
  isFeatureResource,
  isSubject,
  roleOf,
  type Subject,
} from './requests.ts';

/** `rule`: the line of policy.csv that allows; null when none does. */
export type Decision = { readonly allowed: boolean; readonly rule: string | null };

export type Enforcer = {
  readonly mayUse: (subject: Subject, resource: FeatureResource, action: FeatureAction) => boolean;
  readonly whyUse: (subject: Subject, resource: FeatureResource, action: FeatureAction) => Decision;
  readonly mayDelegate: (
    delegator: Delegator,
    delegation: DelegationResource,
    action: DelegationAction,
  ) => boolean;
  readonly whyDelegate: (
    delegator: Delegator,
    delegation: DelegationResource,
    action: DelegationAction,
  ) => Decision;
};

type Holder = Delegator & { readonly holds: ChainRights };

const REFUSED: Decision = Object.freeze({ allowed: false, rule: null });
const ON_DELEGATIONS = new EnforceContext('r2', 'p2', 'e', 'm2');

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** Rejects with a PolicyError when the policy or the model could let through what it does not say. */
export async function makeEnforcer({
  policy = read('policy.csv'),
  model = read('model.conf'),
} = {}): Promise<Enforcer> {
  lintFunctions(FUNCTIONS);
  const casbin = await newEnforcer(newModelFromString(model), new StringAdapter(policy));
  for (const [name, decide] of Object.entries(FUNCTIONS)) await casbin.addFunction(name, decide);
  const loaded = casbin.getModel().model;
  lintModel(model, loaded, Object.keys(FUNCTIONS));
  lintPolicy(policy, loaded);

  const whyUse: Enforcer['whyUse'] = (subject, resource, action) => {
    if (!isSubject(subject) || !isFeatureResource(resource)) return REFUSED;
    return decision(
      'p',
      casbin.enforceExSync({ ...subject, role: roleOf(subject.rights) }, resource, action),
    );
  };
  const whyDelegate: Enforcer['whyDelegate'] = (delegator, delegation, action) => {
    if (!isDelegator(delegator) || !isDelegationResource(delegation)) return REFUSED;
    const subject = { ...delegator, role: roleOf(delegator.holds) };
    return decision('p2', casbin.enforceExSync(ON_DELEGATIONS, subject, delegation, action));
  };
  const enforcer: Enforcer = {
    whyUse,
    whyDelegate,
    mayUse: (...request) => whyUse(...request).allowed,
    mayDelegate: (...request) => whyDelegate(...request).allowed,
  };
  proveClosed(enforcer);
  return enforcer;
}

const FUNCTIONS = { same, sameSite, heldLevel, fulfils };

function same(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && a !== '' && a === b;
}

function sameSite(a: Subject | Delegator, b: FeatureResource | DelegationResource): boolean {
  return same(a.caisseId, b.caisseId) && same(a.siteId, b.siteId);
}

function heldLevel({ rights }: Subject, { feature, college, hidden }: FeatureResource): Level {
  const index = featureIndex(feature);
  if (index === undefined || hidden?.has(feature)) return 'none';
  if (FEATURES[index]?.scope === 'company') return levelOf(rights, index, null);
  const asked = college === undefined ? COLLEGES : [college];
  const held = asked.map((one) => LEVELS.indexOf(levelOf(rights, index, one)));
  return LEVELS[Math.min(...held)] ?? 'none';
}

function fulfils({ holds }: Holder, delegation: DelegationResource, condition: string): boolean {
  switch (condition) {
    case 'always':
      return true;
    case 'covered':
      return isCovered(holds, delegation);
    case 'same_cabinet':
      return same(holds.cabinetId, delegation.cabinetId);
    case 'same_cabinet_and_covered':
      return same(holds.cabinetId, delegation.cabinetId) && isCovered(holds, delegation);
    default:
      return false;
  }
}

/** An administrator may make another, who reaches whatever he reaches: such a link says EVERYTHING and is capped when read. */
function isCovered(holds: ChainRights, { kind, admin, vector }: DelegationResource): boolean {
  if (admin) return kind === 'user' && holds.administrator && sameVector(vector, EVERYTHING);
  return !isEmpty(vector) && covers(holds.vector, vector);
}

function decision(ptype: string, [allowed, rule]: [boolean, string[]]): Decision {
  return allowed ? { allowed, rule: [ptype, ...rule].join(', ') } : REFUSED;
}
