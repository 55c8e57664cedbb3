/** Codes sent by SMS: 6 digits, 10 minutes, one number, few tries; a new one of the same subject replaces the former. */
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export const SMS_CODE_MINUTES = 10;
const SMS_CODE_TRIES = 5;

export type SmsCode = { readonly id: string; readonly number: string; readonly sealedCode: Buffer };

/** `id` is the caller's, because the code is sealed for it. */
export async function saveSmsCode(
  { caisseId, sql }: Handle,
  code: SmsCode & { readonly subject: string; readonly now: Instant },
): Promise<void> {
  await sql('sms_code')
    .update({ used_at: timestamp(code.now) })
    .where({ caisse_id: caisseId, subject: code.subject })
    .whereNull('used_at');
  await sql('sms_code').insert({
    caisse_id: caisseId,
    id: code.id,
    subject: code.subject,
    number: code.number,
    code: code.sealedCode,
    tries: 0,
    created_at: timestamp(code.now),
    expires_at: timestamp(code.now + SMS_CODE_MINUTES * 60_000),
  });
}

/** Counts the try before the code is looked at; undefined when there is none left, or no live code. */
export async function trySmsCode(
  { caisseId, sql }: Handle,
  subject: string,
  now: Instant,
): Promise<SmsCode | undefined> {
  const [row] = await sql('sms_code')
    .increment('tries', 1)
    .where({ caisse_id: caisseId, subject })
    .where('expires_at', '>', timestamp(now))
    .where('tries', '<', SMS_CODE_TRIES)
    .whereNull('used_at')
    .returning(['id', 'number', 'code']);
  return row && { id: row.id, number: row.number, sealedCode: row.code };
}

/** @returns true for the one caller that used it. */
export async function useSmsCode({ caisseId, sql }: Handle, id: string, now: Instant): Promise<boolean> {
  const changed = await sql('sms_code')
    .update({ used_at: timestamp(now) })
    .where({ caisse_id: caisseId, id })
    .whereNull('used_at');
  return changed === 1;
}

const KEPT = 86_400_000;

/** In every caisse: those that have expired, and the numbers with them. @returns how many went. */
export const sweepSmsCodes = (sql: Database, now: Instant): Promise<number> =>
  sql('sms_code')
    .delete()
    .where('expires_at', '<', timestamp(now - KEPT));
