/** Locals that every screen of the back office shares; see screens.ts. Each section has a file of its own beside. */
import type { CommonLocals, Notice, SignedInPerson } from './screens.ts';

export type OfficeLocals = CommonLocals & {
  readonly person: SignedInPerson;
  readonly notice: Notice | null;
  readonly sections: readonly { readonly label: string; readonly href: string; readonly current: boolean }[];
};
