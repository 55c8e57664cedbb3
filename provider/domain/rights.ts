/**
 * The mathematics of rights: vectors of levels and collèges, links, chains of links, and what they leave to a
 * person now. Owns the lattice and its reading; knows neither the features' names (policies/catalogue.ts), nor
 * who may create or close a delegation (policies/policy.csv), nor where links are kept (provider/store).
 *
 * Nobody ever holds more than the one above: what a chain is worth is the meet of all its links, recomputed at
 * every reading, so that closing, narrowing or expiring one link is felt below it at once.
 */
import type { Instant } from './instant.ts';

export type Level = 'none' | 'consultation' | 'mise_a_jour';
export type College = 'ouvrier' | 'etam' | 'cadre';

/**
 * `levels`: 2 bits a feature in catalogue order (feature i holds bits 2i and 2i+1), thermometer-coded: 00 none,
 * 01 consultation, 11 mise à jour, so that the meet is a bitwise AND; -1n is everything, features to come
 * included. `colleges`: 3 bits, ouvrier 1, etam 2, cadre 4.
 */
export type Vector = { readonly levels: bigint; readonly colleges: number };

export type LinkStatus =
  | 'awaiting_beneficiary'
  | 'awaiting_confirmation'
  | 'to_renew'
  | 'active'
  | 'suspended'
  | 'refused'
  | 'lapsed'
  | 'closed';

/** Half-open: holds at `from`, no longer at `to`. Without a `to` it has no end. */
export type Window = { readonly from: Instant; readonly to: Instant | null };

export type LinkKind = 'enrolment' | 'user' | 'cabinet' | 'staff' | 'membership';

export type Link = Vector &
  Window & {
    readonly id: string;
    readonly parentId: string | null;
    readonly caisseId: string;
    readonly siteId: string;
    readonly kind: LinkKind;
    /** The account or firm that gave it: the grantee of the parent. Null for an enrolment. */
    readonly grantorId: string | null;
    /** An account; for a cabinet link, the firm. */
    readonly granteeId: string;
    /** Administrateur: the power to delegate. A cabinet link conveys that power to the firm by its kind. */
    readonly admin: boolean;
    readonly status: LinkStatus;
    /** Dated facts that the link needs: the firm's attachment to its client, the person's membership of the firm. */
    readonly standsOn: readonly Window[];
  };

/** Root (an enrolment) first, the person's own link last. */
export type Chain = readonly Link[];

/** What one living chain leaves to its last grantee. `cabinetId`: the firm that it goes through. */
export type ChainRights = {
  readonly vector: Vector;
  readonly administrator: boolean;
  readonly cabinetId: string | null;
};

/** What all the chains of a person on one site leave, now. */
export type EffectiveRights = {
  /** Holds the power to delegate by at least one chain. Never true of someone who holds no level at all. */
  readonly administrator: boolean;
  /** Levels for ouvrier, etam, cadre: one chain's levels must not meet another chain's collèges. */
  readonly levels: readonly [bigint, bigint, bigint];
  /** The next instant at which the rights may change by themselves; null when no date lies ahead. */
  readonly until: Instant | null;
  /** The firm, when every living chain goes through one (with several firms, the first by id). */
  readonly cabinetId: string | null;
};

/** Weakest first. */
export const LEVELS: readonly Level[] = ['none', 'consultation', 'mise_a_jour'];
export const COLLEGES: readonly College[] = ['ouvrier', 'etam', 'cadre'];

/** How many features a vector has room for: 62 bits, so that it fits PostgreSQL's signed bigint. */
export const FEATURE_CAPACITY = 31;

export const EVERYTHING: Vector = Object.freeze({ levels: -1n, colleges: 0b111 });
export const NOTHING: Vector = Object.freeze({ levels: 0n, colleges: 0 });
export const NO_RIGHTS: EffectiveRights = Object.freeze({
  administrator: false,
  levels: Object.freeze([0n, 0n, 0n] as const),
  until: null,
  cabinetId: null,
});

const BITS: Readonly<Record<Level, bigint>> = { none: 0b00n, consultation: 0b01n, mise_a_jour: 0b11n };
const ROOM = (1n << BigInt(2 * FEATURE_CAPACITY)) - 1n;
const LOW_BITS = ROOM / 3n; // …010101

const PARENTS: Readonly<Record<LinkKind, readonly LinkKind[]>> = {
  enrolment: [],
  user: ['enrolment', 'user'],
  cabinet: ['enrolment', 'user'],
  staff: ['cabinet'],
  membership: ['cabinet'],
};

/** The levels of features 0, 1, 2 … for those collèges, in normal form. Throws a RangeError past FEATURE_CAPACITY. */
export function vectorOf(levels: readonly Level[], colleges: Iterable<College>): Vector {
  if (levels.length > FEATURE_CAPACITY) throw new RangeError(`room for ${FEATURE_CAPACITY} features`);
  const bits = levels.reduce((sum, level, i) => sum | (BITS[level] << BigInt(2 * i)), 0n);
  const held = new Set(colleges);
  return normal({
    levels: bits,
    colleges: COLLEGES.reduce((sum, c, i) => sum | (held.has(c) ? 1 << i : 0), 0),
  });
}

export function isWellFormed({ levels, colleges }: Vector): boolean {
  if (typeof levels !== 'bigint' || !Number.isInteger(colleges)) return false;
  if (colleges < 0 || colleges > 0b111) return false;
  if (levels === -1n) return true;
  return levels >= 0n && levels <= ROOM && ((levels >> 1n) & LOW_BITS & ~levels) === 0n;
}

/** One form for one meaning: without a collège or without a level there is nothing; bad bits are nothing too. */
export function normal(vector: Vector): Vector {
  const { levels, colleges } = vector;
  return isWellFormed(vector) && levels !== 0n && colleges !== 0 ? { levels, colleges } : NOTHING;
}

export const isEmpty = (vector: Vector): boolean => normal(vector) === NOTHING;

export function sameVector(a: Vector, b: Vector): boolean {
  const [x, y] = [normal(a), normal(b)];
  return x.levels === y.levels && x.colleges === y.colleges;
}

/** The greatest vector that neither of the two exceeds. */
export function meet(a: Vector, b: Vector): Vector {
  const [x, y] = [normal(a), normal(b)];
  return normal({ levels: x.levels & y.levels, colleges: x.colleges & y.colleges });
}

/** What one who holds `held` really gives when he gives `asked`. */
export const narrow = (held: Vector, asked: Vector): Vector => meet(held, asked);

/** Whether `asked` stays within `held`. Malformed bits are never covered. */
export const covers = (held: Vector, asked: Vector): boolean =>
  isWellFormed(asked) && sameVector(meet(held, asked), asked);

/**
 * What the chain leaves now, or null when it leaves nothing: malformed, a link not active or out of its dates, or
 * a meet without any level. The power to delegate needs every link: the last one admin, those above admin or
 * a firm's. A cap of the levels does not touch it, unless nothing is left to delegate.
 */
export function chainRights(chain: Chain, now: Instant): ChainRights | null {
  if (!isChain(chain) || !chain.every((link) => isLive(link, now))) return null;
  const vector = chain.reduce<Vector>(meet, EVERYTHING);
  if (isEmpty(vector)) return null;
  const administrator = chain.every(
    (link, i) => link.admin === true || (link.kind === 'cabinet' && i < chain.length - 1),
  );
  return {
    vector,
    administrator,
    cabinetId: chain.find((link) => link.kind === 'cabinet')?.granteeId ?? null,
  };
}

/** The join of the chains of one person on one site, per collège. Their order does not matter. */
export function effectiveRights(chains: readonly Chain[], now: Instant): EffectiveRights {
  const live = chains.map((chain) => chainRights(chain, now)).filter((rights) => rights !== null);
  const levelsFor = (bit: number): bigint =>
    live.reduce((sum, { vector }) => (vector.colleges & bit ? sum | vector.levels : sum), 0n);
  const cabinets = live.map((rights) => rights.cabinetId).filter((id) => id !== null);
  return {
    administrator: live.some((rights) => rights.administrator),
    levels: [levelsFor(1), levelsFor(2), levelsFor(4)],
    until: nextBoundary(chains, now),
    cabinetId: cabinets.length === live.length ? (cabinets.sort()[0] ?? null) : null,
  };
}

/** Nobody who holds no level at all may enter a site, whatever power he is said to have. */
export const holdsNothing = (rights: EffectiveRights): boolean =>
  rights.levels.every((levels) => levels === 0n);

/**
 * The level held on the feature at that index of the catalogue. Without a collège: the best that any collège
 * gives, which is the level on a feature that concerns the company.
 */
export function levelOf(rights: EffectiveRights, featureIndex: number, college: College | null): Level {
  if (!Number.isInteger(featureIndex) || featureIndex < 0 || featureIndex >= FEATURE_CAPACITY) return 'none';
  const [ouvrier, etam, cadre] = rights.levels;
  const levels = college === null ? ouvrier | etam | cadre : (rights.levels[COLLEGES.indexOf(college)] ?? 0n);
  const bits = (levels >> BigInt(2 * featureIndex)) & 0b11n;
  return LEVELS.find((level) => BITS[level] === bits) ?? 'none';
}

function isChain(chain: Chain): boolean {
  return chain.length > 0 && chain.every((link, i) => isWellFormed(link) && hangsOn(link, chain[i - 1]));
}

function hangsOn(link: Link, parent: Link | undefined): boolean {
  if (parent === undefined)
    return link.kind === 'enrolment' && link.parentId === null && link.grantorId === null;
  return (
    PARENTS[link.kind].includes(parent.kind) &&
    link.parentId === parent.id &&
    link.grantorId === parent.granteeId &&
    link.caisseId === parent.caisseId &&
    link.siteId === parent.siteId
  );
}

const isLive = (link: Link, now: Instant): boolean =>
  link.status === 'active' && isOpen(link, now) && link.standsOn.every((window) => isOpen(window, now));

const isOpen = ({ from, to }: Window, now: Instant): boolean => from <= now && (to === null || now < to);

function nextBoundary(chains: readonly Chain[], now: Instant): Instant | null {
  return chains
    .flat()
    .flatMap((link) => [link, ...link.standsOn])
    .flatMap(({ from, to }) => [from, to])
    .reduce((next, t) => (t !== null && t > now && (next === null || t < next) ? t : next), null);
}
