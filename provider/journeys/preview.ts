/** What an act would take from whom, said before its button (views/partials/impact). Reads only. */
import { FEATURES } from '../../policies/catalogue.ts';
import { type Counted, lossesOf, sumOf, type Turn } from '../domain/impact.ts';
import type { Instant } from '../domain/instant.ts';
import type { ImpactShown } from '../http/screens-closing.ts';
import { readAffected, type Struck } from '../store/affected.ts';
import type { Scope } from '../tenant/scope.ts';
import { tellImpact } from './impact-told.ts';

export type Previewed = {
  /** What the act strikes; its delegations are those whose beneficiary is told apart. */
  readonly struck: Struck;
  readonly turn: Turn;
  /** Of the one person whom the act is about; null for a firm. */
  readonly beneficiary: { readonly accountId: string; readonly name: string } | null;
  /** Compares then instead of now: a date de fin that is drawn nearer takes nothing before. `day`: how to call it. */
  readonly on?: { readonly at: Instant; readonly day: string };
};

/** One query. */
export async function previewImpact(
  { caisse, store, now }: Pick<Scope, 'caisse' | 'store' | 'now'>,
  { struck, turn, beneficiary, on }: Previewed,
): Promise<ImpactShown> {
  const losses = lossesOf(await readAffected(store, struck), {
    turn,
    at: on?.at ?? now(),
    counted: countedAt(caisse.settings.hiddenFeatures),
  });
  const his = losses.filter(({ accountId }) => accountId === beneficiary?.accountId);
  const others = losses.filter(({ accountId }) => accountId !== beneficiary?.accountId);
  return {
    on: on?.day ?? null,
    takes: losses.length > 0,
    sentences: tellImpact({
      beneficiary: beneficiary && { name: beneficiary.name, sum: sumOf(his) },
      others: sumOf(others),
    }),
  };
}

/** The features that this caisse offers. */
export function countedAt(hidden: readonly string[]): Counted {
  const bitsOf = (scope: 'company' | 'college') =>
    FEATURES.reduce(
      (bits, feature, i) =>
        feature.scope === scope && !hidden.includes(feature.slug) ? bits | (1n << BigInt(2 * i)) : bits,
      0n,
    );
  return { company: bitsOf('company'), college: bitsOf('college') };
}
