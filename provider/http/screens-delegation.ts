/** Locals of the screens of rights that several of them share; see screens.ts. */
import type { CommonLocals, Notice, SignedInPerson } from './screens.ts';

/** What views/partials/rights draws. */
export type RightsShown = {
  /** Administrateur: the lists below are then what he reaches, and he may delegate it. */
  readonly admin: boolean;
  readonly colleges: readonly string[];
  readonly groups: readonly {
    readonly label: string;
    readonly features: readonly { readonly label: string; readonly level: string }[];
  }[];
};

/** Every page of « Gérer les droits d’accès » and of the cabinet. */
export type DelegationLocals = CommonLocals & {
  readonly person: SignedInPerson;
  readonly notice: Notice | null;
};

export type SiteShown = {
  readonly raisonSociale: string;
  readonly identifiant: string;
  /** 14 digits. */
  readonly siret: string;
  readonly name: string;
};
