/** Mails and SMS of an installation that sends none (the demo): kept as they would have left, to be read on /dev. */
import type { Instant } from '../domain/instant.ts';
import type { Sealer } from '../domain/seal.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type KeptMail = {
  readonly channel: 'mail';
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

export type KeptSms = {
  readonly channel: 'sms';
  readonly id: string;
  readonly to: string;
  readonly text: string;
};

export type KeptMessage = KeptMail | KeptSms;

const contextOf = (caisseId: string, id: string) => `kept message ${caisseId} ${id}`;

/** The same message handed over twice is kept once. */
export async function keepMessage(
  { caisseId, sql }: Handle,
  message: KeptMessage,
  { sealer, now }: { readonly sealer: Sealer; readonly now: Instant },
): Promise<void> {
  await sql('kept_message')
    .insert({
      caisse_id: caisseId,
      id: message.id,
      channel: message.channel,
      kept_at: timestamp(now),
      sealed: sealer.seal(JSON.stringify(message), contextOf(caisseId, message.id)),
    })
    .onConflict(['caisse_id', 'id'])
    .ignore();
}

/** Newest first. @throws when no key opens one. */
export async function listKeptMessages(
  { caisseId, sql }: Handle,
  { sealer, limit }: { readonly sealer: Sealer; readonly limit: number },
): Promise<(KeptMessage & { readonly keptAt: Instant })[]> {
  const rows: { readonly id: string; readonly keptAt: Instant; readonly sealed: Buffer }[] = await sql(
    'kept_message',
  )
    .select({ id: 'id', keptAt: 'kept_at', sealed: 'sealed' })
    .where({ caisse_id: caisseId })
    .orderBy([{ column: 'kept_at', order: 'desc' }, 'id'])
    .limit(limit);
  return rows.map(({ id, keptAt, sealed }) => ({
    ...(JSON.parse(sealer.open(sealed, contextOf(caisseId, id))) as KeptMessage),
    keptAt,
  }));
}
