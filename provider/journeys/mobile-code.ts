/**
 * Certifying a mobile number by a code sent to it: owns sending and checking; what a certified number is worth is the
 * journey's that asks. `subject` names who asks (an account, an enrolment under way), one code at a time each.
 */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { networkOf } from '../domain/network.ts';
import { transaction } from '../store/handle.ts';
import { SMS_CODE_MINUTES, saveSmsCode, trySmsCode } from '../store/sms-codes.ts';
import type { Limit } from '../store/throttle.ts';
import type { Scope } from '../tenant/scope.ts';
import { countedKey } from './limits.ts';

const SUBJECT: Limit = { name: 'sms_subject', tries: 5, seconds: 3600 };
/** A number that nobody asked to be rung up. */
const NUMBER: Limit = { name: 'sms_number', tries: 6, seconds: 86_400 };
/** From one address to any number: each message costs the caisse. */
const ADDRESS: Limit = { name: 'sms_address', tries: 30, seconds: 3600 };

export type SentCode = { readonly kind: 'sent' } | { readonly kind: 'throttled'; readonly seconds: number };

/** `number`: a mobile one, in E.164. */
export async function sendMobileCode(
  scope: Scope,
  { subject, number }: { readonly subject: string; readonly number: string },
): Promise<SentCode> {
  const { caisse, store, throttle, outbox, sealer } = scope;
  const seconds = await throttle.count([
    [SUBJECT, countedKey(scope, subject)],
    [NUMBER, countedKey(scope, number)],
    [ADDRESS, countedKey(scope, networkOf(scope.address))],
  ]);
  if (seconds > 0) return { kind: 'throttled', seconds };
  const now = scope.now();
  const id = randomUUID();
  const code = String(scope.random(4).readUInt32BE() % 1_000_000).padStart(6, '0');
  const sealedCode = sealer.seal(code, contextOf(caisse.id, id));
  await transaction(store, async (inside) => {
    await saveSmsCode(inside, { id, number, sealedCode, subject, now });
    await outbox.announce(inside, {
      channel: 'sms',
      template: 'code',
      to: number,
      code,
      expiresAt: now + SMS_CODE_MINUTES * 60_000,
    });
  });
  return { kind: 'sent' };
}

/** Somebody asked for too many: an agent who knows him lets him ask again. */
export async function unlockMobile(
  scope: Pick<Scope, 'caisse' | 'throttle'>,
  { subject, number }: { readonly subject: string; readonly number: string | null },
): Promise<void> {
  await scope.throttle.forget(SUBJECT, countedKey(scope, subject));
  if (number !== null) await scope.throttle.forget(NUMBER, countedKey(scope, number));
}

/** The code and its number when what was typed is right; the caller uses the code up in the act that it allows. */
export async function checkMobileCode(
  { caisse, store, sealer, now }: Scope,
  { subject, typed }: { readonly subject: string; readonly typed: string },
): Promise<{ readonly codeId: string; readonly number: string } | null> {
  const digits = typed.replace(/[\s.-]/g, '');
  if (!/^\d{6}$/.test(digits)) return null;
  const code = await trySmsCode(store, subject, now());
  if (!code) return null;
  const sent = sealer.open(code.sealedCode, contextOf(caisse.id, code.id));
  const matches = timingSafeEqual(Buffer.from(sent), Buffer.from(digits));
  return matches ? { codeId: code.id, number: code.number } : null;
}

const contextOf = (caisseId: string, id: string): string => `sms code ${caisseId} ${id}`;
