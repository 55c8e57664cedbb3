/** The proof of a second factor: counted before anything is looked at, spent in the transaction of what it allows. */
import { parseRecoveryCode, parseTotpCode, type RecoveryCode, totpStep } from '../../domain/second-factor.ts';
import { findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import {
  findRecoveryHash,
  findSecondFactor,
  spendRecoveryCode,
  spendStep,
} from '../../store/second-factors.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countTry, forgetTries } from '../second-step-tries.ts';
import { secretContext } from './secret.ts';

export type Proof =
  | { readonly kind: 'proven' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export type ToProve = {
  readonly accountId: string;
  /** A code of the application or a recovery code, as typed. */
  readonly typed: string;
  /** What the proof allows, in the transaction that spends the code. */
  readonly allow: (inside: Handle) => Promise<void>;
};

export async function proveSecondFactor(scope: Scope, proof: ToProve): Promise<Proof> {
  const { store, address, requestId } = scope;
  const { accountId, typed } = proof;
  const event = { at: scope.now(), actorId: accountId, address, requestId };
  const seconds = await countTry(scope, accountId);
  if (seconds > 0) {
    await appendAudit(store, { ...event, kind: 'second_step_throttled' });
    return { kind: 'throttled', seconds };
  }
  const code = parseTotpCode(typed);
  const recovery = code === null ? parseRecoveryCode(typed) : null;
  const proven =
    (code !== null && (await spendCode(scope, proof, code))) ||
    (recovery !== null && (await spendRecovery(scope, proof, recovery)));
  if (!proven) {
    await appendAudit(store, { ...event, kind: 'second_step_failed' });
    return { kind: 'refused' };
  }
  await forgetTries(scope, accountId);
  return { kind: 'proven' };
}

async function spendCode(scope: Scope, { accountId, allow }: ToProve, code: string): Promise<boolean> {
  const { store, caisse, sealer } = scope;
  const factor = await findSecondFactor(store, accountId);
  if (!factor || factor.confirmedAt === null) return false;
  const secret = sealer.open(factor.sealedSecret, secretContext(caisse.id, accountId));
  const step = totpStep(secret, code, scope.now());
  if (step === null) return false;
  return transaction(store, async (inside) => {
    const spent = await spendStep(inside, accountId, step);
    if (spent) await allow(inside);
    return spent;
  });
}

async function spendRecovery(
  scope: Scope,
  { accountId, allow }: ToProve,
  { place, code }: RecoveryCode,
): Promise<boolean> {
  const { store, passwords, outbox, address, requestId } = scope;
  const hash = (await findRecoveryHash(store, accountId, place)) ?? null;
  if (!(await passwords.verify(hash, code)) || hash === null) return false;
  const at = scope.now();
  return transaction(store, async (inside) => {
    if (!(await spendRecoveryCode(inside, { accountId, hash, now: at }))) return false;
    await appendAudit(inside, { kind: 'recovery_code_used', at, actorId: accountId, address, requestId });
    const person = await findAccount(inside, accountId);
    if (person) {
      const { email: to, givenName, familyName } = person;
      await outbox.announce(inside, {
        channel: 'mail',
        template: 'second_factor_changed',
        change: 'recovery_code_used',
        to,
        givenName,
        familyName,
        expiresAt: null,
      });
    }
    await allow(inside);
    return true;
  });
}
