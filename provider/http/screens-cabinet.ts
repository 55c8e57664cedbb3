/** Locals of the screens « cabinet »; see screens.ts. */
import type { DelegationLocals } from './screens-delegation.ts';

/** Of whoever manages several firms. */
export type ChooseCabinetLocals = DelegationLocals & {
  readonly cabinets: readonly { readonly name: string; readonly href: string }[];
};

export type CabinetScreens = {
  'cabinet/choose': ChooseCabinetLocals;
};
