/**
 * A session as a request leaves it, in one statement: with what was made in it, without what it takes the place of, and
 * at a sign-in with the note that says from where it began. What was ended meanwhile (store/sessions) stays ended.
 */
import type { Instant } from '../domain/instant.ts';
import { ANEW, hashOf, INTO, type NewArtifact } from './artifacts.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run, type Value } from './statement.ts';

export type SessionNote = {
  readonly accountId: string;
  readonly userAgent: string;
  readonly address: string;
  readonly signedInAt: Instant;
};

export type Saving = {
  readonly uid: string;
  /** Ids of what goes with it: the session's former one, and the interaction that has ended in it. */
  readonly gone?: { readonly Session?: string; readonly Interaction?: string };
  /** null: nobody signs in by this. */
  readonly note?: SessionNote | null;
};

const GONE = `
  delete from oidc_artifact where caisse_id = :caisse
    and (kind = 'Session' and id_hash = :former or kind = 'Interaction' and id_hash = :ended)`;

const MADE = `
  select :caisse, kind, decode(id_hash, 'hex'), payload, grant_id, account_id, client_id, site_id, session_uid, uid,
    expires_at
  from jsonb_to_recordset(:artifacts::jsonb) made (
    kind text, id_hash text, payload jsonb, grant_id text, account_id text, client_id text, site_id uuid,
    session_uid text, uid text, expires_at timestamptz)`;

const rowOf = (artifact: NewArtifact) => ({
  kind: artifact.kind,
  id_hash: hashOf(artifact.id).toString('hex'),
  payload: artifact.payload,
  grant_id: artifact.grantId,
  account_id: artifact.accountId,
  client_id: artifact.clientId,
  site_id: artifact.siteId,
  session_uid: artifact.sessionUid,
  uid: artifact.uid,
  expires_at: timestamp(artifact.expiresAt),
});

// The note is looked at first, as by whoever ends a session: neither waits for the other in a circle.
const saving = (lock: string, besides = '') => `
  with note as materialized (
    select ended_at from session_note where caisse_id = :caisse and session_uid = :uid for ${lock}
  ), gone as (${GONE}) ${besides}
  insert into ${INTO} ${MADE} where not exists (select from note where ended_at is not null)
  ${ANEW}`;

const GIVEN = ['caisse', 'artifacts', 'uid', 'former', 'ended'];

const SAVE = named('save_in_session', GIVEN, saving('share'));

const SAVE_SIGNED_IN = named(
  'save_in_session_signed_in',
  [...GIVEN, 'note_account', 'user_agent', 'address', 'signed_in_at'],
  saving(
    'no key update',
    `, noted as (
    insert into session_note (caisse_id, session_uid, account_id, user_agent, address, signed_in_at)
    values (:caisse, :uid, :note_account, :user_agent, :address, :signed_in_at)
    on conflict (caisse_id, session_uid) do update set account_id = excluded.account_id,
      user_agent = excluded.user_agent, address = excluded.address, signed_in_at = excluded.signed_in_at)`,
  ),
);

/**
 * The session itself, and whatever was made in it, by its `uid`. A request that was under way when its session was ended
 * would bring it back otherwise; it waits here for an ending that is under way.
 */
export async function saveInSession(
  { caisseId, sql }: Handle,
  artifacts: readonly NewArtifact[],
  { uid, gone = {}, note = null }: Saving,
): Promise<void> {
  const values: Value[] = [
    caisseId,
    JSON.stringify(artifacts.map(rowOf)),
    uid,
    ...[gone.Session, gone.Interaction].map((id) => (id === undefined ? null : hashOf(id))),
  ];
  if (note === null) {
    await run(sql, SAVE, values);
    return;
  }
  const { accountId, userAgent, address, signedInAt } = note;
  await run(sql, SAVE_SIGNED_IN, [...values, accountId, userAgent, address, timestamp(signedInAt)]);
}
