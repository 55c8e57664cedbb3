import { z } from 'zod';
import { FILE_KINDS } from '../domain/contact.ts';
import { CAISSE_PAGES, LONGEST_PAGE } from './caisse-pages.ts';

const color = z.string().regex(/^#[0-9a-f]{6}$/i);
/** Days; null: for ever. Never so few that somebody makes an act of his disappear. */
const kept = (least: number) => z.int().min(least).max(36_500).nullable();
const label = z.string().trim().min(1).max(40);

/** What a caisse decides for itself, kept in the database and changed without a restart. Unknown members are dropped. */
export const SettingsSchema = z.object({
  shortName: z.string().min(1).max(40),
  theme: z.object({ primary: color, accent: color }),
  /** A drawing or a picture (tenant/logo.ts), served as an image and never inline; null: the name alone. */
  logo: z.string().max(60_000).nullable().default(null),
  phone: z.string().max(30).nullable().default(null),
  email: z.email().nullable().default(null),
  openingHours: z.string().max(120).nullable().default(null),
  /** Under the caisse's name, at the head of its letters and where they come back to. */
  postalAddress: z.array(z.string().min(1).max(38)).max(5).default([]),
  /** From whom mails come and to whom answers go; null: the product's sender, the caisse's `email`. */
  mail: z
    .object({ from: z.email().nullable().default(null), replyTo: z.email().nullable().default(null) })
    .default({ from: null, replyTo: null }),
  /** Slugs of features that this caisse does not offer: they never leave in entitlements. */
  hiddenFeatures: z.array(z.string()).default([]),
  /** The network's rule (domain/password); a caisse may ask for more, never for less than 8 characters. */
  passwordRule: z
    .object({
      minLength: z.int().min(8).max(64).default(8),
      classes: z.int().min(1).max(4).default(3),
      passphraseLength: z.int().min(15).max(128).default(15),
    })
    .default({ minLength: 8, classes: 3, passphraseLength: 15 }),
  /** Who must have a second factor; everybody may, in My account. */
  secondFactorRequiredFor: z.enum(['nobody', 'administrators', 'everyone']).default('nobody'),
  /** What a letter brought opens an account for so many days. */
  provisionalDays: z.int().min(1).max(365).default(60),
  /** After so many months an address is certified again. */
  certificationMonths: z.int().min(1).max(60).default(12),
  /** Letters with a new confidential code that a site may get. */
  codeLetters: z
    .object({ perDay: z.int().min(0).max(5).default(1), perMonth: z.int().min(0).max(10).default(3) })
    .default({ perDay: 1, perMonth: 3 }),
  /** Delegations: how long an invitation waits, whether a colleague waits for a confirmation, what roles are called. */
  delegations: z
    .object({
      invitationDays: z.int().min(1).max(180).default(30),
      confirmColleagues: z.boolean().default(true),
      roles: z
        .object({ user: label.default('Utilisateur'), administrator: label.default('Administrateur') })
        .default({ user: 'Utilisateur', administrator: 'Administrateur' }),
    })
    .default({
      invitationDays: 30,
      confirmColleagues: true,
      roles: { user: 'Utilisateur', administrator: 'Administrateur' },
    }),
  /**
   * Requests for access by a convention on paper: whether offered, for how many days those that led to nothing are kept,
   * for how many months those that were validated.
   */
  accessRequests: z
    .object({
      offered: z.boolean().default(false),
      keptDays: z.int().min(7).max(730).default(90),
      validatedMonths: z.int().min(1).max(120).default(12),
    })
    .default({ offered: false, keptDays: 90, validatedMonths: 12 }),
  /**
   * The contact form: where its messages go (null: the caisse's `email`; without either they wait in the back office), what
   * they may bring along, and for how many days words and files are kept once the mailbox has them, the line that there
   * was one in any case.
   */
  contact: z
    .object({
      mailbox: z.email().nullable().default(null),
      files: z.int().min(0).max(20).default(3),
      megabytes: z.int().min(1).max(40).default(15),
      kinds: z.array(z.enum(FILE_KINDS)).default([...FILE_KINDS]),
      keptDays: z.int().min(0).max(365).default(30),
      listedDays: z.int().min(30).max(3_650).default(365),
    })
    .default({
      mailbox: null,
      files: 3,
      megabytes: 15,
      kinds: [...FILE_KINDS],
      keptDays: 30,
      listedDays: 365,
    }),
  /** What the caisse's own pages say (tenant/caisse-pages.ts); what is missing has a text by default. */
  pages: z.partialRecord(z.enum(CAISSE_PAGES), z.string().max(LONGEST_PAGE)).default({}),
  /** A planned closure (domain/closure.ts): instants, and what is said of it. */
  closure: z
    .object({ from: z.int(), to: z.int(), words: z.string().max(300) })
    .nullable()
    .default(null),
  /** When the last closure began that has been changed or taken away since: what it ended stays ended. */
  accessEndedAt: z.int().nullable().default(null),
  /** How many days the lines of each register of the audit are kept. */
  auditDays: z
    .object({
      access: kept(30).default(365),
      account: kept(365).default(1_825),
      rights: kept(365).default(3_650),
      office: kept(365).default(3_650),
    })
    .default({ access: 365, account: 1_825, rights: 3_650, office: 3_650 }),
});

export type Settings = z.infer<typeof SettingsSchema>;

/** As a caisse is founded: whatever is not given takes its default. */
export type GivenSettings = Partial<Settings> & Pick<Settings, 'shortName' | 'theme'>;
