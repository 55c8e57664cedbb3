/** What changes a second factor: set up, removed, its recovery codes renewed. Each tells its person. */
import type { Mail } from '../../domain/message.ts';
import {
  formatRecoveryCode,
  makeRecoveryCodes,
  newTotpSecret,
  parseTotpCode,
  totpStep,
} from '../../domain/second-factor.ts';
import { findAccount } from '../../store/accounts.ts';
import { type AuditKind, appendAudit } from '../../store/audit.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import {
  confirmSecondFactor,
  deleteSecondFactor,
  findSecondFactor,
  forgetProposed,
  proposeSecondFactor,
  replaceRecoveryCodes,
} from '../../store/second-factors.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countTry, forgetTries } from '../second-step-tries.ts';
import { type Proof, proveSecondFactor } from './prove.ts';
import { secretContext } from './secret.ts';

/** A key that was shown and not confirmed is shown again for so long: people fetch their phone. */
const PROPOSED_FOR = 3_600_000;

/** The key to show; null when a second factor is set up already. */
export async function proposedSecret(scope: Scope, accountId: string): Promise<string | null> {
  const { store, caisse, sealer, random } = scope;
  const now = scope.now();
  const context = secretContext(caisse.id, accountId);
  await forgetProposed(store, accountId, now - PROPOSED_FOR);
  await proposeSecondFactor(store, {
    accountId,
    sealedSecret: sealer.seal(newTotpSecret(random), context),
    now,
  });
  const factor = await findSecondFactor(store, accountId);
  return !factor || factor.confirmedAt !== null ? null : sealer.open(factor.sealedSecret, context);
}

export type SetUp =
  | { readonly kind: 'set_up'; readonly codes: readonly string[] }
  | Exclude<Proof, { kind: 'proven' }>;

export async function confirmSetUp(scope: Scope, accountId: string, typed: string): Promise<SetUp> {
  const seconds = await countTry(scope, accountId);
  if (seconds > 0) return { kind: 'throttled', seconds };
  const secret = await proposedSecret(scope, accountId);
  const code = parseTotpCode(typed);
  const step = secret === null || code === null ? null : totpStep(secret, code, scope.now());
  if (step === null) return { kind: 'refused' };
  const codes = await newCodes(scope);
  const now = scope.now();
  const done = await transaction(scope.store, async (inside) => {
    if (!(await confirmSecondFactor(inside, { accountId, step, now }))) return false;
    await replaceRecoveryCodes(inside, accountId, codes.hashed, now);
    await record(scope, inside, { accountId, kind: 'second_factor_added', change: 'added' });
    return true;
  });
  if (!done) return { kind: 'refused' };
  await forgetTries(scope, accountId);
  return { kind: 'set_up', codes: codes.shown };
}

/** The caller has verified the password. */
export const removeFactor = (scope: Scope, accountId: string, typed: string): Promise<Proof> =>
  proveSecondFactor(scope, {
    accountId,
    typed,
    allow: async (inside) => {
      await deleteSecondFactor(inside, accountId);
      await record(scope, inside, { accountId, kind: 'second_factor_removed', change: 'removed' });
    },
  });

/** Likewise. Those of the former list that are left are worth nothing any more. */
export async function renewCodes(scope: Scope, accountId: string, typed: string): Promise<SetUp> {
  const proof = await proveSecondFactor(scope, { accountId, typed, allow: async () => {} });
  if (proof.kind !== 'proven') return proof;
  // Ten hashes are made for whoever has proven who he is, and for nobody else.
  const codes = await newCodes(scope);
  await transaction(scope.store, async (inside) => {
    await replaceRecoveryCodes(inside, accountId, codes.hashed, scope.now());
    await record(scope, inside, { accountId, kind: 'recovery_codes_renewed', change: null });
  });
  return { kind: 'set_up', codes: codes.shown };
}

async function newCodes({ random, passwords }: Scope) {
  const codes = makeRecoveryCodes(random);
  const hashed = await Promise.all(
    codes.map(async ({ place, code }) => ({ place, hash: await passwords.hash(code) })),
  );
  return { hashed, shown: codes.map(({ code }) => formatRecoveryCode(code)) };
}

type Change = {
  readonly accountId: string;
  readonly kind: AuditKind;
  /** null: no mail. */
  readonly change: Extract<Mail, { template: 'second_factor_changed' }>['change'] | null;
};

async function record(scope: Scope, inside: Handle, { accountId, kind, change }: Change): Promise<void> {
  const { address, requestId, outbox } = scope;
  await appendAudit(inside, {
    kind,
    at: scope.now(),
    actorId: accountId,
    subjectId: accountId,
    address,
    requestId,
  });
  const person = await findAccount(inside, accountId);
  if (change === null || !person) return;
  const { email: to, givenName, familyName } = person;
  await outbox.announce(inside, {
    channel: 'mail',
    template: 'second_factor_changed',
    change,
    to,
    givenName,
    familyName,
    expiresAt: null,
  });
}
