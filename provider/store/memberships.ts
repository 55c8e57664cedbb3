/** Joining a firm: for good, or for the one client that named somebody. Leaving it is cabinet-leaving's. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

type Joining = {
  readonly accountId: string;
  readonly cabinetId: string;
  /** null: the whole firm; else for that client alone. */
  readonly adherentId: string | null;
  readonly now: Instant;
};

export type Joined = {
  readonly id: string;
  readonly role: 'manager' | 'staff';
  /** false: serves the client that named him, alone. */
  readonly wholeFirm: boolean;
};

/**
 * Makes somebody staff, unless he belongs already in a way that will do: to the whole firm, or to that client. Of
 * several acts at once for one person the second sees what the first did.
 */
export async function joinFirm({ caisseId, sql }: Handle, joining: Joining): Promise<Joined> {
  const { accountId, cabinetId, adherentId, now } = joining;
  await sql('account').select('id').where({ caisse_id: caisseId, id: accountId }).forNoKeyUpdate();
  const known = await sql('cabinet_member')
    .first('id', 'role', 'adherent_id')
    .where({ caisse_id: caisseId, account_id: accountId, cabinet_id: cabinetId })
    .where('effective_at', '<=', timestamp(now))
    .whereNull('ends_at')
    .where((fits) => fits.whereNull('adherent_id').orWhere({ adherent_id: adherentId }))
    .orderByRaw(`role = 'manager' desc, adherent_id is null desc`)
    // Whoever is being removed at this moment belongs no longer: then he joins anew.
    .forShare();
  if (known) return { id: known.id, role: known.role, wholeFirm: known.adherent_id === null };
  const id = randomUUID();
  await sql('cabinet_member').insert({
    caisse_id: caisseId,
    id,
    cabinet_id: cabinetId,
    account_id: accountId,
    adherent_id: adherentId,
    role: 'staff',
    effective_at: timestamp(now),
    ends_at: null,
  });
  return { id, role: 'staff', wholeFirm: adherentId === null };
}
