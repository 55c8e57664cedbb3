/** Locals of the screens of the back office « audit »; see screens.ts. */
import type { Carried } from './screens-giving.ts';
import type { Choice } from './screens-list.ts';
import type { OfficeLocals } from './screens-office.ts';

/** Who did something, or whom it concerns. */
export type AuditPerson = {
  readonly name: string;
  readonly email: string | null;
  readonly href: string | null;
};

export type AuditLineShown = {
  readonly href: string;
  readonly at: string;
  readonly what: string;
  readonly who: AuditPerson | null;
  readonly whom: AuditPerson | null;
  readonly site: { readonly raisonSociale: string; readonly name: string; readonly siret: string } | null;
  /** Network address; null: the product did it by itself, or a command. */
  readonly from: string | null;
};

export type JournalLocals = OfficeLocals & {
  /** GET `type`, `personne`, `adherent`, `site`, `du`, `au`, `adresse`, `reference`. */
  readonly action: string;
  readonly typed: {
    readonly personne: string;
    readonly adherent: string;
    readonly site: string;
    readonly du: string;
    readonly au: string;
    readonly adresse: string;
    readonly reference: string;
  };
  readonly kinds: readonly { readonly label: string; readonly choices: readonly Choice[] }[];
  readonly filtered: boolean;
  readonly rows: readonly AuditLineShown[];
  readonly hrefs: {
    readonly unfiltered: string;
    readonly newest: string | null;
    readonly newer: string | null;
    readonly older: string | null;
  };
  /** null: he is no supervisor, or there is nothing to export. POST. */
  readonly exporting: { readonly action: string; readonly carried: Carried } | null;
};

export type JournalLineLocals = OfficeLocals & {
  readonly backHref: string;
  readonly line: Omit<AuditLineShown, 'href'>;
  readonly number: string;
  readonly register: string;
  readonly serviceName: string | null;
  readonly reference: { readonly text: string; readonly href: string } | null;
  /** Of what was changed, what it was and what it became. */
  readonly changes: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** « Scellée le… » */
  readonly seal: string;
};

export type OfficeAuditScreens = {
  'office/journal': JournalLocals;
  'office/journal-line': JournalLineLocals;
};
