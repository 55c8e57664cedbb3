/**
 * What the protocol library keeps: sessions, interactions, codes, tokens, grants. Ids are bearer secrets, so only
 * their sha256 is stored. `consumeArtifact` is the one atomic step that lets a code or a refresh token win once.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { prepared, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type ArtifactPayload = Readonly<Record<string, unknown>>;

export type Artifact = { readonly payload: ArtifactPayload; readonly consumedAt: Instant | null };

export type NewArtifact = {
  readonly kind: string;
  readonly id: string;
  readonly payload: ArtifactPayload;
  readonly grantId: string | null;
  readonly accountId: string | null;
  readonly clientId: string | null;
  readonly siteId: string | null;
  readonly sessionUid: string | null;
  readonly uid: string | null;
  readonly expiresAt: Instant;
};

const hash = (id: string): Buffer => createHash('sha256').update(id).digest();

const toRow = (caisseId: string, artifact: NewArtifact) => ({
  caisse_id: caisseId,
  kind: artifact.kind,
  id_hash: hash(artifact.id),
  payload: JSON.stringify(artifact.payload),
  grant_id: artifact.grantId,
  account_id: artifact.accountId,
  client_id: artifact.clientId,
  site_id: artifact.siteId,
  session_uid: artifact.sessionUid,
  uid: artifact.uid,
  expires_at: timestamp(artifact.expiresAt),
});

export async function saveArtifact({ caisseId, sql }: Handle, artifact: NewArtifact): Promise<void> {
  await sql('oidc_artifact')
    .options(prepared('save_artifact'))
    .insert(toRow(caisseId, artifact))
    .onConflict(['caisse_id', 'kind', 'id_hash'])
    .merge(['payload', 'account_id', 'site_id', 'session_uid', 'expires_at']);
}

/**
 * Of a session and what is made in it: not once that session was ended. A request that was under way when its person
 * ended the session would bring it back otherwise; it waits here for an ending that is under way.
 */
export async function saveWhileSessionStands(
  { caisseId, sql }: Handle,
  artifact: NewArtifact,
  sessionUid: string,
): Promise<void> {
  const row = toRow(caisseId, artifact);
  const columns = Object.keys(row);
  const query = sql.raw(
    `with note as materialized (
       select ended_at from session_note where caisse_id = ? and session_uid = ? for share
     )
     insert into oidc_artifact (${columns.join(', ')})
     select ?, ?, ?::bytea, ?::jsonb, ?, ?, ?, ?::uuid, ?, ?, ?::timestamptz
     where not exists (select 1 from note where ended_at is not null)
     on conflict (caisse_id, kind, id_hash) do update set payload = excluded.payload, account_id = excluded.account_id,
       site_id = excluded.site_id, session_uid = excluded.session_uid, expires_at = excluded.expires_at`,
    [caisseId, sessionUid, ...Object.values(row)] as never,
  );
  await query.options(prepared('save_while_session_stands'));
}

/** @returns false when it was there already, also for the slower of two at once. */
export async function insertArtifactOnce({ caisseId, sql }: Handle, artifact: NewArtifact): Promise<boolean> {
  const inserted = await sql('oidc_artifact')
    .insert(toRow(caisseId, artifact))
    .onConflict(['caisse_id', 'kind', 'id_hash'])
    .ignore()
    .returning('kind');
  return inserted.length === 1;
}

const COLUMNS = { payload: 'payload', consumedAt: 'consumed_at' };

export const findArtifact = (
  { caisseId, sql }: Handle,
  kind: string,
  id: string,
  now: Instant,
): Promise<Artifact | undefined> =>
  sql('oidc_artifact')
    .options(prepared('find_artifact'))
    .first(COLUMNS)
    .where({ caisse_id: caisseId, kind, id_hash: hash(id) })
    .where('expires_at', '>', timestamp(now));

export const findSessionByUid = (
  { caisseId, sql }: Handle,
  uid: string,
  now: Instant,
): Promise<Artifact | undefined> =>
  sql('oidc_artifact')
    .options(prepared('find_session_by_uid'))
    .first(COLUMNS)
    .where({ caisse_id: caisseId, kind: 'Session', uid })
    .where('expires_at', '>', timestamp(now));

/** @returns true for the one caller that consumed it, false for all others, however many at once. */
export async function consumeArtifact(
  { caisseId, sql }: Handle,
  kind: string,
  id: string,
  now: Instant,
): Promise<boolean> {
  const changed = await sql('oidc_artifact')
    .options(prepared('consume_artifact'))
    .update({ consumed_at: timestamp(now) })
    .where({ caisse_id: caisseId, kind, id_hash: hash(id) })
    .whereNull('consumed_at');
  return changed === 1;
}

export async function deleteArtifact({ caisseId, sql }: Handle, kind: string, id: string): Promise<void> {
  await sql('oidc_artifact')
    .delete()
    .where({ caisse_id: caisseId, kind, id_hash: hash(id) });
}

export async function deleteArtifactsOfGrant(
  { caisseId, sql }: Handle,
  kind: string,
  grantId: string,
): Promise<void> {
  await sql('oidc_artifact').delete().where({ caisse_id: caisseId, kind, grant_id: grantId });
}

/** Ends a family: the grant, and every code and token that was issued under it. */
export async function revokeGrant({ caisseId, sql }: Handle, grantId: string): Promise<void> {
  await sql('oidc_artifact')
    .delete()
    .where({ caisse_id: caisseId })
    .where((row) =>
      row
        .where({ grant_id: grantId })
        .orWhere((grant) => grant.where({ kind: 'Grant', id_hash: hash(grantId) })),
    );
}

export type GrantKey = {
  readonly accountId: string;
  readonly clientId: string;
  /** null for the caisse's staff, who act for no site. */
  readonly siteId: string | null;
  readonly sessionUid: string;
  /** The grant must live at least until then. */
  readonly until: Instant;
};

/** The grant that a session already holds for this service and site, or undefined. @returns its id. */
export async function findGrantId({ caisseId, sql }: Handle, key: GrantKey): Promise<string | undefined> {
  const row = await sql('oidc_artifact')
    .first(sql.raw(`payload->>'jti' as id`))
    .where({
      caisse_id: caisseId,
      kind: 'Grant',
      account_id: key.accountId,
      client_id: key.clientId,
      session_uid: key.sessionUid,
    })
    .whereRaw('site_id is not distinct from ?::uuid', [key.siteId])
    .where('expires_at', '>', timestamp(key.until))
    .orderBy('expires_at', 'desc');
  return row?.id;
}

/** Deletes what has expired, in small bites so that no other query waits. @returns how many went. */
export async function sweepArtifacts(sql: Handle['sql'], now: Instant, atMost: number): Promise<number> {
  const result = await sql.raw(
    `delete from oidc_artifact where ctid = any (array(
       select ctid from oidc_artifact where expires_at <= ? limit ? for update skip locked))`,
    [timestamp(now), atMost],
  );
  return result.rowCount ?? 0;
}
