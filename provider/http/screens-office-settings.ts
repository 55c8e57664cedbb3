/** Locals of the pages about the look of a caisse; see screens.ts. The long form is of screens-office-form.ts. */
import type { Link } from './screens.ts';
import type { OfficeLocals } from './screens-office.ts';
import type { Theme } from './theme.ts';

type Page = OfficeLocals & {
  readonly trail: readonly Link[];
  readonly action: string;
  readonly seen: string;
};

export type ColoursLocals = Page & {
  readonly colours: Theme;
  /** A stylesheet of those colours: the page is drawn by it, and they may be saved. null: nothing is previewed. */
  readonly previewHref: string | null;
};

export type LogoLocals = Page & { readonly logoHref: string | null };

export type OfficeSettingsScreens = { 'office/colours': ColoursLocals; 'office/logo': LogoLocals };
