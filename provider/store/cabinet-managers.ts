/** Who manages a firm: only the caisse names managers, and a manager sees all that the firm holds. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type Managership = {
  /** Of the membership. */
  readonly id: string;
  readonly cabinet: { readonly id: string; readonly name: string };
  readonly from: Instant;
  readonly to: Instant | null;
};

/** The firms that a person manages now, by name; empty for whoever manages none. */
export async function listManagerships(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<readonly Managership[]> {
  const rows = await sql('cabinet_member as m')
    .join('cabinet as c', (on) => on.on('c.caisse_id', 'm.caisse_id').andOn('c.id', 'm.cabinet_id'))
    .select({ id: 'm.id', cabinetId: 'c.id', name: 'c.name', from: 'm.effective_at', to: 'm.ends_at' })
    .where({ 'm.caisse_id': caisseId, 'm.account_id': accountId, 'm.role': 'manager' })
    .where('m.effective_at', '<=', timestamp(now))
    .where((open) => open.whereNull('m.ends_at').orWhere('m.ends_at', '>', timestamp(now)))
    .orderBy(['c.name', 'c.id', 'm.id']);
  const seen = new Set<string>();
  return rows
    .filter(({ cabinetId }) => !seen.has(cabinetId) && seen.add(cabinetId))
    .map(({ id, cabinetId, name, from, to }) => ({ id, cabinet: { id: cabinetId, name }, from, to }));
}

/** Whether that person is of the caisse, and stays so until the act has committed. */
export async function holdStaffRole(
  { caisseId, sql }: Handle,
  { accountId }: { readonly accountId: string },
): Promise<boolean> {
  const rows = await sql('account')
    .select('id')
    .where({ caisse_id: caisseId, id: accountId, status: 'active' })
    .whereNotNull('staff_role')
    .forShare();
  return rows.length > 0;
}

/** Whether a person manages that firm now, and goes on doing so until the act has committed. */
export async function holdManagership(
  { caisseId, sql }: Handle,
  {
    accountId,
    cabinetId,
    now,
  }: { readonly accountId: string; readonly cabinetId: string; readonly now: Instant },
): Promise<boolean> {
  const rows = await sql('cabinet_member')
    .select('id')
    .where({ caisse_id: caisseId, account_id: accountId, cabinet_id: cabinetId, role: 'manager' })
    .where('effective_at', '<=', timestamp(now))
    .where((open) => open.whereNull('ends_at').orWhere('ends_at', '>', timestamp(now)))
    .forShare();
  return rows.length > 0;
}
