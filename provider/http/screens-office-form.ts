/** Locals of a long form of the back office: what a supervisor decides for the whole caisse. See screens.ts. */
import type { Link } from './screens.ts';
import type { OfficeLocals } from './screens-office.ts';

type Common = { readonly id: string; readonly label: string; readonly hint?: string | undefined };

export type FormField =
  | (Common & {
      readonly kind: 'text';
      readonly type: 'text' | 'email' | 'tel' | 'number' | 'color' | 'date' | 'time';
      readonly value: string;
      readonly optional?: boolean;
    })
  | (Common & {
      readonly kind: 'area';
      readonly value: string;
      readonly rows: number;
      readonly optional?: boolean;
    })
  | (Common & {
      readonly kind: 'choice';
      readonly value: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    })
  /** Each box is a field of its own, sent as `oui`. */
  | (Common & {
      readonly kind: 'boxes';
      readonly boxes: readonly {
        readonly id: string;
        readonly label: string;
        readonly checked: boolean;
        readonly hint?: string;
      }[];
    })
  | (Common & { readonly kind: 'file'; readonly accept: string });

export type FormGroup = { readonly title: string | null; readonly fields: readonly FormField[] };

export type OfficeFormLocals = OfficeLocals & {
  readonly trail: readonly Link[];
  readonly title: string;
  readonly lead: string | null;
  /** Other pages about the same thing. */
  readonly links: readonly Link[];
  readonly groups: readonly FormGroup[];
  readonly action: string;
  /** What the page showed: whoever changes something else is told so. */
  readonly seen: string;
  readonly button: string;
  readonly hasFile: boolean;
};

/** How a caisse would look: drawn by two colours that nobody has saved. */
export type OfficeConfirmLocals = OfficeLocals & {
  readonly trail: readonly Link[];
  readonly title: string;
  readonly lead: readonly string[];
  readonly action: string;
  readonly seen: string;
  readonly button: string;
  readonly cancelHref: string;
};
