/**
 * Invitations by e-mail: to a colleague, to a firm through one of its people, to join a firm, to succeed. What they
 * bring hangs on them (delegation.invitation_id). A token is 256 random bits, stored hashed; sending again replaces it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import type { Random } from '../domain/seal.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';

export type InvitationKind = 'user' | 'cabinet' | 'member' | 'succession';

/** `awaiting_confirmation`: accepted, and whoever invited has the last word. `lapsed`: nobody answered in time. */
export type InvitationState =
  | 'awaiting_beneficiary'
  | 'awaiting_confirmation'
  | 'confirmed'
  | 'refused'
  | 'withdrawn'
  | 'lapsed';

/** Who accepted without an account: what his account will be made of. */
export type Answer = {
  readonly givenName: string;
  readonly familyName: string;
  readonly landline: string | null;
  readonly mobile: string | null;
  readonly mobileCertifiedAt: Instant | null;
  readonly passwordHash: string;
};

export type Invitation = {
  readonly id: string;
  readonly kind: InvitationKind;
  readonly inviterAccountId: string;
  readonly adherentId: string | null;
  readonly cabinetId: string | null;
  /** Of the kind `member`: what he becomes in the firm. Only the caisse names managers. */
  readonly memberRole: 'manager' | 'staff' | null;
  /** It names a manager, or offers a site whose administrator has left. */
  readonly byCaisse: boolean;
  readonly email: string;
  readonly emailKey: string;
  readonly needsConfirmation: boolean;
  readonly createdAt: Instant;
  readonly sentAt: Instant;
  readonly expiresAt: Instant;
  readonly acceptedAt: Instant | null;
  /** Who accepted, when he had an account. */
  readonly accountId: string | null;
  readonly answer: Answer | null;
  readonly state: InvitationState;
};

export type NewInvitation = Pick<
  Invitation,
  'kind' | 'inviterAccountId' | 'adherentId' | 'cabinetId' | 'email' | 'emailKey' | 'needsConfirmation'
> & {
  readonly memberRole?: Invitation['memberRole'];
  readonly byCaisse?: boolean;
  readonly now: Instant;
  readonly expiresAt: Instant;
  readonly random: Random;
};

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();
const newToken = (random: Random): string => random(32).toString('base64url');

/** @returns its id, and the token that goes into the mail and nowhere else. */
export async function insertInvitation(
  { caisseId, sql }: Handle,
  invitation: NewInvitation,
): Promise<{ readonly id: string; readonly token: string }> {
  const { random, now } = invitation;
  const [id, token] = [randomUUID(), newToken(random)];
  await sql('invitation').insert({
    caisse_id: caisseId,
    id,
    kind: invitation.kind,
    inviter_account_id: invitation.inviterAccountId,
    adherent_id: invitation.adherentId,
    cabinet_id: invitation.cabinetId,
    member_role: invitation.memberRole ?? null,
    by_caisse: invitation.byCaisse ?? false,
    email: invitation.email,
    email_key: invitation.emailKey,
    token_hash: hash(token),
    needs_confirmation: invitation.needsConfirmation,
    created_at: timestamp(now),
    sent_at: timestamp(now),
    expires_at: timestamp(invitation.expiresAt),
  });
  return { id, token };
}

/** A new token in place of the former, for an invitation that nobody has answered; each sending has its time. */
export async function renewToken(
  { caisseId, sql }: Handle,
  id: string,
  { now, expiresAt, random }: { readonly now: Instant; readonly expiresAt: Instant; readonly random: Random },
): Promise<string | null> {
  const token = newToken(random);
  const sent_at = sql.raw(`greatest(?::timestamptz, sent_at + interval '1 millisecond')`, [timestamp(now)]);
  const changed = await sql('invitation')
    .update({ token_hash: hash(token), sent_at, expires_at: timestamp(expiresAt) })
    .where({ caisse_id: caisseId, id })
    .whereNull('accepted_at')
    .whereNull('refused_at')
    .whereNull('withdrawn_at');
  return changed === 1 ? token : null;
}

export const findInvitationByToken = (
  handle: Handle,
  token: string,
  now: Instant,
): Promise<Invitation | undefined> => find(handle, { token_hash: hash(token) }, now);

export const findInvitation = async (
  handle: Handle,
  id: string,
  now: Instant,
): Promise<Invitation | undefined> => (isId(id) ? find(handle, { id }, now) : undefined);

/** As `findInvitation`, and nobody else answers it until the act has committed. */
export const lockInvitation = async (
  inside: Handle,
  id: string,
  now: Instant,
): Promise<Invitation | undefined> => (isId(id) ? find(inside, { id }, now, true) : undefined);

const COLUMNS = [
  'id',
  'kind',
  'inviter_account_id',
  'adherent_id',
  'cabinet_id',
  'member_role',
  'by_caisse',
  'email',
  'email_key',
  'needs_confirmation',
  'created_at',
  'sent_at',
  'expires_at',
  'accepted_at',
  'account_id',
  'given_name',
  'family_name',
  'landline',
  'mobile',
  'mobile_certified_at',
  'password_hash',
  'confirmed_at',
  'refused_at',
  'withdrawn_at',
];

async function find(
  { caisseId, sql }: Handle,
  by: Readonly<Record<string, string | Buffer>>,
  now: Instant,
  lock = false,
): Promise<Invitation | undefined> {
  const query = sql('invitation')
    .first(COLUMNS)
    .where({ caisse_id: caisseId, ...by });
  const row = await (lock ? query.forUpdate() : query);
  return row && toInvitation(row, now);
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver brings it
function toInvitation(row: any, now: Instant): Invitation {
  return {
    id: row.id,
    kind: row.kind,
    inviterAccountId: row.inviter_account_id,
    adherentId: row.adherent_id,
    cabinetId: row.cabinet_id,
    memberRole: row.member_role,
    byCaisse: row.by_caisse,
    email: row.email,
    emailKey: row.email_key,
    needsConfirmation: row.needs_confirmation,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    accountId: row.account_id,
    answer:
      row.password_hash === null
        ? null
        : {
            givenName: row.given_name,
            familyName: row.family_name,
            landline: row.landline,
            mobile: row.mobile,
            mobileCertifiedAt: row.mobile_certified_at,
            passwordHash: row.password_hash,
          },
    state: stateOf(row, now),
  };
}

type Ends = 'confirmed_at' | 'refused_at' | 'withdrawn_at' | 'accepted_at';
type Moments = Readonly<Record<Ends, Instant | null>> & { readonly expires_at: Instant };

function stateOf(row: Moments, now: Instant): InvitationState {
  if (row.confirmed_at !== null) return 'confirmed';
  if (row.refused_at !== null) return 'refused';
  if (row.withdrawn_at !== null) return 'withdrawn';
  if (row.expires_at <= now) return 'lapsed';
  return row.accepted_at === null ? 'awaiting_beneficiary' : 'awaiting_confirmation';
}

/** Accepted by an account, or with what an account will be made of; waits for its confirmation until `expiresAt`. */
export async function acceptInvitation(
  { caisseId, sql }: Handle,
  id: string,
  by: { readonly accountId: string } | { readonly answer: Answer },
  { now, expiresAt }: { readonly now: Instant; readonly expiresAt: Instant },
): Promise<void> {
  const who =
    'accountId' in by
      ? { account_id: by.accountId }
      : {
          given_name: by.answer.givenName,
          family_name: by.answer.familyName,
          landline: by.answer.landline,
          mobile: by.answer.mobile,
          mobile_certified_at:
            by.answer.mobileCertifiedAt === null ? null : timestamp(by.answer.mobileCertifiedAt),
          password_hash: by.answer.passwordHash,
        };
  await sql('invitation')
    .update({ ...who, accepted_at: timestamp(now), expires_at: timestamp(expiresAt) })
    .where({ caisse_id: caisseId, id })
    .whereNull('accepted_at');
}

/** A part of it is confirmed, the rest still waits: whom it is for is settled, and his account is made. */
export async function settleInvitation(
  { caisseId, sql }: Handle,
  id: string,
  accountId: string,
): Promise<void> {
  await sql('invitation')
    .update({ account_id: accountId, ...WITHOUT_SECRETS })
    .where({ caisse_id: caisseId, id });
}

/** Accepted, and left without an answer: it waits for the confirmation once more. @returns false when it is over. */
export async function prolongConfirmation(
  { caisseId, sql }: Handle,
  id: string,
  expiresAt: Instant,
): Promise<boolean> {
  const changed = await sql('invitation')
    .update({ expires_at: timestamp(expiresAt) })
    .where({ caisse_id: caisseId, id })
    .whereNotNull('accepted_at')
    .whereNull('confirmed_at')
    .whereNull('refused_at')
    .whereNull('withdrawn_at');
  return changed === 1;
}

export const WITHOUT_SECRETS = {
  landline: null,
  mobile: null,
  mobile_certified_at: null,
  password_hash: null,
};

/** It is over, one way or another: what an account was to be made of is erased. */
export async function endInvitation(
  { caisseId, sql }: Handle,
  id: string,
  how: 'confirmed' | 'refused' | 'withdrawn',
  { now, accountId }: { readonly now: Instant; readonly accountId?: string },
): Promise<void> {
  await sql('invitation')
    .update({
      [`${how}_at`]: timestamp(now),
      ...(accountId !== undefined && { account_id: accountId }),
      ...WITHOUT_SECRETS,
    })
    .where({ caisse_id: caisseId, id });
}
