/** What a firm holds on one client's site now, as its pages tell it: briefly, and until when. */
import { FEATURES } from '../../../policies/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import { type Chain, COLLEGES, chainRights, type Vector } from '../../domain/rights.ts';
import { COLLEGE_LABELS, collegesOf, levelIn } from '../rights-shown.ts';

export type Held = {
  /** By each chain that is worth something now, the widest first. */
  readonly vectors: readonly Vector[];
  /** The moment after which nothing of it is left; null: no end is known. */
  readonly until: Instant | null;
  /** What the client has put to sleep, or has to renew; null: neither. */
  readonly asleep: 'suspended' | 'to_renew' | null;
};

export function heldBy(chains: readonly Chain[], now: Instant): Held {
  const live = chains.flatMap((chain) => {
    const holds = chainRights(chain, now);
    return holds === null ? [] : [{ vector: holds.vector, end: endOfChain(chain) }];
  });
  const ends = live.map(({ end }) => end);
  const last = Math.max(...ends);
  const statuses = chains.map((chain) => chain.at(-1)?.status);
  return {
    vectors: live.map(({ vector }) => vector),
    until: live.length > 0 && Number.isFinite(last) ? last : null,
    asleep: statuses.includes('suspended') ? 'suspended' : statuses.includes('to_renew') ? 'to_renew' : null,
  };
}

const endOfChain = (chain: Chain): Instant =>
  Math.min(
    ...chain.flatMap((link) => [link, ...link.standsOn]).map(({ to }) => to ?? Number.POSITIVE_INFINITY),
  );

/** « 12 droits en mise à jour, 3 en consultation » and, when not all, the collèges; null for nothing. */
export function tellBriefly(vectors: readonly Vector[], hidden: readonly string[]): string | null {
  if (vectors.length === 0) return null;
  const levels = FEATURES.flatMap(({ slug }, i) =>
    hidden.includes(slug) ? [] : [vectors.map((vector) => levelIn(vector, i))],
  );
  const updated = levels.filter((held) => held.includes('mise_a_jour')).length;
  const seen = levels.filter((held) => !held.includes('mise_a_jour') && held.includes('consultation')).length;
  const counts = [
    ...(updated > 0 ? [`${updated === levels.length ? 'tout' : updated} en mise à jour`] : []),
    ...(seen > 0 ? [`${seen === levels.length ? 'tout' : seen} en consultation`] : []),
  ];
  const colleges = COLLEGES.filter((college) => vectors.some((one) => collegesOf(one).includes(college)));
  const limited = colleges.length < COLLEGES.length;
  const which = limited ? ` (${colleges.map((college) => COLLEGE_LABELS[college]).join(', ')})` : '';
  const told = `${counts.join(', ')}${which}`;
  return told.charAt(0).toUpperCase() + told.slice(1);
}

/** All that any of them gives: what a form offers when each site is then given its own part. */
export const join = (vectors: readonly Vector[]): Vector =>
  vectors.reduce(
    (sum, { levels, colleges }) => ({ levels: sum.levels | levels, colleges: sum.colleges | colleges }),
    { levels: 0n, colleges: 0 },
  );
