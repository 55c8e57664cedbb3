/** An account as the caisse's own people see it and change it; who may, and who hears of it, is the journeys'. */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus } from '../domain/rights.ts';
import type { AccountStatus } from './accounts.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { nextSecond } from './sessions.ts';

export type AccountSeen = {
  readonly id: string;
  /** null: a provisional account has none. */
  readonly email: string | null;
  readonly pendingEmail: string | null;
  readonly givenName: string;
  readonly familyName: string;
  readonly landline: string | null;
  readonly mobile: string | null;
  readonly mobileCertifiedAt: Instant | null;
  readonly emailCertifiedAt: Instant | null;
  readonly status: AccountStatus;
  readonly staffRole: 'agent' | 'superviseur' | null;
  readonly createdAt: Instant;
  readonly hasPassword: boolean;
};

const COLUMNS = {
  id: 'id',
  email: 'email',
  pendingEmail: 'pending_email',
  givenName: 'given_name',
  familyName: 'family_name',
  landline: 'landline',
  mobile: 'mobile',
  mobileCertifiedAt: 'mobile_certified_at',
  emailCertifiedAt: 'email_certified_at',
  status: 'status',
  staffRole: 'staff_role',
  createdAt: 'created_at',
};

/** `lock`: nobody else changes it until the act has committed. */
export async function findAccountSeen(
  { caisseId, sql }: Handle,
  id: string,
  lock = false,
): Promise<AccountSeen | undefined> {
  if (!isId(id)) return undefined;
  const query = sql('account')
    .first({ ...COLUMNS, hasPassword: sql.raw('password_hash is not null') })
    .where({ caisse_id: caisseId, id });
  return lock ? query.forUpdate() : query;
}

/** What the page showed, for its form to bring back. */
export const seenOf = ({ status, email, pendingEmail, staffRole }: AccountSeen): string =>
  [status, email ?? '', pendingEmail ?? '', staffRole ?? ''].join('|');

export type Held = {
  readonly id: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly siret: string;
  readonly raisonSociale: string;
  readonly kind: 'enrolment' | 'user' | 'staff';
  readonly admin: boolean;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly giver: string | null;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const STANDING = `('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended')`;

const HELD = `
  with held as (
    select d.* from delegation d
    where d.caisse_id = :caisse and d.grantee_account_id = :account and d.status in ${STANDING}
      and (d.ends_at is null or d.ends_at > :now)
  )
  select (select count(*)::int from held) as matching,
    (select coalesce(json_agg(json_build_object('id', h.id, 'siteId', s.id, 'siteName', s.name, 'siret', s.siret,
       'raisonSociale', a.raison_sociale, 'kind', h.kind, 'admin', h.admin, 'status', h.status,
       'from', ${MS('h.effective_at')}, 'to', ${MS('h.ends_at')},
       'giver', coalesce(gc.name, g.given_name || ' ' || g.family_name)) order by h.place), '[]')
     from (select held.*, row_number() over (order by kind <> 'enrolment', created_at desc, id) as place
       from held order by place limit :limit offset :offset) h
     join site s on s.caisse_id = h.caisse_id and s.id = h.site_id
     join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     left join account g on g.caisse_id = h.caisse_id and g.id = h.grantor_account_id
     left join cabinet gc on gc.caisse_id = h.caisse_id and gc.id = h.grantor_cabinet_id) as held`;

/** What he holds by himself, the sites that he opened first; what he holds as a firm's manager is the firm's. */
export async function listHeld(
  { caisseId, sql }: Handle,
  asked: { accountId: string; now: Instant; limit: number; offset: number },
): Promise<{ readonly matching: number; readonly held: readonly Held[] }> {
  const { rows } = await sql.raw(HELD, {
    caisse: caisseId,
    account: asked.accountId,
    now: timestamp(asked.now),
    limit: asked.limit,
    offset: asked.offset,
  });
  return rows[0];
}

/** All that ends with the account, and the memberships of firms that end with it. */
export async function listEndings(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<{
  readonly delegations: readonly { readonly id: string; readonly siteId: string; readonly kind: string }[];
  readonly memberships: readonly {
    readonly id: string;
    readonly cabinetId: string;
    readonly name: string;
    readonly role: string;
  }[];
}> {
  const delegations = await sql('delegation')
    .select({ id: 'id', siteId: 'site_id', kind: 'kind' })
    .where({ caisse_id: caisseId, grantee_account_id: accountId })
    .whereRaw(`status in ${STANDING}`)
    .orderBy('id');
  const memberships = await sql('cabinet_member as m')
    .join('cabinet as c', (on) => on.on('c.caisse_id', 'm.caisse_id').andOn('c.id', 'm.cabinet_id'))
    .select({ id: 'm.id', cabinetId: 'c.id', name: 'c.name', role: 'm.role' })
    .where({ 'm.caisse_id': caisseId, 'm.account_id': accountId })
    .whereRaw('(m.ends_at is null or m.ends_at > greatest(?::timestamptz, m.effective_at))', [timestamp(now)])
    .orderBy('m.id');
  return { delegations, memberships };
}

// As closeThroughMemberships, of one person.
const CLOSE = `
  with struck as materialized (
    select id, status from delegation
    where caisse_id = :caisse and grantee_account_id = :account and status in ${STANDING}
    order by id for no key update
  )
  update delegation d set status = 'closed',
    changed_at = greatest(:now::timestamptz, date_trunc('milliseconds', d.changed_at) + interval '1 millisecond')
  from struck where d.caisse_id = :caisse and d.id = struck.id
  returning d.id, d.site_id as "siteId", struck.status as before`;

export async function closeHeld(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<readonly { readonly id: string; readonly siteId: string; readonly before: LinkStatus }[]> {
  const { rows } = await sql.raw(CLOSE, { caisse: caisseId, account: accountId, now: timestamp(now) });
  return rows;
}

/** Of an account that the act has locked: it is closed or open again; no session of before stands. */
export async function turnAccount(
  { caisseId, sql }: Handle,
  id: string,
  status: 'active' | 'closed',
  now: Instant,
): Promise<void> {
  await sql('account')
    .update({ status, pending_email: null, sessions_valid_from: timestamp(nextSecond(now)) })
    .where({ caisse_id: caisseId, id });
  // What a letter brought opens nothing any more.
  await sql('provisional_credential')
    .update({ used_at: timestamp(now) })
    .where({ caisse_id: caisseId, account_id: id })
    .whereNull('used_at');
}

/** Likewise: it waits until somebody at the new address confirms. */
export async function awaitEmail({ caisseId, sql }: Handle, id: string, to: string): Promise<void> {
  await sql('account')
    .update({ status: 'deactivated', pending_email: to })
    .where({ caisse_id: caisseId, id });
}

export type PastLine = {
  readonly kind: string;
  readonly at: Instant;
  readonly address: string | null;
  readonly actorId: string | null;
  readonly actor: string | null;
};

/** What he did and what was done to him, the latest first. */
export async function listPast(
  { caisseId, sql }: Handle,
  accountId: string,
  limit: number,
): Promise<readonly PastLine[]> {
  const lines = (column: string) =>
    `(select id, kind, at, address, actor_id from audit_event
      where caisse_id = :caisse and ${column} = :account order by at desc, id desc limit :limit)`;
  const { rows } = await sql.raw(
    `select l.kind, l.at, l.address, l.actor_id as "actorId", a.given_name || ' ' || a.family_name as actor
     from (${lines('actor_id')} union ${lines('subject_id')}) l
     left join account a on a.caisse_id = :caisse and a.id = l.actor_id
     order by l.at desc, l.id desc limit :limit`,
    { caisse: caisseId, account: accountId, limit },
  );
  return rows;
}

/** Networks that typed his password wrongly, or too often, of late. */
export async function listFailingNetworks(
  { caisseId, sql }: Handle,
  accountId: string,
  since: Instant,
): Promise<readonly string[]> {
  const rows = await sql('audit_event')
    .distinct('address')
    .where({ caisse_id: caisseId, subject_id: accountId })
    .whereIn('kind', ['sign_in_failed', 'sign_in_throttled', 'password_change_failed'])
    .where('at', '>', timestamp(since))
    .whereNotNull('address')
    .limit(50);
  return rows.map(({ address }: { address: string }) => address);
}

export type SoleHead = {
  readonly enrolmentId: string;
  readonly siteId: string;
  readonly name: string;
  readonly siret: string;
  readonly raisonSociale: string;
};

/** Sites that nobody else opened by letter: without him they are without administrator. */
export async function listSoleHeads(
  { caisseId, sql }: Handle,
  accountId: string,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly SoleHead[]> {
  const live = (row: string) =>
    `${row}.kind = 'enrolment' and ${row}.status = 'active' and (${row}.ends_at is null or ${row}.ends_at > :now)`;
  const { rows } = await sql.raw(
    `select d.id as "enrolmentId", s.id as "siteId", s.name, s.siret, a.raison_sociale as "raisonSociale"
     from delegation d
     join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
     join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     where d.caisse_id = :caisse and d.grantee_account_id = :account and ${live('d')}
       and not exists (
         select from delegation o where o.caisse_id = d.caisse_id and o.adherent_id = d.adherent_id
           and o.site_id = d.site_id and o.grantee_account_id <> d.grantee_account_id and ${live('o')})
     order by a.raison_sociale, s.name, s.id limit :limit`,
    { caisse: caisseId, account: accountId, now: timestamp(now), limit },
  );
  return rows;
}
