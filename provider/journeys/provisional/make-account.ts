/** An account made by the caisse for a person who has asked on paper: it opens once, with what a letter will bring. */
import { randomUUID } from 'node:crypto';
import { makeInitialPassword, provisionalEnds, provisionalLogin } from '../../domain/provisional.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { insertProvisional } from '../../store/provisional.ts';
import type { Scope } from '../../tenant/scope.ts';

export type Asked = {
  readonly givenName: string;
  readonly familyName: string;
  /** As printed on the letter; no other account may be waiting under it. */
  readonly identifiant: string;
  readonly agentId: string;
};

/** The initial password is for the letter, and is kept nowhere. @throws when the identifiant cannot be one. */
export async function makeProvisionalAccount(
  scope: Scope,
  { givenName, familyName, identifiant, agentId }: Asked,
): Promise<{ readonly accountId: string; readonly initialPassword: string }> {
  const { store, caisse, passwords, random, address, requestId } = scope;
  const login = provisionalLogin(identifiant);
  if (login === null) throw new Error('an identifiant holds no @ and 60 characters at most');
  const initialPassword = makeInitialPassword(random);
  const passwordHash = await passwords.hash(initialPassword);
  const accountId = randomUUID();
  const now = scope.now();
  const expiresAt = provisionalEnds(now, caisse.settings.provisionalDays);
  await transaction(store, async (inside) => {
    await insertProvisional(inside, {
      accountId,
      givenName,
      familyName,
      login,
      passwordHash,
      now,
      expiresAt,
    });
    const event = { at: now, actorId: agentId, subjectId: accountId, address, requestId };
    await appendAudit(inside, { ...event, kind: 'provisional_made' });
  });
  return { accountId, initialPassword };
}
