/** Locals of the caisse’s own pages; see screens.ts. */
import type { CommonLocals } from './screens.ts';

export type CaissePageLocals = CommonLocals & {
  readonly title: string;
  readonly blocks: readonly (
    | { readonly kind: 'title' | 'paragraph'; readonly text: string }
    | { readonly kind: 'list'; readonly items: readonly string[] }
  )[];
};

export type CaissePagesScreens = { 'caisse-pages/page': CaissePageLocals };
