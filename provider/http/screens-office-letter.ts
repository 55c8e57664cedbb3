/** Locals of the screens of the back office « letter »; see screens.ts. */
import type { Carried } from './screens-giving.ts';
import type { OfficeLocals } from './screens-office.ts';

/** The form of a new batch, as typed. */
export type ChosenSites = {
  /** `adherent`, `missing`, `list` or `import`; '' at first. */
  readonly origine: string;
  readonly identifiant: string;
  readonly departement: string;
  readonly depuis: string;
  /** One a line. */
  readonly sirets: string;
  /** Id of an import; '' unless the page was come to from one. */
  readonly import: string;
};

/** POST `origine` and the fields that go with it. */
export type LetterNewLocals = OfficeLocals & {
  readonly action: string;
  readonly backHref: string;
  readonly typed: ChosenSites;
  /** « Sites déclarants, import du… »; null: none was come from. */
  readonly imported: string | null;
  readonly mostListed: number;
  readonly mostLetters: number;
};

/** POST what is carried, `bienvenue`, `remplacer`, `motif`. */
export type LetterRecapLocals = OfficeLocals & {
  readonly action: string;
  readonly backHref: string;
  readonly carried: Carried;
  readonly about: string;
  /** Sites that get letters, and those that this batch has no room for. */
  readonly due: number;
  readonly left: number;
  /** Why the others get none. */
  readonly aside: readonly string[];
  /** Sites whose code is still good, and may be replaced. */
  readonly replaceable: number;
  readonly bienvenue: boolean;
  readonly remplacer: boolean;
  readonly motif: string;
};

export type LetterStatisticsLocals = OfficeLocals & {
  readonly backHref: string;
  readonly columns: readonly string[];
  readonly months: readonly { readonly name: string; readonly values: readonly string[] }[];
};

export type OfficeLetterScreens = {
  'office/letter-new': LetterNewLocals;
  'office/letter-recap': LetterRecapLocals;
  'office/letter-statistics': LetterStatisticsLocals;
};
