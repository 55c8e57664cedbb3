/** A firm as the caisse's own people see it: who manages it, who is invited to, which companies it is attached to. Reads only. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { contains } from './portfolio.ts';

export type Manager = {
  readonly accountId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string | null;
  readonly since: Instant;
};

export const listManagers = async (
  { caisseId, sql }: Handle,
  cabinetId: string,
  now: Instant,
): Promise<readonly Manager[]> =>
  sql('cabinet_member as m')
    .join('account as a', (on) => on.on('a.caisse_id', 'm.caisse_id').andOn('a.id', 'm.account_id'))
    .select({
      accountId: 'a.id',
      givenName: 'a.given_name',
      familyName: 'a.family_name',
      email: 'a.email',
      since: 'm.effective_at',
    })
    .where({ 'm.caisse_id': caisseId, 'm.cabinet_id': cabinetId, 'm.role': 'manager' })
    .whereRaw('(m.ends_at is null or m.ends_at > greatest(?::timestamptz, m.effective_at))', [timestamp(now)])
    .orderBy(['a.search_text', 'm.id']);

export type ManagerInvited = {
  readonly id: string;
  readonly email: string;
  readonly sentAt: Instant;
  readonly expiresAt: Instant;
};

/** Nobody has answered yet, in time or not. */
export const listManagersInvited = async (
  { caisseId, sql }: Handle,
  cabinetId: string,
): Promise<readonly ManagerInvited[]> =>
  sql('invitation')
    .select({ id: 'id', email: 'email', sentAt: 'sent_at', expiresAt: 'expires_at' })
    .where({ caisse_id: caisseId, cabinet_id: cabinetId, kind: 'member', member_role: 'manager' })
    .whereRaw('num_nonnulls(accepted_at, refused_at, withdrawn_at, confirmed_at) = 0')
    .orderBy([{ column: 'sent_at', order: 'desc' }, 'id'])
    .limit(50);

export type ClientOfFirm = {
  readonly id: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly from: Instant;
  readonly to: Instant | null;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

/** Attached to it now, or later; whether they have given it anything is theirs. */
const CLIENTS = `
  with client as (
    select k.id as attachment, a.id, a.identifiant, a.raison_sociale, k.effective_at, k.ends_at
    from cabinet_client k cross join lateral (
      select * from adherent where caisse_id = :caisse and id = k.adherent_id offset 0) a
    where k.caisse_id = :caisse and k.cabinet_id = :cabinet
      and (k.ends_at is null or k.ends_at > greatest(:now::timestamptz, k.effective_at))
      and fold(a.raison_sociale || ' ' || a.identifiant) like all (:patterns)
  )
  select (select count(*)::int from client) as matching,
    (select coalesce(json_agg(json_build_object('id', c.id, 'identifiant', c.identifiant,
       'raisonSociale', c.raison_sociale, 'from', ${MS('c.effective_at')}, 'to', ${MS('c.ends_at')})
       order by c.raison_sociale, c.attachment), '[]')
     from (select * from client order by raison_sociale, attachment limit :limit offset :offset) c) as clients`;

export async function listClientsOf(
  { caisseId, sql }: Handle,
  asked: {
    readonly cabinetId: string;
    readonly terms: readonly string[];
    readonly now: Instant;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<{ readonly matching: number; readonly clients: readonly ClientOfFirm[] }> {
  const { rows } = await sql.raw(CLIENTS, {
    caisse: caisseId,
    cabinet: asked.cabinetId,
    patterns: asked.terms.map(contains),
    now: timestamp(asked.now),
    limit: asked.limit,
    offset: asked.offset,
  });
  return rows[0];
}

/** Whether that person belongs to the whole firm as staff: whom a client named has never agreed to join it. */
export async function isOfFirm(
  { caisseId, sql }: Handle,
  { cabinetId, accountId, now }: { cabinetId: string; accountId: string; now: Instant },
): Promise<'manager' | 'staff' | null> {
  if (!isId(accountId)) return null;
  const rows = await sql('cabinet_member')
    .select('role')
    .where({ caisse_id: caisseId, cabinet_id: cabinetId, account_id: accountId })
    .whereNull('adherent_id')
    .whereRaw('(ends_at is null or ends_at > greatest(?::timestamptz, effective_at))', [timestamp(now)]);
  if (rows.length === 0) return null;
  return rows.some(({ role }) => role === 'manager') ? 'manager' : 'staff';
}

/** Whether that address is asked already to manage that firm, and may still answer. */
export async function isInvitedToManage(
  { caisseId, sql }: Handle,
  { cabinetId, emailKey, now }: { cabinetId: string; emailKey: string; now: Instant },
): Promise<boolean> {
  const found = await sql('invitation')
    .first('id')
    .where({
      caisse_id: caisseId,
      cabinet_id: cabinetId,
      kind: 'member',
      member_role: 'manager',
      email_key: emailKey,
    })
    .where('expires_at', '>', timestamp(now))
    .whereRaw('num_nonnulls(accepted_at, refused_at, withdrawn_at, confirmed_at) = 0');
  return found !== undefined;
}
