/**
 * What an authorization request stands on, in one query: the session that it comes with, the interaction that it goes on
 * from, what the gates look at of its person, the grants that may serve it, and what is held on the site that it is
 * for, as far as the request tells which one. All of it is of one instant.
 */
import type { Instant } from '../domain/instant.ts';
import { type ArtifactPayload, hashOf } from './artifacts.ts';
import { timestamp } from './database.ts';
import { GATES, type Gates } from './gates.ts';
import type { Handle } from './handle.ts';
import { HOLDING, type Holding, type HoldingRow, toHolding } from './holdings.ts';
import { named, run } from './statement.ts';

export type Asking = {
  readonly sessionId: string | null;
  readonly interactionId: string | null;
  /** null: only the interaction tells. */
  readonly clientId: string | null;
  readonly siret: string | null;
  readonly now: Instant;
  /** A grant of before serves when it lives at least until then. */
  readonly until: Instant;
};

export type AskingRead = {
  readonly session: ArtifactPayload | null;
  readonly interaction: ArtifactPayload | null;
  /** Who has just signed in, or is signed in. */
  readonly accountId: string | null;
  readonly sessionUid: string | null;
  readonly clientId: string | null;
  readonly siteId: string | null;
  /** The grant that the session served that service by last. */
  readonly previous: ArtifactPayload | null;
  /** The one that it has for this service and site. */
  readonly lasting: ArtifactPayload | null;
  /** null when there is nobody, or no such account at this caisse. */
  readonly gates: Gates | null;
  /** null when no site was told. */
  readonly holding: Holding | null;
};

// `offset 0`: see store/holdings.
const grants = (which: string) => `
  select payload, site_id from oidc_artifact
  where caisse_id = :caisse and kind = 'Grant' and ${which} offset 0`;

const READ = named(
  'read_authorization',
  ['caisse', 'session', 'interaction', 'client', 'siret', 'now', 'until'],
  `with session as materialized (
     select payload from oidc_artifact
     where caisse_id = :caisse and kind = 'Session' and id_hash = :session and expires_at > :now
   ), interaction as materialized (
     select payload from oidc_artifact
     where caisse_id = :caisse and kind = 'Interaction' and id_hash = :interaction and expires_at > :now
   ), asked as materialized (
     select s.payload as session, i.payload as interaction, s.payload->>'uid' as session_uid,
       coalesce(i.payload->'result'->'login'->>'accountId', s.payload->>'accountId') as account_id,
       coalesce(i.payload->'params'->>'client_id', :client) as client_id,
       (i.payload->'result'->'select_organization'->>'site')::uuid as chosen
     from (select) one left join session s on true left join interaction i on true
   ), previous as materialized (
     select g.payload, g.site_id from asked cross join lateral (${grants(`expires_at > :now
       and id_hash = sha256(convert_to(asked.session->'authorizations'->asked.client_id->>'grantId', 'UTF8'))`)}) g
   ), request as materialized (
     select asked.*, account_id::uuid as account, coalesce(chosen,
       (select id from site where caisse_id = :caisse and siret = :siret), (select site_id from previous)) as site_id
     from asked
   )
   select request.session, request.interaction, request.account_id as "accountId", request.session_uid as "sessionUid",
     request.client_id as "clientId", request.site_id as "siteId", (select payload from previous) as previous,
     (select g.payload from (${grants(`account_id = request.account_id and client_id = request.client_id
       and session_uid = request.session_uid and site_id = request.site_id and expires_at > :until`)}) g
      order by (g.payload->>'exp')::float8 desc limit 1) as lasting,
     gates.*, held.account, held.site, held.links
   from request left join lateral (${GATES('request.account')} offset 0) gates on true left join lateral (
     ${HOLDING({ account: 'request.account', siteIs: 's.id = request.site_id' })} offset 0
   ) held on request.site_id is not null`,
);

// Nobody is signed in yet: there is no grant, and no site. To set up the look-ups of those would take longer than all else.
const READ_BEGINNING = named(
  'read_beginning',
  ['caisse', 'interaction', 'now'],
  `select null::jsonb as session, i.payload as interaction, i.account_id as "accountId", null as "sessionUid",
     i.payload->'params'->>'client_id' as "clientId", null as "siteId", null::jsonb as previous, null::jsonb as lasting,
     gates.*, null::json as account, null::json as site, null::json as links
   from (select) one left join lateral (
     select payload, payload->'result'->'login'->>'accountId' as account_id from oidc_artifact
     where caisse_id = :caisse and kind = 'Interaction' and id_hash = :interaction and expires_at > :now offset 0
   ) i on true left join lateral (${GATES('i.account_id::uuid')} offset 0) gates on true`,
);

type Row = Omit<AskingRead, 'gates' | 'holding'> & {
  readonly [Gate in keyof Gates]: Gates[Gate] | null;
} & HoldingRow;

export async function readAuthorization({ caisseId, sql }: Handle, asking: Asking): Promise<AskingRead> {
  const { sessionId, interactionId, clientId, siret } = asking;
  const [session, interaction] = [hashOrNone(sessionId), hashOrNone(interactionId)];
  const [now, until] = [timestamp(asking.now), timestamp(asking.until)];
  const { rows } =
    session === null
      ? await run<Row>(sql, READ_BEGINNING, [caisseId, interaction, now])
      : await run<Row>(sql, READ, [caisseId, session, interaction, clientId, siret, now, until]);
  return toRead(rows[0] as Row, caisseId);
}

const hashOrNone = (id: string | null): Buffer | null => (id === null ? null : hashOf(id));

function toRead({ account, site, links, ...row }: Row, caisseId: string): AskingRead {
  const { status, staffRole, sessionsValidFrom, emailCertifiedAt, secondFactorSince, ...read } = row;
  const gates = status && { status, staffRole, sessionsValidFrom, emailCertifiedAt, secondFactorSince };
  const holding = row.siteId === null ? null : toHolding({ account, site, links }, caisseId);
  return { ...read, gates, holding };
}
