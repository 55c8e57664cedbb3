/**
 * The sessions of a person and what hangs on them, told apart and ended. The session itself is the protocol library's
 * (store/artifacts); a note beside it says from where it began (store/session-saving), and that it is over.
 */
import type { Instant } from '../domain/instant.ts';
import type { AccountStatus, StaffRole } from './accounts.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

export type SessionAccount = {
  readonly id: string;
  readonly status: AccountStatus;
  /** Sessions begun before are over; null: none is for that reason. */
  readonly sessionsValidFrom: Instant | null;
  readonly staffRole: StaffRole | null;
};

const FIND_ACCOUNT = named(
  'find_session_account',
  ['caisse', 'id'],
  `select id, status, sessions_valid_from as "sessionsValidFrom", staff_role as "staffRole"
   from account where caisse_id = :caisse and id = :id`,
);

/** What tells whether a session still stands. */
export async function findSessionAccount(
  { caisseId, sql }: Handle,
  id: string,
): Promise<SessionAccount | undefined> {
  return (await run<SessionAccount>(sql, FIND_ACCOUNT, [caisseId, id])).rows[0];
}

/** Sessions know their sign-in to the second: the next whole one is the first that surely began afterwards. */
export const nextSecond = (now: Instant): Instant => Math.ceil(now / 1000) * 1000;

/** Notes of sessions that are gone stay as long as a request of theirs could still be under way. */
const NOTE_OUTLIVES = 86_400_000;

/** In every caisse. @returns how many went. */
export async function sweepSessionNotes(sql: Database, now: Instant): Promise<number> {
  const { rowCount } = await sql.raw(
    `delete from session_note n where n.signed_in_at < ? and not exists (
       select 1 from oidc_artifact a where a.kind = 'Session' and a.caisse_id = n.caisse_id and a.uid = n.session_uid)`,
    [timestamp(now - NOTE_OUTLIVES)],
  );
  return rowCount ?? 0;
}

export type OpenSession = {
  readonly uid: string;
  readonly signedInAt: Instant;
  /** null: begun before such notes were taken. */
  readonly userAgent: string | null;
  readonly address: string | null;
};

/** Latest sign-in first. */
export async function listSessions(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<readonly OpenSession[]> {
  const { rows } = await sql.raw(
    `select a.uid, (a.payload->>'loginTs')::float8 * 1000 as "signedInAt", n.user_agent as "userAgent", n.address
     from oidc_artifact a left join session_note n on n.caisse_id = a.caisse_id and n.session_uid = a.uid
     where a.caisse_id = :caisse and a.kind = 'Session' and a.account_id = :account and a.expires_at > :now
     order by "signedInAt" desc nulls last`,
    { caisse: caisseId, account: accountId, now: timestamp(now) },
  );
  return rows as OpenSession[];
}

/** A session that is over, and the session ids that services know it by. */
export type EndedSession = { readonly uid: string; readonly sids: Readonly<Record<string, string>> };

/** Which of an account's sessions: all, one, or all but one. */
export type Which = { readonly only?: string; readonly except?: string };

/**
 * Ends sessions of an account with every grant, code and token made in them. What a request under way writes of them
 * afterwards is not kept (store/session-saving, store/artifacts). @returns those that were open.
 */
export async function endSessions(
  handle: Handle,
  accountId: string,
  which: Which,
  now: Instant,
): Promise<readonly EndedSession[]> {
  const { caisseId, sql } = handle;
  const bindings = {
    caisse: caisseId,
    account: accountId,
    only: which.only ?? null,
    except: which.except ?? null,
    now: timestamp(now),
  };
  const chosen = (uid: string) =>
    `(:only::text is null or ${uid} = :only) and (:except::text is null or ${uid} is distinct from :except)`;
  // The notes first: whoever saves a session looks there, and waits for us.
  await sql.raw(
    `update session_note set ended_at = :now
     where caisse_id = :caisse and account_id = :account and ended_at is null and ${chosen('session_uid')}`,
    bindings,
  );
  const { rows } = await sql.raw(
    `delete from oidc_artifact
     where caisse_id = :caisse and kind = 'Session' and account_id = :account and ${chosen('uid')}
     returning uid, payload->'authorizations' as authorizations`,
    bindings,
  );
  await sql.raw(
    `with ended as (
       delete from oidc_artifact
       where caisse_id = :caisse and kind = 'Grant' and account_id = :account and ${chosen('session_uid')}
       returning payload->>'jti' as grant_id
     )
     delete from oidc_artifact a using ended where a.caisse_id = :caisse and a.grant_id = ended.grant_id`,
    bindings,
  );
  return (rows as { uid: string; authorizations: Record<string, { sid?: string }> | null }[]).map(
    ({ uid, authorizations }) => ({ uid, sids: sidsOf(authorizations ?? {}) }),
  );
}

const sidsOf = (authorizations: Readonly<Record<string, { sid?: string }>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(authorizations).flatMap(([clientId, { sid }]) =>
      sid === undefined ? [] : [[clientId, sid]],
    ),
  );

export type ServiceAccess = {
  readonly clientId: string;
  readonly name: string;
  readonly siteId: string | null;
  readonly siteName: string | null;
  readonly raisonSociale: string | null;
  readonly siret: string | null;
  readonly since: Instant;
};

/** The services that hold access, one line for each site that they hold it for, latest first. */
export async function listServiceAccess(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<readonly ServiceAccess[]> {
  const { rows } = await sql.raw(
    `select g.client_id as "clientId", coalesce(c.metadata->>'client_name', g.client_id) as name,
       g.site_id as "siteId", s.name as "siteName", a.raison_sociale as "raisonSociale", s.siret,
       max((g.payload->>'iat')::float8) * 1000 as since
     from oidc_artifact g
     join client c on c.caisse_id = g.caisse_id and c.client_id = g.client_id
     left join site s on s.caisse_id = g.caisse_id and s.id = g.site_id
     left join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where g.caisse_id = :caisse and g.kind = 'Grant' and g.account_id = :account and g.expires_at > :now
     group by 1, 2, 3, 4, 5, 6
     order by since desc`,
    { caisse: caisseId, account: accountId, now: timestamp(now) },
  );
  return rows as ServiceAccess[];
}

/** Ends what one service holds for one site: grants, codes, tokens, and a third party's consent. @returns whether it held any. */
export async function endServiceAccess(
  { caisseId, sql }: Handle,
  access: { readonly accountId: string; readonly clientId: string; readonly siteId: string | null },
): Promise<boolean> {
  const { rows } = await sql.raw(
    `with ended as (
       delete from oidc_artifact
       where caisse_id = :caisse and kind = 'Grant' and account_id = :account and client_id = :client
         and site_id is not distinct from :site::uuid
       returning payload->>'jti' as grant_id
     ), tokens as (
       delete from oidc_artifact a using ended where a.caisse_id = :caisse and a.grant_id = ended.grant_id
     ), consents as (
       delete from consent where caisse_id = :caisse and account_id = :account::uuid and client_id = :client
     )
     select count(*)::int as ended from ended`,
    { caisse: caisseId, account: access.accountId, client: access.clientId, site: access.siteId },
  );
  return (rows[0] as { ended: number }).ended > 0;
}

/** Somebody's access to a site, through any service. */
export type SiteAccess = { readonly accountId: string; readonly siteId: string };

export type EndedSiteAccess = { readonly accountId: string; readonly sessions: readonly EndedSession[] };

/**
 * Of people left without any right on a site: ends what every service holds for them there (`end`), or leaves it to live
 * again (a suspension). Their sessions stand, since they may act for other sites, and so does a third party's consent.
 * A grant written meanwhile by a request under way is worth nothing: rights are read at every issue.
 * @returns the session ids by which services that hold such access know them, for back-channel logout.
 */
export async function endSiteAccess(
  { caisseId, sql }: Handle,
  accesses: readonly SiteAccess[],
  { end }: { readonly end: boolean },
): Promise<readonly EndedSiteAccess[]> {
  if (accesses.length === 0) return [];
  const { rows } = await sql.raw(
    `with place as (
       select * from unnest(:accounts::text[], :sites::uuid[]) place (account_id, site_id)
     ), held as materialized (
       select g.id_hash, g.account_id, g.client_id, g.session_uid, g.payload->>'jti' as grant_id
       from place cross join lateral (
         select * from oidc_artifact
         where caisse_id = :caisse and kind = 'Grant' and account_id = place.account_id and site_id = place.site_id
         offset 0) g
     ), grants as (
       delete from oidc_artifact a using held
       where :end and a.caisse_id = :caisse and a.kind = 'Grant' and a.id_hash = held.id_hash
     ), tokens as (
       delete from oidc_artifact a using held where :end and a.caisse_id = :caisse and a.grant_id = held.grant_id
     )
     select distinct held.account_id, held.session_uid, held.client_id, s.sid
     from held cross join lateral (
       select payload->'authorizations'->held.client_id->>'sid' as sid from oidc_artifact
       where caisse_id = :caisse and kind = 'Session' and uid = held.session_uid offset 0) s
     where s.sid is not null`,
    {
      caisse: caisseId,
      end,
      accounts: accesses.map(({ accountId }) => accountId),
      sites: accesses.map(({ siteId }) => siteId),
    },
  );
  return byAccount(rows as KnownSession[]);
}

type KnownSession = {
  readonly account_id: string;
  readonly session_uid: string;
  readonly client_id: string;
  readonly sid: string;
};

function byAccount(rows: readonly KnownSession[]): EndedSiteAccess[] {
  const accounts = new Map<string, Map<string, Record<string, string>>>();
  for (const { account_id, session_uid, client_id, sid } of rows) {
    const sessions = accounts.get(account_id) ?? new Map<string, Record<string, string>>();
    sessions.set(session_uid, { ...sessions.get(session_uid), [client_id]: sid });
    accounts.set(account_id, sessions);
  }
  return [...accounts].map(([accountId, sessions]) => ({
    accountId,
    sessions: [...sessions].map(([uid, sids]) => ({ uid, sids })),
  }));
}
