/**
 * What may be asked of the policy: the names of roles, actions and conditions, the shapes of requests and their
 * check at run time. Casbin takes whatever it is given, and a decision may come from outside (AuthZEN): a request
 * that is not exactly of its shape is refused before Casbin sees it.
 */
import {
  type ChainRights,
  COLLEGES,
  type College,
  type EffectiveRights,
  isWellFormed,
  type Vector,
} from '../provider/domain/rights.ts';

export const ROLES = ['administrator', 'delegate', 'cabinet_manager'] as const;
export const FEATURE_ACTIONS = ['read', 'update'] as const;
export const DELEGATION_ACTIONS = ['view', 'create', 'modify', 'confirm', 'close', 'delete'] as const;
export const DELEGATION_KINDS = ['user', 'cabinet', 'staff'] as const;
export const CONDITIONS = ['always', 'covered', 'same_cabinet', 'same_cabinet_and_covered'] as const;

export type Role = (typeof ROLES)[number];
export type FeatureAction = (typeof FEATURE_ACTIONS)[number];
export type DelegationAction = (typeof DELEGATION_ACTIONS)[number];
export type DelegationKind = (typeof DELEGATION_KINDS)[number];

type OnSite = { readonly caisseId: string; readonly siteId: string };

/** A person on a site, with what all his chains leave him there now. */
export type Subject = OnSite & { readonly rights: EffectiveRights };

export type FeatureResource = OnSite & {
  readonly feature: string;
  /** Left out: the employees of every collège. Without effect on a feature that concerns the company. */
  readonly college?: College | undefined;
  /** The features that the caisse hides: nobody uses them. */
  readonly hidden?: ReadonlySet<string> | undefined;
};

/** A person on a site, with the one chain that the delegation hangs on, or would: chainRights(chain, now). */
export type Delegator = OnSite & { readonly holds: ChainRights | null };

/** A delegation as it is, or as it would become. */
export type DelegationResource = OnSite & {
  readonly kind: DelegationKind;
  /** The firm: for staff, theirs; for a cabinet, the one that receives; null for a user. */
  readonly cabinetId: string | null;
  /** Gives the power to delegate. Users only, and with it EVERYTHING, capped by the chain when read. */
  readonly admin: boolean;
  readonly vector: Vector;
};

/** The role follows from what is held: no caller names his own. */
export function roleOf(held: { readonly administrator: boolean; readonly cabinetId: string | null }): Role {
  if (!held.administrator) return 'delegate';
  return held.cabinetId === null ? 'administrator' : 'cabinet_manager';
}

export function isSubject(value: unknown): value is Subject {
  return isOnSite(value) && 'rights' in value && isEffectiveRights(value.rights);
}

export function isFeatureResource(value: unknown): value is FeatureResource {
  if (!isOnSite(value)) return false;
  const { feature, college, hidden } = value as Record<keyof FeatureResource, unknown>;
  return (
    isId(feature) &&
    (college === undefined || COLLEGES.some((known) => known === college)) &&
    (hidden === undefined || hidden instanceof Set)
  );
}

export function isDelegator(value: unknown): value is Delegator & { readonly holds: ChainRights } {
  if (!isOnSite(value) || !('holds' in value) || !isObject(value.holds)) return false;
  const { vector, administrator, cabinetId } = value.holds as Record<keyof ChainRights, unknown>;
  return isVector(vector) && typeof administrator === 'boolean' && isIdOrNull(cabinetId);
}

export function isDelegationResource(value: unknown): value is DelegationResource {
  if (!isOnSite(value)) return false;
  const { kind, cabinetId, admin, vector } = value as Record<keyof DelegationResource, unknown>;
  return (
    DELEGATION_KINDS.some((known) => known === kind) &&
    isIdOrNull(cabinetId) &&
    typeof admin === 'boolean' &&
    isVector(vector)
  );
}

function isEffectiveRights(value: unknown): value is EffectiveRights {
  if (!isObject(value)) return false;
  const { administrator, levels, cabinetId } = value as Record<keyof EffectiveRights, unknown>;
  return (
    typeof administrator === 'boolean' &&
    isIdOrNull(cabinetId) &&
    Array.isArray(levels) &&
    levels.length === COLLEGES.length &&
    levels.every((bits) => typeof bits === 'bigint')
  );
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isIdOrNull = (value: unknown): value is string | null => value === null || isId(value);

const isOnSite = (value: unknown): value is OnSite =>
  isObject(value) && 'caisseId' in value && isId(value.caisseId) && 'siteId' in value && isId(value.siteId);

const isVector = (value: unknown): value is Vector =>
  isObject(value) && 'levels' in value && 'colleges' in value && isWellFormed(value as Vector);
