/** The caisse's own people: few, each with a role. Their accounts stay when their access ends, so that the past can be told. */
import type { Instant } from '../domain/instant.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { nextSecond } from './sessions.ts';

export type Staff = {
  readonly id: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly role: StaffRole;
  readonly status: AccountStatus;
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  readonly createdAt: Instant;
};

const select = ({ caisseId, sql }: Handle) =>
  sql('account as a')
    .select({
      id: 'a.id',
      email: 'a.email',
      givenName: 'a.given_name',
      familyName: 'a.family_name',
      role: 'a.staff_role',
      status: 'a.status',
      createdAt: 'a.created_at',
      hasPassword: sql.raw('a.password_hash is not null'),
      hasSecondFactor: sql.raw(
        `exists (select from second_factor f where f.caisse_id = a.caisse_id and f.account_id = a.id
           and f.confirmed_at is not null)`,
      ),
    })
    .where({ 'a.caisse_id': caisseId })
    .whereNotNull('a.staff_role');

/** Those who have access first, by name. */
export const listStaff = async (handle: Handle): Promise<readonly Staff[]> =>
  select(handle).orderByRaw(`a.status = 'closed', a.search_text, a.id`).limit(500);

export const findStaff = async (handle: Handle, id: string): Promise<Staff | undefined> =>
  isId(id) ? select(handle).where({ 'a.id': id }).first() : undefined;

/** All supervisors, held until the act has committed: of two who go at once the second sees that the first has gone. */
export const holdSupervisors = ({ caisseId, sql }: Handle): Promise<readonly string[]> =>
  sql('account')
    .where({ caisse_id: caisseId, staff_role: 'superviseur', status: 'active' })
    .orderBy('id')
    .forUpdate()
    .pluck('id');

/** @returns false when it was otherwise by then. */
export async function changeRole(
  { caisseId, sql }: Handle,
  { id, from, to }: { readonly id: string; readonly from: StaffRole; readonly to: StaffRole },
): Promise<boolean> {
  const changed = await sql('account')
    .update({ staff_role: to })
    .where({ caisse_id: caisseId, id, staff_role: from, status: 'active' });
  return changed === 1;
}

/** Nothing is left to come back with: no password, no session. @returns false when his access had ended already. */
export async function endStaff({ caisseId, sql }: Handle, id: string, now: Instant): Promise<boolean> {
  const changed = await sql('account')
    .update({
      status: 'closed',
      password_hash: null,
      pending_email: null,
      sessions_valid_from: timestamp(nextSecond(now)),
    })
    .where({ caisse_id: caisseId, id })
    .whereNotNull('staff_role')
    .whereNot({ status: 'closed' });
  return changed === 1;
}

/** Somebody who was of the caisse before is so again. @returns false when he is by then. */
export async function takeBackStaff(
  { caisseId, sql }: Handle,
  again: {
    readonly id: string;
    readonly role: StaffRole;
    readonly givenName: string;
    readonly familyName: string;
  },
): Promise<boolean> {
  const changed = await sql('account')
    .update({
      status: 'active',
      staff_role: again.role,
      given_name: again.givenName,
      family_name: again.familyName,
      password_hash: null,
    })
    .where({ caisse_id: caisseId, id: again.id, status: 'closed' })
    .whereNotNull('staff_role');
  return changed === 1;
}
