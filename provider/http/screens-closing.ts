/** Locals of the screens on which delegations are closed, suspended, resumed, renewed and sites handed over; see screens.ts. */

/** What views/partials/impact draws. */
export type ImpactShown = {
  /** « 1er mars 2027 »: the losses come on that day; null: at once. */
  readonly on: string | null;
  /** Whether anybody loses anything. */
  readonly takes: boolean;
  /** « 14 collaborateurs perdent 3 droits sur 62 sites. » */
  readonly sentences: readonly string[];
};

// biome-ignore lint/complexity/noBannedTypes: filled in by its screens
export type ClosingScreens = {};
