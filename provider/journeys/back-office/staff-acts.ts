/**
 * Who works for the caisse: added, by an agent or from a shell, by a link that serves once; given another role, shut out
 * at once. A caisse is never left without a supervisor.
 */
import { randomUUID } from 'node:crypto';
import { emailKey } from '../../domain/email.ts';
import type { Instant } from '../../domain/instant.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount, findCredentials, insertAccount, type StaffRole } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { supersedeLinks } from '../../store/links.ts';
import {
  changeRole,
  endStaff,
  findStaff,
  holdSupervisors,
  type Staff,
  takeBackStaff,
} from '../../store/office-staff.ts';
import { deleteSecondFactor } from '../../store/second-factors.ts';
import { type EndedSession, endSessions } from '../../store/sessions.ts';
import { violates } from '../../store/violations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { makeResetLink } from './account-links.ts';
import { noteAct, tellPerson } from './note.ts';
import { STAFF_ROLES } from './words.ts';

const ACCESS_LASTS = 3 * 86_400_000;

/** Who acts, and why. */
export type By = { readonly agentId: string; readonly reason: string };

/** From a shell: the user of the operating system, who may hand the link over himself instead of having it mailed. */
export type Operator = { readonly operator: string; readonly printsLink: boolean };

export type NewStaff = {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly role: StaffRole;
};

/** `outsider`: the address is that of somebody who acts for companies; staff act for none. */
export type Added = Access | 'already' | 'outsider';

/** The page where he chooses his password, once. */
export type Access = { readonly link: string; readonly expiresAt: Instant };

export const addStaff = (scope: Scope, by: By | Operator, staff: NewStaff): Promise<Added> => {
  const act = () => transaction(scope.store, (inside) => addOnce(scope, inside, by, staff));
  return act().catch((error: unknown) => {
    if (!violates(error, 'one_account_per_email')) throw error;
    return act();
  });
};

async function addOnce(scope: Scope, inside: Handle, by: By | Operator, staff: NewStaff): Promise<Added> {
  const known = await findCredentials(inside, emailKey(staff.email));
  const account = known && (await findAccount(inside, known.id));
  if (account && account.staffRole === null) return 'outsider';
  if (account && account.status !== 'closed') return 'already';
  const id = account?.id ?? randomUUID();
  if (account) {
    if (!(await takeBackStaff(inside, { id, ...staff }))) return 'already';
    // Whatever he had before proves nothing today.
    await deleteSecondFactor(inside, id);
  } else
    await insertAccount(
      inside,
      { ...staff, ...BARE, id, staffRole: staff.role, emailKey: emailKey(staff.email) },
      scope.now(),
    );
  await noteInvited(scope, inside, by, { ...staff, id });
  const access = await makeAccess(scope, inside, { ...staff, id });
  if ('agentId' in by || !by.printsLink) await sendAccess(scope, inside, staff, access);
  return access;
}

function noteInvited(
  scope: Scope,
  inside: Handle,
  by: By | Operator,
  { id, role }: NewStaff & { readonly id: string },
): Promise<void> {
  const told = { kind: 'agent_invited', subjectId: id } as const;
  if ('agentId' in by) {
    const facts = { reason: by.reason, before: null, after: role };
    return noteAct(scope, inside, { ...told, actorId: by.agentId, facts });
  }
  const facts = { operator: by.operator, before: null, after: role, printed: by.printsLink };
  return appendAudit(inside, { ...told, at: scope.now(), facts });
}

const BARE = {
  passwordHash: null,
  landline: null,
  mobile: null,
  mobileCertifiedAt: null,
  emailCertifiedAt: null,
  status: 'active',
} as const;

const makeAccess = (
  scope: Scope,
  inside: Handle,
  { id: accountId, email }: { readonly id: string; readonly email: string },
): Promise<Access> => makeResetLink(scope, inside, { accountId, email, lasts: ACCESS_LASTS });

const sendAccess = (scope: Scope, inside: Handle, staff: NewStaff, access: Access): Promise<void> =>
  tellPerson(scope, inside, staff, {
    act: 'agent_added',
    about: STAFF_ROLES[staff.role] ?? '',
    ...access,
  });

/** To somebody who has never chosen a password. @throws Refusal `changed_meanwhile` when he has. */
export const sendAccessAgain = (scope: Scope, by: By, staffId: string): Promise<void> =>
  transaction(scope.store, async (inside) => {
    const staff = await findStaff(inside, staffId);
    if (staff?.status !== 'active' || staff.hasPassword) throw new Refusal('changed_meanwhile');
    await noteAct(scope, inside, {
      kind: 'agent_invited',
      actorId: by.agentId,
      subjectId: staffId,
      facts: { reason: by.reason, before: staff.role, after: staff.role },
    });
    await sendAccess(scope, inside, staff, await makeAccess(scope, inside, staff));
  });

/** `last`: nobody else supervises the caisse. */
export type Turned<T> = T | 'last';

/** @throws Refusal `changed_meanwhile` when he has another role, or no access, by now. */
export const giveRole = (
  scope: Scope,
  by: By,
  { staff, to }: { readonly staff: Staff; readonly to: StaffRole },
): Promise<Turned<'changed'>> =>
  transaction(scope.store, async (inside) => {
    const { id, role: from } = staff;
    if (from === to) throw new Refusal('changed_meanwhile');
    if (from === 'superviseur' && (await isLast(inside, id))) return 'last';
    if (!(await changeRole(inside, { id, from, to }))) throw new Refusal('changed_meanwhile');
    await noteAct(scope, inside, {
      kind: 'agent_changed',
      actorId: by.agentId,
      subjectId: id,
      facts: { reason: by.reason, before: from, after: to },
    });
    await tellPerson(scope, inside, staff, { act: 'agent_changed', about: STAFF_ROLES[to] ?? '' });
    return 'changed';
  });

/** @returns the sessions that ended. @throws Refusal `changed_meanwhile` when his access had ended already. */
export const endAccess = (
  scope: Scope,
  by: By,
  staff: Staff,
): Promise<Turned<{ readonly ended: readonly EndedSession[] }>> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const { id } = staff;
    if (await isLast(inside, id)) return 'last';
    if (!(await endStaff(inside, id, now))) throw new Refusal('changed_meanwhile');
    await deleteSecondFactor(inside, id);
    await supersedeLinks(
      inside,
      id,
      ['password_reset', 'email_change', 'email_change_cancel', 'certification'],
      now,
    );
    const ended = await endSessions(inside, id, {}, now);
    await noteAct(scope, inside, {
      kind: 'agent_ended',
      actorId: by.agentId,
      subjectId: id,
      facts: { reason: by.reason, before: staff.role, after: null, sessions: ended.length },
    });
    await tellPerson(scope, inside, staff, { act: 'agent_ended' });
    return { ended };
  });

async function isLast(inside: Handle, id: string): Promise<boolean> {
  const supervisors = await holdSupervisors(inside);
  return supervisors.length === 1 && supervisors[0] === id;
}
