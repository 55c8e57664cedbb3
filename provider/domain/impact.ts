/**
 * What an act takes from whom: the rights of everybody concerned before and after it, compared at one instant. Owns the
 * counting; who is concerned is brought by store/affected, what a chain is worth is rights.ts.
 */
import type { Instant } from './instant.ts';
import { type Chain, type EffectiveRights, effectiveRights, holdsNothing, type Link } from './rights.ts';

/** A link, and the membership of a firm that it stands on. */
export type AffectedLink = Link & { readonly membershipId: string | null };

/** Somebody on a site, with all his chains there. */
export type Affected = {
  readonly accountId: string;
  readonly siteId: string;
  readonly chains: readonly (readonly AffectedLink[])[];
};

/** What an act makes of a link; null: it gives nothing any more. */
export type Turn = (link: AffectedLink) => AffectedLink | null;

/** Delegations closed or suspended, memberships of a firm that end: by their ids. */
export function ending(ids: Iterable<string>): Turn {
  const ended = new Set(ids);
  return (link) =>
    ended.has(link.id) || (link.membershipId !== null && ended.has(link.membershipId)) ? null : link;
}

export type Said = Partial<Pick<Link, 'admin' | 'levels' | 'colleges' | 'from' | 'to'>>;

/** Delegations that say something else from then on: by their ids. */
export const becoming =
  (said: ReadonlyMap<string, Said>): Turn =>
  (link) => ({ ...link, ...said.get(link.id) });

/** Which features count, as the low bits of their places in a vector: those of the company, and those by collège. */
export type Counted = { readonly company: bigint; readonly college: bigint };

/** What one person loses on one site. */
export type Loss = {
  readonly accountId: string;
  readonly siteId: string;
  /** Low bits of the features whose level falls, for one collège at least where collèges count. */
  readonly features: bigint;
  /** The power to delegate. */
  readonly power: boolean;
  /** He is left without any right there. */
  readonly everything: boolean;
};

type Comparison = { readonly turn: Turn; readonly at: Instant; readonly counted: Counted };

/** Only those who lose something, each on each site once. */
export const lossesOf = (affected: readonly Affected[], comparison: Comparison): Loss[] =>
  affected.flatMap((one) => {
    const loss = lossOf(one, comparison);
    return loss.features === 0n && !loss.power && !loss.everything ? [] : [loss];
  });

function lossOf({ accountId, siteId, chains }: Affected, { turn, at, counted }: Comparison): Loss {
  const before = effectiveRights(chains, at);
  const after = effectiveRights(turned(chains, turn), at);
  return {
    accountId,
    siteId,
    features: fallen(before, after, counted),
    power: before.administrator && !after.administrator,
    everything: !holdsNothing(before) && holdsNothing(after),
  };
}

function turned(chains: Affected['chains'], turn: Turn): Chain[] {
  return chains.flatMap((chain) => {
    const links = chain.map(turn).filter((link) => link !== null);
    return links.length < chain.length ? [] : [links];
  });
}

function fallen(before: EffectiveRights, after: EffectiveRights, { company, college }: Counted): bigint {
  const [b, a] = [before.levels, after.levels];
  const byCollege = (b[0] & ~a[0]) | (b[1] & ~a[1]) | (b[2] & ~a[2]);
  const anyCollege = (b[0] | b[1] | b[2]) & ~(a[0] | a[1] | a[2]);
  const lower = (bits: bigint) => bits | (bits >> 1n);
  return (lower(byCollege) & college) | (lower(anyCollege) & company);
}

/** « 14 collaborateurs perdent 3 droits sur 62 sites ». */
export type LossSum = {
  readonly people: number;
  readonly rights: number;
  readonly sites: number;
  /** Those who lose the power to delegate. */
  readonly powers: number;
  /** Those who are left without any right on a site, and how many sites that is. */
  readonly strandedPeople: number;
  readonly strandedSites: number;
};

export function sumOf(losses: readonly Loss[]): LossSum {
  const stranded = losses.filter(({ everything }) => everything);
  return {
    people: distinct(losses, 'accountId'),
    rights: bitsIn(losses.reduce((all, { features }) => all | features, 0n)),
    sites: distinct(losses, 'siteId'),
    powers: distinct(
      losses.filter(({ power }) => power),
      'accountId',
    ),
    strandedPeople: distinct(stranded, 'accountId'),
    strandedSites: distinct(stranded, 'siteId'),
  };
}

const distinct = (losses: readonly Loss[], key: 'accountId' | 'siteId'): number =>
  new Set(losses.map((loss) => loss[key])).size;

const bitsIn = (bits: bigint): number => bits.toString(2).replaceAll('0', '').length;

/** Who holds nothing at all on a site, whatever he held before. */
export const stranded = (affected: readonly Affected[], now: Instant): Affected[] =>
  affected.filter(({ chains }) => holdsNothing(effectiveRights(chains, now)));
