/** What the gates of the interaction policy look at, in one query: who is signed in, and what he still owes. */
import type { Instant } from '../domain/instant.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import { prepared } from './database.ts';
import type { Handle } from './handle.ts';

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

export const findGates = ({ caisseId, sql }: Handle, accountId: string): Promise<Gates | undefined> =>
  sql('account')
    .options(prepared('find_gates'))
    .leftJoin('second_factor', {
      'second_factor.caisse_id': 'account.caisse_id',
      'second_factor.account_id': 'account.id',
    })
    .first({
      status: 'account.status',
      staffRole: 'account.staff_role',
      sessionsValidFrom: 'account.sessions_valid_from',
      emailCertifiedAt: 'account.email_certified_at',
      secondFactorSince: 'second_factor.confirmed_at',
    })
    .where({ 'account.caisse_id': caisseId, 'account.id': accountId });
