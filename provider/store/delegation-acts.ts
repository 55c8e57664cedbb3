/**
 * One delegation, read for a screen, locked for an act, and changed. Who may, and what may be, is decided above: this
 * only refuses to write over what somebody else has changed meanwhile.
 */
import type { DelegationKind } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { MOST_LINKS } from './holdings.ts';

export type Person = {
  /** null: nobody has an account for it yet. */
  readonly accountId: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string;
};

export type Firm = { readonly cabinetId: string; readonly name: string };

export type Delegation = {
  readonly id: string;
  readonly kind: DelegationKind;
  readonly site: {
    readonly id: string;
    readonly siret: string;
    readonly name: string;
    readonly adherentId: string;
    readonly identifiant: string;
    readonly raisonSociale: string;
  };
  readonly parentId: string | null;
  /** null: an enrolment. */
  readonly giver: Person | Firm | null;
  readonly beneficiary: Person | Firm;
  readonly admin: boolean;
  readonly rights: Vector;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly createdAt: Instant;
  /** Since when it says what it says; whoever changes it tells what he saw. */
  readonly changedAt: Instant;
  readonly invitation: {
    readonly id: string;
    readonly email: string;
    readonly sentAt: Instant;
    readonly expiresAt: Instant;
    readonly needsConfirmation: boolean;
    readonly acceptedAt: Instant | null;
  } | null;
  /** Until when it waits for an answer; null when it waits for none. */
  readonly waitsUntil: Instant | null;
  readonly succeedsId: string | null;
};

export const isFirm = (party: Person | Firm): party is Firm => 'cabinetId' in party;

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)`;

// Values of bigint come as text: JSON numbers would lose their low bits.
const DETAIL = `
  select d.id, d.kind, d.parent_id as "parentId", d.admin, d.levels::text as levels, d.colleges, d.status,
    ${MS('d.effective_at')} as "from", ${MS('d.ends_at')} as "to", ${MS('d.created_at')} as "createdAt",
    ${MS('d.changed_at')} as "changedAt", d.succeeds_id as "succeedsId",
    json_build_object('id', s.id, 'siret', s.siret, 'name', s.name, 'adherentId', s.adherent_id,
      'identifiant', a.identifiant, 'raisonSociale', a.raison_sociale) as site,
    case when d.grantor_cabinet_id is not null then json_build_object('cabinetId', gc.id, 'name', gc.name)
      when d.grantor_account_id is not null then json_build_object('accountId', ga.id, 'givenName', ga.given_name,
        'familyName', ga.family_name, 'email', ga.email) end as giver,
    case when d.grantee_cabinet_id is not null then json_build_object('cabinetId', bc.id, 'name', bc.name)
      when d.grantee_account_id is not null then json_build_object('accountId', ba.id, 'givenName', ba.given_name,
        'familyName', ba.family_name, 'email', ba.email)
      else json_build_object('accountId', i.account_id, 'givenName', coalesce(ia.given_name, i.given_name),
        'familyName', coalesce(ia.family_name, i.family_name), 'email', i.email) end as beneficiary,
    case when i.id is not null then json_build_object('id', i.id, 'email', i.email, 'sentAt', ${MS('i.sent_at')},
      'expiresAt', ${MS('i.expires_at')}, 'needsConfirmation', i.needs_confirmation,
      'acceptedAt', ${MS('i.accepted_at')}) end as invitation
  from delegation d
  join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
  join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
  left join account ga on ga.caisse_id = d.caisse_id and ga.id = d.grantor_account_id
  left join cabinet gc on gc.caisse_id = d.caisse_id and gc.id = d.grantor_cabinet_id
  left join account ba on ba.caisse_id = d.caisse_id and ba.id = d.grantee_account_id
  left join cabinet bc on bc.caisse_id = d.caisse_id and bc.id = d.grantee_cabinet_id
  left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
  left join account ia on ia.caisse_id = i.caisse_id and ia.id = i.account_id
  where d.caisse_id = :caisse`;

type Row = Omit<Delegation, 'rights' | 'waitsUntil' | 'from' | 'to' | 'createdAt' | 'changedAt'> & {
  readonly levels: string;
  readonly colleges: number;
  // numeric, which the driver leaves as text
  readonly from: string;
  readonly to: string | null;
  readonly createdAt: string;
  readonly changedAt: string;
};

const WAITING: readonly LinkStatus[] = ['awaiting_beneficiary', 'awaiting_confirmation'];

function toDelegation({ levels, colleges, ...row }: Row): Delegation {
  return {
    ...row,
    rights: { levels: BigInt(levels), colleges },
    from: Number(row.from),
    to: row.to === null ? null : Number(row.to),
    createdAt: Number(row.createdAt),
    changedAt: Number(row.changedAt),
    waitsUntil: row.invitation && WAITING.includes(row.status) ? row.invitation.expiresAt : null,
  };
}

/** undefined for an id that this caisse does not know; ids that are none included. */
export async function findDelegation({ caisseId, sql }: Handle, id: string): Promise<Delegation | undefined> {
  if (!isId(id)) return undefined;
  const { rows } = await sql.raw(`${DETAIL} and d.id = :id`, { caisse: caisseId, id });
  return rows[0] && toDelegation(rows[0] as Row);
}

/** All that one invitation brought, in the order of the sites' names. */
export async function findInvited(
  { caisseId, sql }: Handle,
  invitationId: string,
): Promise<readonly Delegation[]> {
  const { rows } = await sql.raw(`${DETAIL} and d.invitation_id = :id order by s.search_text, d.id`, {
    caisse: caisseId,
    id: invitationId,
  });
  return (rows as Row[]).map(toDelegation);
}

const BELOW = `
  with recursive down as (
    select id, 0 as depth from delegation
    where caisse_id = :caisse and id = any (:ids::uuid[]) and (ends_at is null or ends_at > :now)
    union all
    select d.id, down.depth + 1 from down join delegation d
      on d.caisse_id = :caisse and d.parent_id = down.id and d.status = 'active'
        and (d.ends_at is null or d.ends_at > :now)
    where down.depth < ${MOST_LINKS}
  )
  ${DETAIL} and d.id in (select id from down where depth > 0) order by s.search_text, d.id`;

/** All that hangs on those, at any depth, as far as it gives something now or will; in the order of the sites' names. */
export async function findBelow(
  { caisseId, sql }: Handle,
  ids: readonly string[],
  now: Instant,
): Promise<readonly Delegation[]> {
  const { rows } = await sql.raw(BELOW, { caisse: caisseId, ids: [...ids], now: timestamp(now) });
  return (rows as Row[]).map(toDelegation);
}

/** Locks the rows for an act, in the order of their ids: of several acts at once, one goes first and the next sees what it did. */
export async function lockDelegations({ caisseId, sql }: Handle, ids: readonly string[]): Promise<void> {
  await sql('delegation')
    .select('id')
    .where({ caisse_id: caisseId })
    .whereIn('id', [...ids])
    .orderBy('id')
    .forNoKeyUpdate();
}

export type Change = {
  readonly status?: LinkStatus;
  readonly admin?: boolean;
  readonly rights?: Vector;
  readonly from?: Instant;
  readonly to?: Instant | null;
  /** Only from nobody: a delegation never changes hands. */
  readonly granteeAccountId?: string;
};

/**
 * Changes the row as it was seen. `changedAt` moves on by a millisecond at least, so that every state has its time.
 * @returns false when it has changed since, and then nothing was written.
 */
export async function changeDelegation(
  { caisseId, sql }: Handle,
  seen: Pick<Delegation, 'id' | 'changedAt'>,
  change: Change,
  now: Instant,
): Promise<boolean> {
  const { status, admin, rights, from, to, granteeAccountId } = change;
  const columns = {
    ...(status !== undefined && { status }),
    ...(admin !== undefined && { admin }),
    ...(rights !== undefined && { levels: rights.levels.toString(), colleges: rights.colleges }),
    ...(from !== undefined && { effective_at: timestamp(from) }),
    ...(to !== undefined && { ends_at: to === null ? null : timestamp(to) }),
    ...(granteeAccountId !== undefined && { grantee_account_id: granteeAccountId }),
    changed_at: timestamp(Math.max(now, seen.changedAt + 1)),
  };
  const changed = await sql('delegation')
    .update(columns)
    .where({ caisse_id: caisseId, id: seen.id })
    .whereRaw('date_trunc(?, changed_at) = ?', ['milliseconds', timestamp(seen.changedAt)]);
  return changed === 1;
}
