/**
 * What the protocol library keeps: sessions, interactions, codes, tokens, grants. Ids are bearer secrets, so only
 * their sha256 is stored. `consumeArtifact` is the one atomic step that lets a code or a refresh token win once.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run, type Statement, type Value } from './statement.ts';

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

export const hashOf = (id: string): Buffer => createHash('sha256').update(id).digest();

/** As the columns of `insert` below have it. */
const valuesOf = (caisseId: string, artifact: NewArtifact): Value[] => [
  caisseId,
  artifact.kind,
  hashOf(artifact.id),
  JSON.stringify(artifact.payload),
  artifact.grantId,
  artifact.accountId,
  artifact.clientId,
  artifact.siteId,
  artifact.sessionUid,
  artifact.uid,
  timestamp(artifact.expiresAt),
];

export const INTO = `oidc_artifact
  (caisse_id, kind, id_hash, payload, grant_id, account_id, client_id, site_id, session_uid, uid, expires_at)`;

export const ANEW = `on conflict (caisse_id, kind, id_hash) do update set payload = excluded.payload,
  account_id = excluded.account_id, site_id = excluded.site_id, session_uid = excluded.session_uid,
  expires_at = excluded.expires_at`;

const SAVE: Statement = {
  name: 'save_artifact',
  text: `insert into ${INTO} values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ${ANEW}`,
};

export async function saveArtifact({ caisseId, sql }: Handle, artifact: NewArtifact): Promise<void> {
  await run(sql, SAVE, valuesOf(caisseId, artifact));
}

const SAVE_AGAIN = named(
  'save_artifact_again',
  ['caisse', 'kind', 'id_hash', 'payload', 'expires_at', 'now'],
  `update oidc_artifact set payload = :payload, expires_at = :expires_at
   where caisse_id = :caisse and kind = :kind and id_hash = :id_hash and expires_at > :now`,
);

/** Of one that was read before and bears the same names. @returns false when it is gone by now: it stays so. */
export async function saveArtifactAgain(
  { caisseId, sql }: Handle,
  { kind, id, payload, expiresAt }: NewArtifact,
  now: Instant,
): Promise<boolean> {
  const values = [caisseId, kind, hashOf(id), JSON.stringify(payload), timestamp(expiresAt), timestamp(now)];
  return (await run(sql, SAVE_AGAIN, values)).rowCount === 1;
}

const INSERT_ONCE: Statement = {
  name: 'insert_artifact_once',
  text: `insert into ${INTO} values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (caisse_id, kind, id_hash) do nothing`,
};

/** @returns false when it was there already, also for the slower of two at once. */
export async function insertArtifactOnce({ caisseId, sql }: Handle, artifact: NewArtifact): Promise<boolean> {
  return (await run(sql, INSERT_ONCE, valuesOf(caisseId, artifact))).rowCount === 1;
}

const FIND: Statement = {
  name: 'find_artifact',
  text: `select payload, consumed_at as "consumedAt" from oidc_artifact
    where caisse_id = $1 and kind = $2 and id_hash = $3 and expires_at > $4`,
};

export async function findArtifact(
  { caisseId, sql }: Handle,
  kind: string,
  id: string,
  now: Instant,
): Promise<Artifact | undefined> {
  const { rows } = await run<Artifact>(sql, FIND, [caisseId, kind, hashOf(id), timestamp(now)]);
  return rows[0];
}

const FIND_SESSION_BY_UID: Statement = {
  name: 'find_session_by_uid',
  text: `select payload, consumed_at as "consumedAt" from oidc_artifact
    where caisse_id = $1 and kind = 'Session' and uid = $2 and expires_at > $3 limit 1`,
};

export async function findSessionByUid(
  { caisseId, sql }: Handle,
  uid: string,
  now: Instant,
): Promise<Artifact | undefined> {
  const { rows } = await run<Artifact>(sql, FIND_SESSION_BY_UID, [caisseId, uid, timestamp(now)]);
  return rows[0];
}

const CONSUME: Statement = {
  name: 'consume_artifact',
  text: `update oidc_artifact set consumed_at = $4
    where caisse_id = $1 and kind = $2 and id_hash = $3 and consumed_at is null`,
};

/** @returns true for the one caller that consumed it, false for all others, however many at once. */
export async function consumeArtifact(
  { caisseId, sql }: Handle,
  kind: string,
  id: string,
  now: Instant,
): Promise<boolean> {
  return (await run(sql, CONSUME, [caisseId, kind, hashOf(id), timestamp(now)])).rowCount === 1;
}

const DELETE: Statement = {
  name: 'delete_artifact',
  text: 'delete from oidc_artifact where caisse_id = $1 and kind = $2 and id_hash = $3',
};

export async function deleteArtifact({ caisseId, sql }: Handle, kind: string, id: string): Promise<void> {
  await run(sql, DELETE, [caisseId, kind, hashOf(id)]);
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
        .orWhere((grant) => grant.where({ kind: 'Grant', id_hash: hashOf(grantId) })),
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

const FIND_GRANT_ID: Statement = {
  name: 'find_grant_id',
  text: `select payload->>'jti' as id from oidc_artifact
    where caisse_id = $1 and kind = 'Grant' and account_id = $2 and client_id = $3 and session_uid = $4
      and site_id is not distinct from $5::uuid and expires_at > $6
    order by expires_at desc limit 1`,
};

/** The grant that a session already holds for this service and site, or undefined. @returns its id. */
export async function findGrantId({ caisseId, sql }: Handle, key: GrantKey): Promise<string | undefined> {
  const { accountId, clientId, sessionUid, siteId, until } = key;
  const values = [caisseId, accountId, clientId, sessionUid, siteId, timestamp(until)];
  return (await run<{ id: string }>(sql, FIND_GRANT_ID, values)).rows[0]?.id;
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
