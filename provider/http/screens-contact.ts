/** Locals of the screens « contact »; see screens.ts. */
import type { CommonLocals, Notice, SignedInPerson } from './screens.ts';
import type { Carried } from './screens-giving.ts';

export type ContactFact = { readonly name: string; readonly value: string };

export type ContactFile = { readonly id: string; readonly name: string; readonly size: string };

/** Of somebody who is not signed in; nobody asks anything of it of whoever is. */
export type TypedWriter = {
  readonly family_name: string;
  readonly given_name: string;
  readonly email: string;
  readonly phone: string;
  readonly raison_sociale: string;
  readonly identifiant: string;
  readonly siret: string;
};

export type TypedMessage = TypedWriter & {
  readonly objet: string;
  readonly message: string;
  readonly consentement: boolean;
};

export type ContactFormLocals = CommonLocals & {
  readonly person: SignedInPerson | null;
  readonly notice: Notice | null;
  /** POST, as a form with files: `formulaire`, `objet`, `message`, `pieces`, `consentement`; `retirer` an id; `choisir` leads to the sites. */
  readonly action: string;
  readonly token: string;
  /** What is known of who is signed in; null: he says it himself. */
  readonly known: readonly ContactFact[] | null;
  /** The button that leads to his sites; null: there is nothing to choose. */
  readonly siteChoice: string | null;
  readonly typed: TypedMessage;
  readonly kept: readonly ContactFile[];
  /** null: the caisse takes no files. */
  readonly files: {
    readonly most: number;
    readonly bytes: number;
    /** « 3 fichiers au plus, 15 Mo en tout. PDF, JPEG… » */
    readonly hint: string;
    /** As the attribute `accept` has it. */
    readonly accept: string;
  } | null;
  readonly mostMessage: number;
  readonly privacyHref: string;
};

export type ContactSiteLocals = CommonLocals & {
  readonly person: SignedInPerson;
  /** POST `q`, `page`; `site` a SIRET, or `revenir`, leads back to the form. With each what was written. */
  readonly action: string;
  readonly carried: Carried;
  readonly search: string;
  readonly total: string;
  readonly sites: readonly {
    readonly value: string;
    readonly raisonSociale: string;
    readonly name: string;
    readonly siret: string;
    readonly identifiant: string;
  }[];
  /** null: one page holds them all. */
  readonly paging: { readonly page: number; readonly last: number } | null;
};

export type ContactSentLocals = CommonLocals & {
  readonly number: string;
  readonly facts: readonly ContactFact[];
  readonly email: string;
  readonly anotherHref: string;
};

export type ContactScreens = {
  'contact/form': ContactFormLocals;
  'contact/site': ContactSiteLocals;
  'contact/sent': ContactSentLocals;
};
