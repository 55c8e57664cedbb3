/**
 * What the product says to people outside its screens: by mail, SMS and post. A message is written in the transaction
 * of the fact that it announces (store/outbox) and sent afterwards. Owns what each needs; the words are delivery’s.
 */
import type { ConventionTold } from './access-request.ts';
import type { MessageTold } from './contact.ts';
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

/** `ended`: it is as it was, but nothing is left above it. */
export type DelegationTurn = 'suspended' | 'resumed' | 'closed' | 'renewed' | 'ended';

/** What a mail about a delegation tells. */
export type DelegationTold = {
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly sites: readonly { readonly name: string; readonly siret: string }[];
  /** Name of who gives: a person or a firm. */
  readonly giver: string;
  readonly startsAt: Instant;
  /** The midnight after the last day; null: no end. Not `to`, which is whom the mail goes to. */
  readonly endsAt: Instant | null;
  /** One line a right. */
  readonly rights: readonly string[];
};

export type Ending = {
  /** The other side: the beneficiary’s or the giver’s name. */
  readonly other: string;
  readonly raisonSociale: string;
  readonly siteName: string;
  /** The midnight after the last day. */
  readonly endsAt: Instant;
};

/** How many there are, and the first of them. */
export type Endings = { readonly count: number; readonly soonest: readonly Ending[] };

/** As what somebody joined a firm: one of its people, its manager, or who a client named to serve it. */
export type FirmJoined =
  | { readonly as: 'staff' | 'manager' }
  /** `belongs`: to the firm already, so that he serves other clients as well. */
  | { readonly as: 'named'; readonly belongs: boolean; readonly client: DelegationTold };

/** Of thousands of clients, the first few by name. */
export type SomeClients = { readonly total: number; readonly first: readonly string[] };

export type OfficeActTold =
  | 'unlocked'
  /** To the old address: the new one waits to be confirmed. The link undoes it. */
  | 'email_changing'
  | 'closed'
  | 'reopened'
  | 'agent_added'
  | 'agent_changed'
  | 'agent_ended'
  | 'manager_named'
  | 'manager_ended'
  | 'cabinet_detached'
  /** A site has another administrator: to the former one, and to his successor. */
  | 'site_taken'
  | 'site_received';

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
  | MailOf<'access_ended', Person>
  /** To whom somebody delegates, invites to a firm or hands a site over: accepts or refuses by the link. */
  | MailOf<
      'delegation_invitation',
      DelegationTold &
        WithLink & {
          readonly kind: 'user' | 'cabinet' | 'succession';
          /** Of the kind `cabinet`. */
          readonly cabinetName: string | null;
          /** Of the kind `succession`: the caisse offers it, whoever gave the site up. */
          readonly byCaisse?: boolean;
        }
    >
  | MailOf<
      'member_invitation',
      WithLink & {
        readonly cabinetName: string;
        readonly inviter: string;
        /** The caisse names him manager. */
        readonly byCaisse?: boolean;
      }
    >
  /** To the administrator who invited: somebody accepted, he has the last word. The link leads to a page that signs him in. */
  | MailOf<
      'delegation_to_confirm',
      Person & DelegationTold & WithLink & { readonly beneficiary: string; readonly beneficiaryEmail: string }
    >
  /** To the beneficiary: his rights stand. The link leads to the sign-in. */
  | MailOf<'delegation_opened', Person & DelegationTold & { readonly link: string | null }>
  /** To the administrator: who was invited declines. */
  | MailOf<
      'delegation_declined',
      Person & DelegationTold & { readonly beneficiaryEmail: string; readonly byCaisse?: boolean }
    >
  /** To the beneficiary: the administrator does not confirm, or takes the invitation back. */
  | MailOf<'delegation_denied', DelegationTold>
  | MailOf<'delegation_withdrawn', DelegationTold>
  /** To the beneficiary, person or firm’s manager: `before` and `after`, as lines. */
  | MailOf<
      'delegation_modified',
      Person & DelegationTold & { readonly before: readonly string[]; readonly after: readonly string[] }
    >
  | MailOf<
      'delegation_turned',
      Person &
        DelegationTold & {
          readonly turn: DelegationTurn;
        }
    >
  /** 30 and 7 days before an end date, to both sides; at least one of `given` and `received` is not empty. */
  | MailOf<
      'delegation_ending',
      Person & {
        /** Within so many they all end. */
        readonly days: number;
        readonly given: Endings;
        readonly received: Endings;
        readonly link: string | null;
      }
    >
  /** To the managers of a firm: somebody has joined it, brought by another manager, by the caisse or by a client. */
  | MailOf<
      'member_joined',
      Person &
        WithLink & {
          readonly cabinetName: string;
          readonly member: string;
          readonly memberEmail: string;
          readonly joined: FirmJoined;
        }
    >
  | MailOf<'member_left', Person & { readonly cabinetName: string }>
  /** To one of a firm's people: a manager has changed, in one act, which clients are his and with which rights. */
  | MailOf<
      'member_clients_changed',
      Person & {
        readonly cabinetName: string;
        readonly manager: string;
        readonly given: SomeClients;
        readonly modified: SomeClients;
        readonly taken: SomeClients;
        readonly link: string;
      }
    >
  /** To whom it concerns: what the caisse's own people did, each time somebody asked for it. */
  | MailOf<
      'office_act',
      Person & {
        readonly act: OfficeActTold;
        /** The firm, the company or the address that it is about; '' where there is none. */
        readonly about: string;
        /** Of the act that waits for the person; null: nothing is asked of him. */
        readonly link: string | null;
      }
    >
  /** To both: the one who handed the site over, and his successor. */
  | MailOf<
      'site_handed_over',
      Person &
        DelegationTold & {
          readonly side: 'former' | 'successor';
          readonly other: string;
          /** The caisse offered it, whoever gave the site up. */
          readonly byCaisse?: boolean;
        }
    >
  /** Request for access: with the convention to sign, also behind the link. */
  | MailOf<'access_request_received', Person & WithLink & { readonly convention: ConventionTold }>
  /** What came back lacks something: `missing` is an agent's sentence. */
  | MailOf<
      'access_request_incomplete',
      Person & WithLink & { readonly convention: ConventionTold; readonly missing: string }
    >
  | MailOf<'access_request_refused', Person & RequestTold & { readonly reason: string }>
  | MailOf<'access_request_validated', Person & RequestTold & { readonly withDelegate: boolean }>
  /** To the caisse's own mailbox, with the files that came along: somebody wrote by the contact form. */
  | MailOf<'contact_message', WithLink & { readonly told: MessageTold; readonly replyTo: string }>
  /** To whoever wrote: his message is there, under that number. */
  | MailOf<'contact_received', Person & { readonly number: string; readonly files: number }>;

type RequestTold = { readonly number: string; readonly raisonSociale: string; readonly siret: string };

export type AccessRequestMail = Extract<Mail, { template: `access_request_${string}` }>;

export const isAboutAccessRequest = (mail: Mail): mail is AccessRequestMail =>
  mail.template.startsWith('access_request_');

export type ContactMail = Extract<Mail, { template: 'contact_message' | 'contact_received' }>;

export const isAboutContact = (mail: Mail): mail is ContactMail =>
  mail.template === 'contact_message' || mail.template === 'contact_received';

/** Somebody gives, takes or answers for rights, or belongs to a firm. */
export type DelegationMail = Extract<
  Mail,
  { template: `delegation_${string}` | `member_${string}` | 'site_handed_over' }
>;

export const isAboutDelegation = (mail: Mail): mail is DelegationMail =>
  /^(delegation_|member_|site_handed_over$)/.test(mail.template);

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

/**
 * The two letters that a new site gets, apart, and the one that opens an account which the caisse has made. A code or
 * a password exists only encrypted until it is printed.
 */
export type Letter = {
  readonly channel: 'letter';
  readonly to: PostalAddress;
  readonly raisonSociale: string;
  readonly siret: string;
  readonly identifiant: string;
  /** See domain/letter-reference. */
  readonly reference: string;
} & (
  | { readonly template: 'welcome'; readonly expiresAt: null }
  | {
      readonly template: 'confidential_code';
      readonly codeId: string;
      readonly code: string;
      readonly expiresAt: Instant;
    }
  | {
      readonly template: 'initial_password';
      readonly accountId: string;
      readonly givenName: string;
      readonly familyName: string;
      readonly initialPassword: string;
      readonly expiresAt: Instant;
    }
);

export type Message = Mail | Sms | Letter;
