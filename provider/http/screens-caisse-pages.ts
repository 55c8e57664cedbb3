/** Locals of the caisse’s own pages; see screens.ts. */
import type { CommonLocals } from './screens.ts';

export type CaissePageLocals = CommonLocals & {
  readonly title: string;
  readonly blocks: readonly (
    | { readonly kind: 'title' | 'paragraph'; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly string[] }
  )[];
};

/** `action`: POST, back to the service. */
export type ClosedLocals = CommonLocals & { readonly action: string };

export type CaissePagesScreens = {
  'caisse-pages/page': CaissePageLocals;
  'caisse-pages/closed': ClosedLocals;
};
