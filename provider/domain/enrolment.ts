/**
 * Opening an account with what the post brought. Owns what a person gives, how long each step lives, and what the
 * activation confers; does not own the code itself (confidential-code) nor any screen.
 */
import type { Instant } from './instant.ts';
import { EVERYTHING, type Vector } from './rights.ts';

/** From the identification to the end of the form: someone may go and look for a telephone number. */
const TICKET_MINUTES = 60;
/** Of the link that certifies the address; past it, the same three identifiers bring another. */
export const ACTIVATION_HOURS = 72;

const MINUTE = 60_000;

export const ticketEnds = (now: Instant): Instant => now + TICKET_MINUTES * MINUTE;
export const activationEnds = (now: Instant): Instant => now + ACTIVATION_HOURS * 60 * MINUTE;

/** Who somebody is and where he is rung up, as typed. */
export type TypedPerson = {
  readonly familyName: string;
  readonly givenName: string;
  readonly landline: string;
  readonly landlineCountry: string;
  readonly mobile: string;
  readonly mobileCountry: string;
};

/** What the form holds, as typed: everything but secrets. */
export type TypedDetails = TypedPerson & { readonly email: string; readonly emailConfirmation: string };

/** The same once it is accepted. Numbers are in E.164. */
export type ContactDetails = {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly landline: string | null;
  readonly mobile: string | null;
  readonly mobileCertifiedAt: Instant | null;
};

/** A number that was proved by its SMS code, and when. */
export type CertifiedMobile = { readonly number: string; readonly at: Instant };

/** A certification is of one number: another one typed since has none. */
export const certifiedAt = (mobile: string | null, certified: CertifiedMobile | null): Instant | null =>
  mobile !== null && certified?.number === mobile ? certified.at : null;

/** Administrateur Entreprise: every right on every feature of the site, and the power to delegate them. */
export const rootOf = (
  now: Instant,
): {
  readonly admin: true;
  readonly rights: Vector;
  readonly status: 'active';
  readonly from: Instant;
  readonly to: null;
} => ({ admin: true, rights: EVERYTHING, status: 'active', from: now, to: null });
