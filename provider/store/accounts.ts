/** Accounts: a person at one caisse. The e-mail is the login identifier, unique per caisse, never across. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

export type StaffRole = 'agent' | 'superviseur';
export type AccountStatus = 'provisional' | 'awaiting_activation' | 'active' | 'deactivated' | 'closed';

export type Account = {
  readonly id: string;
  /** A provisional account has none in truth; nothing that shows or writes to an address gets to see one. */
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly landline: string | null;
  readonly mobile: string | null;
  readonly mobileCertifiedAt: Instant | null;
  readonly emailCertifiedAt: Instant | null;
  readonly status: AccountStatus;
  readonly staffRole: StaffRole | null;
};

const ACCOUNT = `
  select id, email, given_name as "givenName", family_name as "familyName", landline, mobile,
    mobile_certified_at as "mobileCertifiedAt", email_certified_at as "emailCertifiedAt", status,
    staff_role as "staffRole"
  from account where caisse_id = :caisse and id = :id`;

const FIND = named('find_account', ['caisse', 'id'], ACCOUNT);
const HOLD = named('hold_account', ['caisse', 'id'], `${ACCOUNT} for no key update`);

export type Credentials = {
  readonly id: string;
  readonly status: AccountStatus;
  readonly passwordHash: string | null;
};

const CREDENTIALS = named(
  'find_credentials',
  ['caisse', 'email_key'],
  `select id, status, password_hash as "passwordHash" from account
   where caisse_id = :caisse and email_key = :email_key`,
);

/** What a sign-in needs and nothing more. `emailKey`: see domain/email. */
export async function findCredentials(
  { caisseId, sql }: Handle,
  emailKey: string,
): Promise<Credentials | undefined> {
  return (await run<Credentials>(sql, CREDENTIALS, [caisseId, emailKey])).rows[0];
}

export async function findAccount({ caisseId, sql }: Handle, id: string): Promise<Account | undefined> {
  return (await run<Account>(sql, FIND, [caisseId, id])).rows[0];
}

/** As it is until the act has committed: nobody is given anything while his account is being closed. */
export async function holdAccount({ caisseId, sql }: Handle, id: string): Promise<Account | undefined> {
  return (await run<Account>(sql, HOLD, [caisseId, id])).rows[0];
}

export async function insertAccount(
  { caisseId, sql }: Handle,
  account: Account & { readonly emailKey: string; readonly passwordHash: string | null },
  now: Instant,
): Promise<void> {
  await sql('account').insert({
    caisse_id: caisseId,
    id: account.id,
    email: account.email,
    email_key: account.emailKey,
    password_hash: account.passwordHash,
    given_name: account.givenName,
    family_name: account.familyName,
    landline: account.landline,
    mobile: account.mobile,
    mobile_certified_at: account.mobileCertifiedAt === null ? null : timestamp(account.mobileCertifiedAt),
    email_certified_at: account.emailCertifiedAt === null ? null : timestamp(account.emailCertifiedAt),
    status: account.status,
    staff_role: account.staffRole,
    created_at: timestamp(now),
  });
}
