/** An interaction with the session that it began in, in one query. */
import type { Instant } from '../domain/instant.ts';
import { type Artifact, type ArtifactPayload, hashOf } from './artifacts.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

/** `session`: null when it began in none, or in one that is over. */
export type InteractionRead = {
  readonly interaction: Artifact;
  readonly sessionUid: string | null;
  readonly session: Artifact | null;
};

const READ = named(
  'read_interaction',
  ['caisse', 'id', 'now'],
  `with interaction as materialized (
     select payload, payload->'session'->>'uid' as session_uid from oidc_artifact
     where caisse_id = :caisse and kind = 'Interaction' and id_hash = :id and expires_at > :now
   )
   select i.payload, i.session_uid as "sessionUid", s.payload as session
   from interaction i left join lateral (
     select payload from oidc_artifact
     where caisse_id = :caisse and kind = 'Session' and uid = i.session_uid and expires_at > :now
     offset 0 limit 1) s on true`,
);

type Row = {
  readonly payload: ArtifactPayload;
  readonly sessionUid: string | null;
  readonly session: ArtifactPayload | null;
};

const artifactOf = (payload: ArtifactPayload): Artifact => ({ payload, consumedAt: null });

export async function readInteraction(
  { caisseId, sql }: Handle,
  id: string,
  now: Instant,
): Promise<InteractionRead | undefined> {
  const { rows } = await run<Row>(sql, READ, [caisseId, hashOf(id), timestamp(now)]);
  const [row] = rows;
  if (!row) return undefined;
  const { payload, sessionUid, session } = row;
  return { interaction: artifactOf(payload), sessionUid, session: session && artifactOf(session) };
}
