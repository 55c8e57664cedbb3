/** Remembers identifiers that may be used once, until they would be too old to be accepted anyway. */

export type ReplayGuard = {
  /** True the first time an identifier is seen; false when it comes again, or when the memory is full. */
  readonly first: (id: string, until: number, now: number) => boolean;
};

const MOST_REMEMBERED = 50_000;

export function createReplayGuard(): ReplayGuard {
  const seen = new Map<string, number>();

  function first(id: string, until: number, now: number): boolean {
    // Insertion order is close to expiry order: every entry lives about as long as the others.
    for (const [known, expiry] of seen) {
      if (expiry > now) break;
      seen.delete(known);
    }
    if (seen.has(id) || seen.size >= MOST_REMEMBERED) return false;
    seen.set(id, until);
    return true;
  }

  return { first };
}
