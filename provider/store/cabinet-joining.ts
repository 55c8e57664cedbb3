/** Who is asked to join a firm: whoever belongs to it already, or is invited already, is not asked again. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

/** Of two invitations to one firm at once, the second sees the first. */
export async function lockCabinet({ caisseId, sql }: Handle, cabinetId: string): Promise<void> {
  await sql('cabinet').select('id').where({ caisse_id: caisseId, id: cabinetId }).forNoKeyUpdate();
}

type Asked = { readonly cabinetId: string; readonly emailKey: string; readonly now: Instant };

/** Whether somebody with that address belongs to the firm; whom a client named does not. */
export async function belongsToCabinet(
  { caisseId, sql }: Handle,
  { cabinetId, emailKey, now }: Asked,
): Promise<boolean> {
  const found = await sql('cabinet_member as m')
    .join('account as a', (on) => on.on('a.caisse_id', 'm.caisse_id').andOn('a.id', 'm.account_id'))
    .first('m.id')
    .where({ 'm.caisse_id': caisseId, 'm.cabinet_id': cabinetId, 'a.email_key': emailKey })
    .whereNull('m.adherent_id')
    .where((open) => open.whereNull('m.ends_at').orWhere('m.ends_at', '>', timestamp(now)));
  return found !== undefined;
}

/** Whether that address has an invitation that nobody has answered, in time or not: it may be sent again. */
export async function isInvitedToCabinet(
  { caisseId, sql }: Handle,
  { cabinetId, emailKey }: Omit<Asked, 'now'>,
): Promise<boolean> {
  const found = await sql('invitation')
    .first('id')
    .where({ caisse_id: caisseId, cabinet_id: cabinetId, kind: 'member', email_key: emailKey })
    .whereNull('accepted_at')
    .whereNull('refused_at')
    .whereNull('withdrawn_at');
  return found !== undefined;
}
