/** What the gates of the interaction policy look at, in one query: who is signed in, and what he still owes. */
import type { Instant } from '../domain/instant.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import type { Handle } from './handle.ts';
import { run, type Statement } from './statement.ts';

export type Gates = {
  readonly status: AccountStatus;
  /** Sessions begun before are over; null: none is for that reason. */
  readonly sessionsValidFrom: Instant | null;
  /** null: not of the caisse's own people. */
  readonly staffRole: StaffRole | null;
  readonly emailCertifiedAt: Instant | null;
  /** null: he has no second factor. */
  readonly secondFactorSince: Instant | null;
};

/** `account`: in SQL, whose. $1 is the caisse. */
export const GATES = (account: string) => `
  select a.status, a.staff_role as "staffRole", a.sessions_valid_from as "sessionsValidFrom",
    a.email_certified_at as "emailCertifiedAt", f.confirmed_at as "secondFactorSince"
  from account a left join second_factor f on f.caisse_id = a.caisse_id and f.account_id = a.id
  where a.caisse_id = $1 and a.id = ${account}`;

const FIND: Statement = { name: 'find_gates', text: GATES('$2') };

export async function findGates({ caisseId, sql }: Handle, accountId: string): Promise<Gates | undefined> {
  return (await run<Gates>(sql, FIND, [caisseId, accountId])).rows[0];
}
