/**
 * A request for access without codes: who asks, for whom, and where it stands. Owns its shape, its number and what may
 * happen to it; the accounts that it ends in are domain/provisional's, their rights domain/rights'.
 */
import type { Random } from './seal.ts';

export type RequestStatus = 'received' | 'incomplete' | 'validated' | 'refused';

export const isOpen = (status: RequestStatus): boolean => status === 'received' || status === 'incomplete';

/** How far the rights of a delegate go: everywhere alike, and he delegates nothing. The director narrows them later. */
const DELEGATE_LEVELS = ['consultation', 'mise_a_jour'] as const;
export type DelegateLevel = (typeof DELEGATE_LEVELS)[number];

export type Director = {
  readonly givenName: string;
  readonly familyName: string;
  readonly position: string;
  readonly email: string;
  /** « Non affilié à la caisse »: the caisse knows him from no declaration. */
  readonly unaffiliated: boolean;
};

export type Delegate = {
  readonly kind: 'cabinet' | 'employee';
  /** Of the accounting firm, as typed; '' for an employee. */
  readonly firm: string;
  readonly givenName: string;
  readonly familyName: string;
  /** Where his letter goes, by lines. */
  readonly address: readonly string[];
  readonly level: DelegateLevel;
};

export type Asked = { readonly director: Director; readonly delegate: Delegate | null };

/** What the convention says: all of it stands in the request. */
export type ConventionTold = Asked & {
  readonly number: string;
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly siret: string;
  readonly siteName: string;
};

/** Crockford's base 32: no I, L, O or U, so that nobody hesitates over a printed character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** « K7P2-M4XQ », 40 bits of chance: the number of a request, or an identifiant that a letter brings. */
export function makeShortName(random: Random): string {
  const characters = Array.from(random(8), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${characters.slice(0, 4)}-${characters.slice(4)}`;
}
