/** What an agent must know before a site changes administrators: who could take it over, and whether it is offered. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

/** Whether that person has accepted rights of that company before, and holds some by it still. */
export async function hasAccepted(
  { caisseId, sql }: Handle,
  { accountId, adherentId, now }: { accountId: string; adherentId: string; now: Instant },
): Promise<boolean> {
  const found = await sql('delegation')
    .first('id')
    .where({ caisse_id: caisseId, adherent_id: adherentId, grantee_account_id: accountId, status: 'active' })
    .where('effective_at', '<=', timestamp(now))
    .where((open) => open.whereNull('ends_at').orWhere('ends_at', '>', timestamp(now)));
  return found !== undefined;
}

/** To whom that enrolment is offered already; null: to nobody. */
export async function offeredTo(
  { caisseId, sql }: Handle,
  {
    enrolmentId,
    siteId,
    adherentId,
    now,
  }: { enrolmentId: string; siteId: string; adherentId: string; now: Instant },
): Promise<string | null> {
  const row = await sql('delegation as d')
    .join('invitation as i', (on) => on.on('i.caisse_id', 'd.caisse_id').andOn('i.id', 'd.invitation_id'))
    .first('i.email')
    .where({
      'd.caisse_id': caisseId,
      'd.adherent_id': adherentId,
      'd.site_id': siteId,
      'd.succeeds_id': enrolmentId,
      'd.status': 'awaiting_beneficiary',
    })
    .where('i.expires_at', '>', timestamp(now));
  return row?.email ?? null;
}
