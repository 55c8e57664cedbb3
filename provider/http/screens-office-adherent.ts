/** Locals of the screens of the back office « adherent », and of the page that every act of its people goes by; see screens.ts. */
import type { FieldError } from './screens.ts';
import type { ImpactShown } from './screens-closing.ts';
import type { Carried } from './screens-giving.ts';
import type { Paging, StatusShown } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';
import type { FormField } from './screens-office-form.ts';

/** One line of a list: what it is, what is said of it, what may be done. */
export type OfficeRow = {
  readonly name: string;
  readonly href: string | null;
  readonly badge: string | null;
  readonly details: readonly string[];
  readonly standing: StatusShown | null;
  readonly acts: readonly { readonly label: string; readonly href: string; readonly about: string }[];
};

export type OfficeFact = {
  readonly name: string;
  readonly value: string;
  readonly detail?: string | null;
  readonly act?: { readonly label: string; readonly href: string; readonly about: string } | null;
};

export type OfficePageLocals = OfficeLocals & {
  readonly errors: readonly FieldError[];
  /** Where one comes from, the nearest last. */
  readonly trail: readonly { readonly label: string; readonly href: string }[];
  readonly title: string;
  readonly badge: string | null;
  readonly lead: string | null;
  /** Said above all else: what ought to be looked at. */
  readonly warnings: readonly {
    readonly text: string;
    readonly links: readonly { readonly label: string; readonly href: string }[];
  }[];
  readonly facts: readonly OfficeFact[];
  /** What may be done, as links to pages that say what it means. */
  readonly acts: readonly { readonly label: string; readonly href: string }[];
  readonly sections: OfficeLocals['sections'];
  readonly lists: readonly {
    readonly id: string;
    readonly title: string;
    readonly empty: string;
    readonly rows: readonly OfficeRow[];
    readonly paging: Paging | null;
    /** GET `q`, and the value typed; null: nothing to search. */
    readonly search: { readonly action: string; readonly value: string; readonly label: string } | null;
    readonly links: readonly { readonly label: string; readonly href: string }[];
  }[];
};

export type ActField =
  | Extract<FormField, { readonly kind: 'area' }>
  | {
      readonly kind: 'text';
      readonly id: string;
      readonly type: 'text' | 'email' | 'date';
      readonly label: string;
      readonly hint: string | null;
      readonly value: string;
      readonly optional?: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly id: string;
      readonly label: string;
      readonly choices: readonly {
        readonly value: string;
        readonly label: string;
        readonly hint: string | null;
        readonly chosen: boolean;
      }[];
    };

export type OfficeActLocals = OfficeLocals & {
  readonly trail: OfficePageLocals['trail'];
  readonly title: string;
  readonly lead: readonly string[];
  readonly facts: readonly OfficeFact[];
  readonly impact: ImpactShown | null;
  readonly fields: readonly ActField[];
  /** As typed; null: none is asked. */
  readonly reason: string | null;
  readonly carried: Carried;
  /** POST the fields, `motif` when one is asked, and `vu`. */
  readonly action: string;
  readonly seen: string;
  readonly button: string;
  readonly cancelHref: string;
};

export type OfficeAdherentScreens = { 'office/page': OfficePageLocals; 'office/act': OfficeActLocals };
