/** The firms that a caisse has attached to the company of a site, and what the site's administrators gave them. */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

export type DelegableFirm = {
  readonly cabinetId: string;
  readonly name: string;
  /** The last one given on that site that is not over for good; null when there is none. */
  readonly delegation: {
    readonly id: string;
    readonly status: LinkStatus;
    readonly from: Instant;
    readonly to: Instant | null;
    readonly waitsUntil: Instant | null;
  } | null;
};

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const FIRMS = named(
  'list_delegable_firms',
  ['caisse', 'site', 'now'],
  `
  select c.id as "cabinetId", c.name, given.delegation
  from site s
  cross join lateral (
    select cabinet_id from cabinet_client
    where caisse_id = :caisse and adherent_id = s.adherent_id
      and effective_at <= :now and (ends_at is null or ends_at > :now) offset 0) attached
  join cabinet c on c.caisse_id = :caisse and c.id = attached.cabinet_id
  left join lateral (
    select json_build_object('id', d.id, 'status', d.status, 'from', ${MS('d.effective_at')}, 'to', ${MS('d.ends_at')},
      'waitsUntil', case when d.status in ('awaiting_beneficiary', 'awaiting_confirmation') then ${MS('i.expires_at')} end
      ) as delegation
    from delegation d
    left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
    where d.caisse_id = :caisse and d.site_id = s.id and d.grantee_cabinet_id = c.id
      and d.status in ('awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended')
      and (d.ends_at is null or d.ends_at > :now) and (i.expires_at is null or i.expires_at > :now
        or d.status not in ('awaiting_beneficiary', 'awaiting_confirmation'))
    order by d.status in ('active', 'suspended') desc, d.created_at desc limit 1) given on true
  where s.caisse_id = :caisse and s.id = :site
  order by c.name, c.id`,
);

/** One query. */
export async function listDelegableFirms(
  { caisseId, sql }: Handle,
  { siteId, now }: { readonly siteId: string; readonly now: Instant },
): Promise<readonly DelegableFirm[]> {
  return (await run<DelegableFirm>(sql, FIRMS, [caisseId, siteId, timestamp(now)])).rows;
}
