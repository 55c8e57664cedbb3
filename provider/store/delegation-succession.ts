/** What goes on in the place of a delegation since its site changed administrators, and what it goes on from. */
import type { Instant } from '../domain/instant.ts';
import type { Handle } from './handle.ts';

export type Successive = {
  readonly id: string;
  /** A person's or a firm's; an address for whom nobody knows by name. */
  readonly beneficiary: string;
  /** When the one gave way to the other. */
  readonly at: Instant;
};

export type Succession = { readonly followedBy: Successive | null; readonly follows: readonly Successive[] };

const SUCCESSION = `
  select was.id <> o.id as follows, other.id as "otherId",
    coalesce(c.name, a.given_name || ' ' || a.family_name, ia.given_name || ' ' || ia.family_name,
      i.given_name || ' ' || i.family_name, i.email, '') as beneficiary,
    floor(extract(epoch from was.changed_at) * 1000)::float8 as at
  from delegation o
  cross join lateral (
    select * from delegation d where d.caisse_id = :caisse and d.id = o.id and d.succeeded_by_id is not null
    union all
    select * from delegation d where d.caisse_id = :caisse and d.succeeded_by_id = o.id) was
  cross join lateral (
    select * from delegation d
    where d.caisse_id = :caisse and d.id = case when was.id = o.id then was.succeeded_by_id else was.id end offset 0) other
  left join cabinet c on c.caisse_id = :caisse and c.id = other.grantee_cabinet_id
  left join account a on a.caisse_id = :caisse and a.id = other.grantee_account_id
  left join invitation i on i.caisse_id = :caisse and i.id = other.invitation_id
  left join account ia on ia.caisse_id = :caisse and ia.id = i.account_id
  where o.caisse_id = :caisse and o.id = :id
  order by was.changed_at desc, other.kind = 'enrolment' desc, other.id
  limit 20`;

type Row = Omit<Successive, 'id'> & { readonly follows: boolean; readonly otherId: string };

export async function readSuccession({ caisseId, sql }: Handle, delegationId: string): Promise<Succession> {
  const rows = (await sql.raw(SUCCESSION, { caisse: caisseId, id: delegationId })).rows as Row[];
  const told = ({ otherId: id, beneficiary, at }: Row): Successive => ({ id, beneficiary, at });
  const next = rows.find(({ follows }) => !follows);
  return { followedBy: next ? told(next) : null, follows: rows.filter(({ follows }) => follows).map(told) };
}
