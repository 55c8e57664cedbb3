/** Locals of the caisse’s own pages; see screens.ts. */
import type { CommonLocals, Link } from './screens.ts';

export type CaissePageLocals = CommonLocals & {
  readonly title: string;
  readonly blocks: readonly (
    | { readonly kind: 'title' | 'paragraph'; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly string[] }
  )[];
  /** Other pages about the same thing. */
  readonly links: readonly Link[];
};

export type ClosedLocals = CommonLocals & {
  /** POST, back to the service; null: nobody sent its person here. */
  readonly action: string | null;
  /** « 7 janvier 2027 à 8 h »; null: open again meanwhile. */
  readonly opens: string | null;
  /** What the caisse says of it; '' nothing. */
  readonly words: string;
  /** For the caisse's own people. */
  readonly officeHref: string | null;
};

export type CaissePagesScreens = {
  'caisse-pages/page': CaissePageLocals;
  'caisse-pages/closed': ClosedLocals;
};
