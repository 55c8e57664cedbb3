/**
 * Answers questions from the same reading and by the same policy as tokens: the chains that store brings, what
 * domain/rights leaves of them now, and the enforcer's word. One query for any number of questions.
 *
 * Decisions are not audited: a service asks one for each page that it draws, and what each was made of stays dated in
 * the delegations. The audit holds what changes them.
 */
import type { Enforcer } from '../../../policies/enforcer.ts';
import type { FeatureAction } from '../../../policies/requests.ts';
import { type Chain, type College, type EffectiveRights, effectiveRights } from '../../domain/rights.ts';
import { type Holding, readHoldings } from '../../store/holdings.ts';
import type { Scope } from '../../tenant/scope.ts';
import type { Question } from './contract.ts';

/** What a person may be told to hold on a site; null: nothing, there or anywhere. */
export type Standing = { readonly siteId: string; readonly rights: EffectiveRights } | null;

type Person = { readonly status: string; readonly staffRole: string | null };

export type Act = {
  readonly feature: string;
  readonly college: College | undefined;
  readonly action: FeatureAction;
};

export type Desk = {
  readonly scope: Scope;
  readonly decide: (questions: readonly Question[]) => Promise<readonly boolean[]>;
  readonly standingOf: (siteId: string | undefined, person: Person, chains: readonly Chain[]) => Standing;
  readonly permits: (standing: Standing, act: Act) => boolean;
};

export function openDesk(scope: Scope, { mayUse }: Pick<Enforcer, 'mayUse'>): Desk {
  const { caisse, store, now } = scope;
  const hidden = new Set(caisse.settings.hiddenFeatures);

  /** As tokens have it: only an active account acts for a site, and the caisse's staff acts for none. */
  const standingOf: Desk['standingOf'] = (siteId, { status, staffRole }, chains) => {
    if (siteId === undefined || status !== 'active' || staffRole !== null) return null;
    return { siteId, rights: effectiveRights(chains, now()) };
  };

  const permits: Desk['permits'] = (standing, { feature, college, action }) => {
    if (!standing) return false;
    const here = { caisseId: caisse.id, siteId: standing.siteId };
    return mayUse({ ...here, rights: standing.rights }, { ...here, feature, college, hidden }, action);
  };

  const decide: Desk['decide'] = async (questions) => {
    const pairs = new Map(questions.map((question) => [keyOf(question), question]));
    const holdings = await readHoldings(store, [...pairs.values()]);
    const standings = new Map([...pairs.keys()].map((key, i) => [key, ofHolding(holdings[i])]));
    return questions.map((question) => permits(standings.get(keyOf(question)) ?? null, question));
  };

  const ofHolding = (holding: Holding | null | undefined): Standing =>
    holding ? standingOf(holding.site?.id, holding.account, holding.chains) : null;

  return { scope, decide, standingOf, permits };
}

const keyOf = ({ accountId, siret }: Question): string => `${accountId} ${siret}`;
