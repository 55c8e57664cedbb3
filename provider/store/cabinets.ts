/** Accounting firms, the clients that the caisse attached to them, and the people who belong to them. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type NewCabinet = { readonly id: string; readonly name: string };

export async function insertCabinet(
  { caisseId, sql }: Handle,
  cabinet: NewCabinet,
  now: Instant,
): Promise<void> {
  await sql('cabinet').insert({ caisse_id: caisseId, ...cabinet, created_at: timestamp(now) });
}

export const findCabinet = (
  { caisseId, sql }: Handle,
  id: string,
): Promise<{ readonly id: string; readonly name: string } | undefined> =>
  sql('cabinet').first('id', 'name').where({ caisse_id: caisseId, id });

type Dated = {
  readonly id: string;
  readonly cabinetId: string;
  readonly from: Instant;
  readonly to: Instant | null;
};

const dates = ({ from, to }: Dated) => ({
  effective_at: timestamp(from),
  ends_at: to === null ? null : timestamp(to),
});

export type Attachment = Dated & { readonly adherentId: string };

export async function attachClients(
  { caisseId, sql }: Handle,
  attachments: readonly Attachment[],
): Promise<void> {
  const rows = attachments.map((attachment) => ({
    caisse_id: caisseId,
    id: attachment.id,
    cabinet_id: attachment.cabinetId,
    adherent_id: attachment.adherentId,
    ...dates(attachment),
  }));
  await sql.batchInsert('cabinet_client', rows, 1_000);
}

export type Membership = Dated & { readonly accountId: string; readonly role: 'manager' | 'staff' };

export async function insertMembership({ caisseId, sql }: Handle, membership: Membership): Promise<void> {
  await sql('cabinet_member').insert({
    caisse_id: caisseId,
    id: membership.id,
    cabinet_id: membership.cabinetId,
    account_id: membership.accountId,
    role: membership.role,
    ...dates(membership),
  });
}
