/**
 * What entrusting clients to people of the firm would change, line by line, from what the firm and they hold at that
 * moment. Decides by the one rule of gifts (giving.ts) and writes nothing: what is shown and what is applied are the
 * same plan, made twice.
 */
import type { Enforcer } from '../../../policies/enforcer.ts';
import { type Day, lastDayOf } from '../../domain/calendar.ts';
import type { Instant } from '../../domain/instant.ts';
import {
  type Chain,
  type ChainRights,
  chainRights,
  covers,
  FEATURE_CAPACITY,
  isEmpty,
  type Link,
  meet,
  type Vector,
} from '../../domain/rights.ts';
import type { FirmChains } from '../../store/firm-chains.ts';
import type { Entrusted } from '../../store/firm-staff.ts';
import { mayConfer, mayTake, type Power } from '../giving.ts';

/** That person's rights on that site, through the firm, are to become these. */
export type Wish = {
  readonly siteId: string;
  readonly adherentId: string;
  readonly accountId: string;
  readonly membershipId: string;
  /** Whom a client named serves that client alone; null: belongs to the firm. */
  readonly memberOf: string | null;
  /** null: none any more. */
  readonly rights: Vector | null;
  /** null: at once; what has begun goes on. */
  readonly from: Instant | null;
  readonly to: Instant | null;
};

/** Where the firm holds less than what is asked: gives what it holds, passes the site over, or takes it for a fault. */
export type Shortfall = 'narrow' | 'leave_out' | 'refuse';

export type Facts = {
  readonly cabinetId: string;
  readonly chains: FirmChains;
  readonly entrusted: readonly Entrusted[];
  /** The manager's membership, as a link below the firm's; null when he manages it no longer. */
  readonly manager: Link | null;
};

export type Terms = {
  readonly shortfall: Shortfall;
  readonly enforcer: Enforcer;
  readonly now: Instant;
  readonly timeZone: string;
  /** Both bits of each feature that the caisse shows. */
  readonly shown: bigint;
};

/** A row as it will be. `from` null: the moment of the act. */
export type Future = {
  readonly parentId: string;
  readonly rights: Vector;
  readonly status: Entrusted['status'];
  readonly from: Instant | null;
  readonly to: Instant | null;
};

export type Reason =
  /** The firm holds nothing there now. */
  | 'holds_nothing'
  /** It holds less than what is asked. */
  | 'holds_less'
  /** He is in the firm for another client alone. */
  | 'not_his_client'
  /** The rule of gifts says no, whatever is held. */
  | 'not_allowed';

export type Line = { readonly wish: Wish } & (
  | {
      readonly kind: 'given';
      readonly future: Future;
      readonly narrowed: boolean;
      readonly ended: readonly Entrusted[];
    }
  | {
      readonly kind: 'modified';
      readonly standing: Entrusted;
      readonly future: Future;
      readonly narrowed: boolean;
      /** What else he holds there through the firm: it ends, so that he holds what was said and no more. */
      readonly ended: readonly Entrusted[];
    }
  | { readonly kind: 'unchanged'; readonly standing: Entrusted | null; readonly narrowed: boolean }
  | { readonly kind: 'taken'; readonly ended: readonly Entrusted[] }
  /** `within`: what of it the firm could give. */
  | { readonly kind: 'left_out'; readonly reason: Reason; readonly within?: Vector }
);

export function planOf(wishes: readonly Wish[], facts: Facts, terms: Terms): readonly Line[] {
  const standing = Map.groupBy(facts.entrusted, keyOf);
  return wishes.map((wish) => lineOf(wish, standing.get(keyOf(wish)) ?? [], facts, terms));
}

const keyOf = ({ siteId, accountId }: Pick<Wish, 'siteId' | 'accountId'>): string => `${siteId} ${accountId}`;

function lineOf(wish: Wish, standing: readonly Entrusted[], facts: Facts, terms: Terms): Line {
  const chains = facts.chains.get(wish.siteId) ?? [];
  if (wish.memberOf !== null && wish.memberOf !== wish.adherentId)
    return { wish, kind: 'left_out', reason: 'not_his_client' };
  if (wish.rights === null) return takenOf(wish, standing, { ...facts, here: chains }, terms);
  const [only] = standing;
  if (only && standing.length === 1 && saysSame(only, { ...wish, rights: wish.rights }, terms))
    return { wish, kind: 'unchanged', standing: only, narrowed: false };
  const source = sourceOf(wish.rights, chains, standing, terms);
  if (!source) return { wish, kind: 'left_out', reason: 'holds_nothing' };
  if (source.narrowed && terms.shortfall !== 'narrow')
    return { wish, kind: 'left_out', reason: 'holds_less', within: source.rights };
  const asked = { ...wish, rights: source.rights };
  if (only && standing.length === 1 && saysSame(only, asked, terms))
    return { wish, kind: 'unchanged', standing: only, narrowed: source.narrowed };
  return changeOf(asked, { wish, standing, source, facts }, terms);
}

function takenOf(
  wish: Wish,
  standing: readonly Entrusted[],
  facts: Facts & { readonly here: readonly Chain[] },
  terms: Terms,
): Line {
  if (standing.length === 0) return { wish, kind: 'unchanged', standing: null, narrowed: false };
  const allowed = standing.every((row) => mayEnd(row, facts.here, facts, terms));
  return allowed
    ? { wish, kind: 'taken', ended: standing }
    : { wish, kind: 'left_out', reason: 'not_allowed' };
}

type Source = {
  readonly chain: Chain;
  readonly rights: Vector;
  readonly narrowed: boolean;
};

/** The chain of the firm's to give it by: one that covers what is asked, the one that he is on already first. */
function sourceOf(
  asked: Vector,
  chains: readonly Chain[],
  standing: readonly Entrusted[],
  { now }: Terms,
): Source | null {
  const parents = new Set(standing.map(({ parentId }) => parentId));
  const sources = chains
    .map((chain) => ({ chain, holds: chainRights(chain, now) }))
    .filter((held): held is { chain: Chain; holds: ChainRights } => held.holds !== null)
    .map(({ chain, holds }) => ({
      chain,
      rights: meet(holds.vector, asked),
      narrowed: !covers(holds.vector, asked),
      isHis: parents.has(chain.at(-1)?.id ?? ''),
    }))
    .filter(({ rights }) => !isEmpty(rights))
    .sort(
      (a, b) =>
        Number(a.narrowed) - Number(b.narrowed) ||
        weight(b.rights) - weight(a.rights) ||
        Number(b.isHis) - Number(a.isHis) ||
        ((a.chain.at(-1)?.id ?? '') < (b.chain.at(-1)?.id ?? '') ? -1 : 1),
    );
  return sources[0] ?? null;
}

/** How much a vector gives: its levels, each in so many collèges. */
const weight = ({ levels, colleges }: Vector): number =>
  ones(BigInt.asUintN(2 * FEATURE_CAPACITY, levels)) * ones(BigInt(colleges));

const ones = (bits: bigint): number => bits.toString(2).replaceAll('0', '').length;

type Changing = {
  readonly wish: Wish;
  readonly standing: readonly Entrusted[];
  readonly source: Source;
  readonly facts: Facts;
};

function changeOf(
  asked: Wish & { readonly rights: Vector },
  { wish, standing, source, facts }: Changing,
  terms: Terms,
): Line {
  const { chain, narrowed } = source;
  const parentId = chain.at(-1)?.id ?? '';
  const his = standing.find((row) => row.parentId === parentId);
  const ended = standing.filter((row) => row !== his);
  const rights = his ? keepUnseen(asked.rights, his, chain, terms) : asked.rights;
  const asleep = standing.length > 0 && standing.every(({ status }) => status === 'suspended');
  const future: Future = {
    parentId,
    rights,
    status: asleep ? 'suspended' : 'active',
    ...(his ? datesOf(his, asked, terms) : { from: asked.from, to: asked.to }),
  };
  const gift = { kind: 'staff', cabinetId: facts.cabinetId, admin: false, vector: rights } as const;
  const powers = powersOn(chain, facts.manager);
  const here = facts.chains.get(wish.siteId) ?? [];
  const allowed =
    mayConfer(chain, powers, { enforcer: terms.enforcer, now: terms.now, gift }, his ? 'modify' : 'create') &&
    ended.every((row) => mayEnd(row, here, facts, terms));
  if (!allowed) return { wish, kind: 'left_out', reason: 'not_allowed' };
  return his
    ? { wish, kind: 'modified', standing: his, future, narrowed, ended }
    : { wish, kind: 'given', future, narrowed, ended };
}

/** What a form or a file does not show stays, never wider than what the firm holds. */
function keepUnseen(rights: Vector, his: Entrusted, chain: Chain, { now, shown }: Terms): Vector {
  const holds = chainRights(chain, now)?.vector.levels ?? 0n;
  const unseen = BigInt.asUintN(2 * FEATURE_CAPACITY, ~shown);
  return { ...rights, levels: rights.levels | (his.rights.levels & holds & unseen) };
}

function datesOf(his: Entrusted, asked: Wish, { now, timeZone }: Terms): Pick<Future, 'from' | 'to'> {
  const begun = his.from <= now;
  const sameDay =
    asked.from !== null && asked.from > now && dayAt(his.from, timeZone) === dayAt(asked.from, timeZone);
  const from = asked.from === null ? (begun ? his.from : null) : sameDay ? his.from : asked.from;
  return { from, to: sameEnd(his.to, asked.to, timeZone) ? his.to : asked.to };
}

const dayAt = (instant: Instant, timeZone: string): Day => lastDayOf(instant + 1, timeZone);

const sameEnd = (a: Instant | null, b: Instant | null, timeZone: string): boolean =>
  a === null || b === null ? a === b : lastDayOf(a, timeZone) === lastDayOf(b, timeZone);

function saysSame(his: Entrusted, asked: Wish & { readonly rights: Vector }, terms: Terms): boolean {
  const { from, to } = datesOf(his, asked, terms);
  const seen = ({ levels }: Vector) => BigInt.asUintN(2 * FEATURE_CAPACITY, levels) & terms.shown;
  return (
    from === his.from &&
    to === his.to &&
    seen(his.rights) === seen(asked.rights) &&
    his.rights.colleges === asked.rights.colleges
  );
}

function mayEnd(row: Entrusted, here: readonly Chain[], facts: Facts, { enforcer, now }: Terms): boolean {
  const chain = here.find((one) => one.at(-1)?.id === row.parentId);
  if (!chain) return false;
  const gift = { kind: 'staff', cabinetId: facts.cabinetId, admin: false, vector: row.rights } as const;
  return mayTake(powersOn(chain, facts.manager), { enforcer, now, gift }, 'close');
}

function powersOn(chain: Chain, manager: Link | null): readonly Power[] {
  const firm = chain.at(-1);
  if (!firm || !manager) return [];
  return [{ chain: [...chain, { ...manager, parentId: firm.id, siteId: firm.siteId }], isGiver: true }];
}
