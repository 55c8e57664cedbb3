/**
 * What the product says to people outside its screens: by mail, SMS and post. A message is written in the transaction
 * of the fact that it announces (store/outbox) and sent afterwards. Owns what each needs; the words are delivery’s.
 */
import type { Instant } from './instant.ts';

type MailOf<T extends string, Data extends object = object> = {
  readonly channel: 'mail';
  readonly template: T;
  readonly to: string;
  /** Beyond this moment the message would mislead (its link is dead): it is not sent. null: it stays true. */
  readonly expiresAt: Instant | null;
} & Data;

type Person = { readonly givenName: string; readonly familyName: string };
/** An address on the caisse's own issuer, never made from a request's Host. */
type WithLink = { readonly link: string };

export type Mail =
  /** Enrolment: certifies the address and activates the account. */
  | MailOf<'activation', Person & WithLink & { readonly raisonSociale: string; readonly siret: string }>
  /** Enrolment with an address that has an account already: tells its owner, and nobody else, how to go on. */
  | MailOf<'account_exists', WithLink & { readonly raisonSociale: string }>
  | MailOf<'site_associated', Person & { readonly raisonSociale: string; readonly siret: string }>
  | MailOf<'password_reset', Person & WithLink>
  | MailOf<'password_changed', Person>
  /** To the new address: certifies it. */
  | MailOf<'email_change', Person & WithLink>
  /** To the old address: warns, with a link that cancels. */
  | MailOf<'email_change_warning', Person & WithLink & { readonly newEmail: string }>
  | MailOf<'email_changed', Person & { readonly newEmail: string }>
  /** Periodic certification: the first one at sign-in, reminders before. */
  | MailOf<'certification', Person & WithLink>
  /** First sign-in by letter: certifies the address that was given and opens the account. */
  | MailOf<'provisional_opening', Person & WithLink>
  /** Likewise, of an address that another account has: tells its owner, and nobody else. */
  | MailOf<'address_in_use'>
  | MailOf<'certification_reminder', Person & WithLink & { readonly days: number }>
  | MailOf<
      'second_factor_changed',
      Person & { readonly change: 'added' | 'removed' | 'recovery_code_used' | 'reset_by_agent' }
    >
  /** From My account: names or telephones; where the person is signed in; what a service held. */
  | MailOf<'contact_changed', Person>
  | MailOf<'session_ended', Person>
  | MailOf<'access_ended', Person>;

/** « 123456 est votre code… », last line `@host #code` so that phones fill it in. */
export type Sms = {
  readonly channel: 'sms';
  readonly template: 'code';
  /** E.164. */
  readonly to: string;
  readonly code: string;
  readonly expiresAt: Instant;
};

export type PostalAddress = { readonly name: string; readonly lines: readonly string[] };

/** The two letters that a new site gets, apart. A code exists only encrypted until it is printed. */
export type Letter = {
  readonly channel: 'letter';
  readonly to: PostalAddress;
  readonly raisonSociale: string;
  readonly siret: string;
  readonly identifiant: string;
} & (
  | { readonly template: 'welcome'; readonly expiresAt: null }
  | { readonly template: 'confidential_code'; readonly code: string; readonly expiresAt: Instant }
);

export type Message = Mail | Sms | Letter;
