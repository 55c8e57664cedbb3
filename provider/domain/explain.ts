/**
 * Why somebody holds a right by a chain, or does not: what each link contributes, and the first that stops it. The
 * decision itself is domain/rights; this only names the link that a person can do something about.
 */
import type { Instant } from './instant.ts';
import {
  type Chain,
  COLLEGES,
  type College,
  chainRights,
  LEVELS,
  type Level,
  type Link,
  type LinkStatus,
  levelOf,
  type Window,
} from './rights.ts';

export type AskedRight = {
  /** Its place in the catalogue. */
  readonly feature: number;
  readonly level: Exclude<Level, 'none'>;
  /** null: concerns the company, whatever the collège. */
  readonly college: College | null;
};

/** `begins`, `over`: its own dates; `attachment`, `membership`: what it stands on is not there at that instant. */
export type Obstacle =
  | { readonly kind: 'status'; readonly status: Exclude<LinkStatus, 'active'> }
  | { readonly kind: 'begins'; readonly at: Instant }
  | { readonly kind: 'over'; readonly at: Instant }
  | { readonly kind: 'attachment' | 'membership'; readonly window: Window }
  | { readonly kind: 'level'; readonly held: Level }
  | { readonly kind: 'college' }
  /** Has no right in common with what is above it. */
  | { readonly kind: 'nothing_common' }
  /** The chain has no head, or links that do not fit: worth nothing, whatever they say. */
  | { readonly kind: 'broken' };

export type Explanation<L extends Link> = {
  readonly held: boolean;
  /** Root first. */
  readonly links: readonly { readonly link: L; readonly obstacle: Obstacle | null }[];
  /** The first that stops the right; null when it is held. */
  readonly stop: { readonly link: L; readonly obstacle: Obstacle } | null;
};

/** `asked` null: whether the chain leaves anything at all. */
export function explain<L extends Link>(
  chain: readonly [L, ...L[]],
  now: Instant,
  asked: AskedRight | null,
): Explanation<L> {
  const links = chain.map((link) => ({ link, obstacle: obstacleIn(link, now, asked) }));
  const held = holds(chain, now, asked);
  if (held) return { held, links, stop: null };
  for (const { link, obstacle } of links) if (obstacle) return { held, links, stop: { link, obstacle } };
  return { held, links, stop: whereItEnds(chain, now) };
}

/** No link stops it by itself: one that leaves nothing of what is above, or that hangs on nothing. */
function whereItEnds<L extends Link>(
  chain: readonly [L, ...L[]],
  now: Instant,
): { readonly link: L; readonly obstacle: Obstacle } {
  const at = Math.max(
    0,
    chain.findIndex((_, i) => chainRights(chain.slice(0, i + 1), now) === null),
  );
  return { link: chain[at] ?? chain[0], obstacle: { kind: at === 0 ? 'broken' : 'nothing_common' } };
}

function holds(chain: Chain, now: Instant, asked: AskedRight | null): boolean {
  const rights = chainRights(chain, now);
  if (rights === null || asked === null) return rights !== null;
  return givesLevel(rights.vector.levels, asked) && givesCollege(rights.vector.colleges, asked);
}

function obstacleIn(link: Link, now: Instant, asked: AskedRight | null): Obstacle | null {
  if (link.status !== 'active') return { kind: 'status', status: link.status };
  if (now < link.from) return { kind: 'begins', at: link.from };
  if (link.to !== null && link.to <= now) return { kind: 'over', at: link.to };
  const window = link.standsOn.find(({ from, to }) => now < from || (to !== null && to <= now));
  if (window) return { kind: link.kind === 'cabinet' ? 'attachment' : 'membership', window };
  if (asked === null) return null;
  if (!givesLevel(link.levels, asked)) return { kind: 'level', held: heldIn(link.levels, asked) };
  return givesCollege(link.colleges, asked) ? null : { kind: 'college' };
}

const heldIn = (levels: bigint, { feature }: AskedRight): Level =>
  levelOf({ administrator: false, levels: [levels, 0n, 0n], until: null, cabinetId: null }, feature, null);

const givesLevel = (levels: bigint, asked: AskedRight): boolean =>
  LEVELS.indexOf(heldIn(levels, asked)) >= LEVELS.indexOf(asked.level);

const givesCollege = (colleges: number, { college }: AskedRight): boolean =>
  college === null || (colleges & (1 << COLLEGES.indexOf(college))) !== 0;
