/** An account made by the caisse for a person who has asked on paper: it opens once, with what a letter will bring. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { makeInitialPassword, provisionalEnds, provisionalLogin } from '../domain/provisional.ts';
import { appendAudit } from '../store/audit.ts';
import { type Handle, transaction } from '../store/handle.ts';
import { insertProvisional } from '../store/provisional.ts';
import type { Scope } from '../tenant/scope.ts';

export type Asked = {
  readonly givenName: string;
  readonly familyName: string;
  /** As printed on the letter; no other account may be waiting under it. */
  readonly identifiant: string;
  readonly agentId: string;
  readonly password: InitialPassword;
};

export type InitialPassword = { readonly clear: string; readonly hash: string };

/** Before any transaction: nothing is held while a password is hashed. */
export async function drawInitialPassword({
  passwords,
  random,
}: Pick<Scope, 'passwords' | 'random'>): Promise<InitialPassword> {
  const clear = makeInitialPassword(random);
  return { clear, hash: await passwords.hash(clear) };
}

export type Provisional = {
  readonly accountId: string;
  readonly initialPassword: string;
  readonly expiresAt: Instant;
};

/** What else belongs to the act: done in its transaction. */
export type Besides = (inside: Handle, made: Provisional) => Promise<void>;

/** The initial password is for the letter, and is kept nowhere. @throws when the identifiant cannot be one. */
export async function makeProvisionalAccount(
  scope: Scope,
  { givenName, familyName, identifiant, agentId, password }: Asked,
  besides: Besides = async () => {},
): Promise<Provisional> {
  const { store, caisse, address, requestId } = scope;
  const login = provisionalLogin(identifiant);
  if (login === null) throw new Error('an identifiant holds no @ and 60 characters at most');
  const accountId = randomUUID();
  const now = scope.now();
  const expiresAt = provisionalEnds(now, caisse.settings.provisionalDays);
  const made = { accountId, initialPassword: password.clear, expiresAt };
  await transaction(store, async (inside) => {
    await insertProvisional(inside, {
      accountId,
      givenName,
      familyName,
      login,
      passwordHash: password.hash,
      now,
      expiresAt,
    });
    const event = { at: now, actorId: agentId, subjectId: accountId, address, requestId };
    const facts = { before: null, after: 'provisional' };
    await appendAudit(inside, { ...event, kind: 'provisional_made', facts });
    await besides(inside, made);
  });
  return made;
}
