/**
 * What somebody typed to accept an invitation without an account, until he has sent all of it: nobody types his
 * password again because of another field. Kept for one browser, by a secret that only it has.
 */
import { createHash } from 'node:crypto';
import type { CertifiedMobile, TypedPerson } from '../domain/enrolment.ts';
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type InvitationDraft = {
  readonly typed: TypedPerson;
  readonly passwordHash: string | null;
  readonly certified: CertifiedMobile | null;
};

/** `browser`: the secret of the browser, in clear. */
export type DraftKey = { readonly invitationId: string; readonly browser: string };

const keyOf = ({ caisseId }: Handle, { invitationId, browser }: DraftKey) => ({
  caisse_id: caisseId,
  invitation_id: invitationId,
  browser_hash: createHash('sha256').update(browser).digest(),
});

export async function findDraft(handle: Handle, key: DraftKey): Promise<InvitationDraft | undefined> {
  const row = await handle
    .sql('invitation_draft')
    .first('typed', 'password_hash', 'certified_mobile', 'mobile_certified_at')
    .where(keyOf(handle, key));
  return (
    row && {
      typed: row.typed,
      passwordHash: row.password_hash,
      certified:
        row.certified_mobile === null ? null : { number: row.certified_mobile, at: row.mobile_certified_at },
    }
  );
}

/** `passwordHash` null: the one that was kept stays. */
export async function keepDraft(
  handle: Handle,
  key: DraftKey,
  { typed, passwordHash, now }: Omit<InvitationDraft, 'certified'> & { readonly now: Instant },
): Promise<void> {
  const said = {
    typed: JSON.stringify(typed),
    changed_at: timestamp(now),
    ...(passwordHash !== null && { password_hash: passwordHash }),
  };
  await handle
    .sql('invitation_draft')
    .insert({ ...keyOf(handle, key), ...said })
    .onConflict(['caisse_id', 'invitation_id', 'browser_hash'])
    .merge(said);
}

export async function certifyDraft(
  handle: Handle,
  key: DraftKey,
  { number, at }: CertifiedMobile,
): Promise<void> {
  await handle
    .sql('invitation_draft')
    .update({ certified_mobile: number, mobile_certified_at: timestamp(at) })
    .where(keyOf(handle, key));
}

/** The invitation is answered: whatever anybody typed goes. */
export async function dropDrafts({ caisseId, sql }: Handle, invitationId: string): Promise<void> {
  await sql('invitation_draft').delete().where({ caisse_id: caisseId, invitation_id: invitationId });
}

const KEPT = 86_400_000;

/** In every caisse: those that nobody has gone on with. @returns how many went. */
export const sweepInvitationDrafts = (sql: Database, now: Instant): Promise<number> =>
  sql('invitation_draft')
    .delete()
    .where('changed_at', '<', timestamp(now - KEPT));
