/** A firm's managers, as the caisse names them: dated memberships, so that what each saw and when can be told. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { closeThroughMemberships, endMemberships, lockMemberships } from './cabinet-leaving.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type Naming = { readonly accountId: string; readonly cabinetId: string; readonly now: Instant };

/**
 * Makes somebody a manager, whose membership as staff ends with what was given by it: a manager holds what the firm
 * holds. @returns false, and nothing written, when he is one already.
 */
export async function nameManager(inside: Handle, naming: Naming): Promise<boolean> {
  const { caisseId, sql } = inside;
  const { accountId, cabinetId, now } = naming;
  await sql('account').select('id').where({ caisse_id: caisseId, id: accountId }).forNoKeyUpdate();
  const open = await lockMemberships(inside, naming);
  if (open.some(({ role }) => role === 'manager')) return false;
  const former = open.filter(({ adherentId }) => adherentId === null).map(({ id }) => id);
  await endMemberships(inside, former, now);
  await closeThroughMemberships(inside, former, now);
  await sql('cabinet_member').insert({
    caisse_id: caisseId,
    id: randomUUID(),
    cabinet_id: cabinetId,
    account_id: accountId,
    adherent_id: null,
    role: 'manager',
    effective_at: timestamp(now),
    ends_at: null,
  });
  return true;
}
