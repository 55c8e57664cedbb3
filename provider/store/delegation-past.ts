/** What a delegation said before: states that the database kept, each with the time through which it held. */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import type { DelegationSource } from './site-holders.ts';

export type PastState = {
  /** Half-open. */
  readonly saidFrom: Instant;
  readonly saidTo: Instant;
  readonly admin: boolean;
  readonly rights: Vector;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
};

/** The latest first. */
export async function readPast(
  { caisseId, sql }: Handle,
  delegationId: string,
  most: number,
): Promise<readonly PastState[]> {
  const rows = await sql('delegation_past')
    .select('said_from', 'said_to', 'admin', 'colleges', 'levels', 'status', 'effective_at', 'ends_at')
    .where({ caisse_id: caisseId, delegation_id: delegationId })
    .orderBy('said_from', 'desc')
    .limit(most);
  return rows.map((row) => ({
    saidFrom: row.said_from,
    saidTo: row.said_to,
    admin: row.admin,
    rights: { levels: row.levels, colleges: row.colleges },
    status: row.status,
    from: row.effective_at,
    to: row.ends_at,
  }));
}

// What a row said then is the first of its former states that held beyond that instant; without one, what it says now.
const SAID = `(
  select d.caisse_id, d.site_id, d.id, d.parent_id, d.kind, d.grantor_id, d.cabinet_client_id, d.cabinet_member_id,
    said.grantee_account_id, coalesce(said.grantee_account_id, d.grantee_cabinet_id) as grantee_id,
    said.admin, said.colleges, said.levels, said.status, said.effective_at, said.ends_at
  from delegation d cross join lateral (
    select said.* from (
      (select said_to, grantee_account_id, admin, colleges, levels, status, effective_at, ends_at
       from delegation_past p
       where p.caisse_id = d.caisse_id and p.delegation_id = d.id and p.said_to > :said_at
       order by p.said_from limit 1)
      union all
      select 'infinity', d.grantee_account_id, d.admin, d.colleges, d.levels, d.status, d.effective_at, d.ends_at
    ) said order by said_to limit 1) said
  where d.created_at <= :said_at)`;

/** The delegations of a site as they stood at that instant, for whoever reads chains. */
export const saidAt = (at: Instant): DelegationSource => ({
  relation: SAID,
  bindings: { said_at: timestamp(at) },
});
