/** Sign-in by e-mail and password, or once by identifiant and initial password, told to the audit. */
import { provisionalLogin } from '../../domain/provisional.ts';
import { type AskedFactor, type SecondStep, secondStep } from '../../domain/second-factor.ts';
import { findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { findSecondFactor } from '../../store/second-factors.ts';
import type { Scope } from '../../tenant/scope.ts';
import { secondFactorRequired } from '../../tenant/second-factor.ts';
import { verifyCredentials } from '../credentials.ts';
import { verifyProvisional } from './provisional.ts';

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly accountId: string; readonly at: number }
  /** The password was right, and is not enough. */
  | {
      readonly kind: 'first_step';
      readonly accountId: string;
      readonly at: number;
      readonly next: Exclude<SecondStep, 'none'>;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export type Typed = {
  readonly email: string;
  readonly password: string;
  readonly clientId: string;
  readonly askedFactor: AskedFactor;
  readonly ownScreens: boolean;
};

export async function signIn(scope: Scope, typed: Typed): Promise<SignInOutcome> {
  const { store, address, requestId } = scope;
  const event = { at: scope.now(), clientId: typed.clientId, address, requestId };
  const login = provisionalLogin(typed.email);
  const verified =
    login === null
      ? await verifyCredentials(scope, typed)
      : await verifyProvisional(scope, { login, password: typed.password });
  if (verified.kind === 'throttled') {
    await appendAudit(store, { ...event, kind: 'sign_in_throttled' });
    return verified;
  }
  const { accountId } = verified;
  if (verified.kind === 'refused' || accountId === undefined) {
    await appendAudit(store, { ...event, kind: 'sign_in_failed', subjectId: accountId });
    return { kind: 'refused' };
  }
  // What the letter brought opens one gate alone; there is nobody yet to have a second factor.
  const next = login === null ? await nextStep(scope, accountId, typed) : 'none';
  if (next !== 'none') {
    await appendAudit(store, { ...event, kind: 'first_step_passed', actorId: accountId });
    return { kind: 'first_step', accountId, at: event.at, next };
  }
  const kind = login === null ? 'signed_in' : 'provisional_signed_in';
  await appendAudit(store, { ...event, kind, actorId: accountId });
  return { kind: 'signed_in', accountId, at: event.at };
}

async function nextStep(scope: Scope, accountId: string, typed: Typed): Promise<SecondStep> {
  const factor = await findSecondFactor(scope.store, accountId);
  const hasFactor = factor !== undefined && factor.confirmedAt !== null;
  const required =
    !hasFactor &&
    ((typed.ownScreens && (await isStaff(scope, accountId))) ||
      (await secondFactorRequired(scope, accountId)));
  return secondStep({ hasFactor, required, asked: typed.askedFactor });
}

/** The back office would send him back at once, to type the same password before a second factor. */
const isStaff = async ({ store }: Scope, accountId: string): Promise<boolean> =>
  ((await findAccount(store, accountId))?.staffRole ?? null) !== null;
