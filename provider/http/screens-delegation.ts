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

/** What views/partials/back-to-service draws: the way back to the service that sent its person here. */
export type BackToService = {
  /** POST without fields: back, with the rights as they are then. */
  readonly action: string;
  /** Back without an answer. */
  readonly cancelHref: string;
  readonly serviceName: string;
};

/** Every page of « Gérer les droits d’accès » and of the cabinet. */
export type DelegationLocals = CommonLocals & {
  readonly person: SignedInPerson;
  readonly notice: Notice | null;
  /** On the pages that a service sends people to, while it waits. */
  readonly back?: BackToService | null;
};

export type SentLocals = DelegationLocals & {
  readonly back: BackToService;
  /** 14 digits: the site that the service named and the person does not administer; null when it named none. */
  readonly siret: string | null;
  /** The first of those that he administers. */
  readonly sites: readonly (SiteShown & { readonly href: string })[];
  /** All of them, when there are more. */
  readonly allHref: string | null;
  /** « Mon cabinet », for a firm's manager. */
  readonly cabinetHref: string | null;
};

export type SentScreens = { 'delegation/sent': SentLocals };

export type SiteShown = {
  readonly raisonSociale: string;
  readonly identifiant: string;
  /** 14 digits. */
  readonly siret: string;
  readonly name: string;
};

export type MatrixLevel = 'none' | 'consultation' | 'mise_a_jour';

/** The choice of a level for several rows at once. `field`: the name of its radios and of its button. */
export type MatrixHeader = {
  readonly field: string;
  readonly offered: readonly MatrixLevel[];
  readonly chosen: MatrixLevel | null;
};

/** What views/partials/matrix draws inside a form; see journeys/rights-form.ts. Load matrix.js with it. */
export type MatrixLocals = {
  /** null: not offered. */
  readonly admin: { readonly label: string; readonly checked: boolean } | null;
  readonly colleges: readonly { readonly field: string; readonly label: string; readonly checked: boolean }[];
  readonly columns: readonly { readonly level: MatrixLevel; readonly label: string }[];
  readonly all: MatrixHeader;
  readonly groups: readonly (MatrixHeader & {
    readonly label: string;
    readonly rows: readonly {
      readonly field: string;
      readonly label: string;
      readonly offered: readonly MatrixLevel[];
      readonly chosen: MatrixLevel;
    }[];
  })[];
};
