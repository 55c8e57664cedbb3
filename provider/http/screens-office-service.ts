/** Locals of the pages about services; see screens.ts. */
import type { Link } from './screens.ts';
import type { OfficeLocals } from './screens-office.ts';
import type { OfficeConfirmLocals, OfficeFormLocals } from './screens-office-form.ts';

export type ServicesLocals = OfficeLocals & {
  readonly newHref: string;
  readonly services: readonly {
    readonly clientId: string;
    readonly name: string;
    readonly href: string;
    /** What it is, in words. */
    readonly kind: string;
    readonly tryHref: string | null;
  }[];
};

export type ServiceSecretLocals = OfficeLocals & {
  readonly trail: readonly Link[];
  readonly clientId: string;
  /** In clear, this once. */
  readonly secret: string;
  readonly backHref: string;
};

export type OfficeServiceScreens = {
  'office/form': OfficeFormLocals;
  'office/confirm': OfficeConfirmLocals;
  'office/services': ServicesLocals;
  'office/service-secret': ServiceSecretLocals;
};
