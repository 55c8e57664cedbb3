/** The password typed again before an act that a stranger at an open screen must not do. */
import type { FieldError, Notice } from '../../http/screens.ts';
import { findPasswordHash } from '../../store/account-changes.ts';
import type { Account } from '../../store/accounts.ts';
import { type AuditKind, appendAudit } from '../../store/audit.ts';
import type { Scope } from '../../tenant/scope.ts';
import { verifyCredentials } from '../credentials.ts';
import { tooManyTries } from '../limits.ts';

export type Proof =
  | {
      readonly kind: 'proven';
      /** As it was when the password was checked: an act that is for this password asks for it in its statement. */
      readonly passwordHash: string;
    }
  | {
      readonly kind: 'refused';
      readonly shown: {
        readonly errors?: readonly FieldError[];
        readonly notice?: Notice;
        readonly status?: number;
      };
    };

export type Claim = {
  readonly account: Account;
  readonly typed: string;
  /** Where it was typed. */
  readonly field: string;
  /** What the audit calls a failure. */
  readonly failure: AuditKind;
};

export async function proveIdentity(scope: Scope, { account, typed, field, failure }: Claim): Promise<Proof> {
  const refused = (message: string): Proof => ({
    kind: 'refused',
    shown: { errors: [{ field, message }] },
  });
  if (typed === '') return refused('Saisissez votre mot de passe actuel.');
  const passwordHash = await findPasswordHash(scope.store, account.id);
  const verified = await verifyCredentials(scope, { email: account.email, password: typed.slice(0, 4096) });
  if (verified.kind === 'throttled') {
    return { kind: 'refused', shown: { status: 429, notice: tooManyTries(verified.seconds) } };
  }
  if (verified.kind === 'verified' && verified.accountId === account.id && passwordHash !== null) {
    return { kind: 'proven', passwordHash };
  }
  const { store, now, address, requestId } = scope;
  await appendAudit(store, { kind: failure, at: now(), actorId: account.id, address, requestId });
  return refused('Ce mot de passe n’est pas le bon. Vérifiez votre saisie, majuscules comprises.');
}
