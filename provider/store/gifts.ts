/** What a person has given to an address already, for whoever is about to give more; and one gift at a time. */
import type { DelegationKind } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import type { Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type Standing = {
  readonly delegationId: string;
  readonly invitationId: string | null;
  readonly site: { readonly id: string; readonly siret: string; readonly name: string };
  readonly admin: boolean;
  readonly rights: Vector;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly createdAt: Instant;
};

type Asked = {
  readonly giverId: string;
  /** See domain/email. */
  readonly emailKey: string;
  readonly adherentId: string;
  readonly siteIds: readonly string[];
  readonly now: Instant;
};

type Row = Omit<Standing, 'rights'> & { readonly levels: string; readonly colleges: number };

const KIND: DelegationKind = 'user';
const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

// Standing, as domain/delegation has it: whose delay has not run out and whose last day has not passed.
const STANDING = `
  select d.id as "delegationId", d.invitation_id as "invitationId", d.admin, d.levels::text as levels,
    d.colleges::int as colleges, ${MS('d.effective_at')} as "from", ${MS('d.ends_at')} as "to",
    ${MS('d.created_at')} as "createdAt", json_build_object('id', s.id, 'siret', s.siret, 'name', s.name) as site
  from delegation d
  join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
  left join account a on a.caisse_id = d.caisse_id and a.id = d.grantee_account_id
  left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
  where d.caisse_id = :caisse and d.adherent_id = :adherent and d.site_id = any (:sites::uuid[])
    and d.kind = :kind and d.grantor_account_id = :giver
    and (d.ends_at is null or d.ends_at > :now)
    and (d.status in ('active', 'suspended', 'to_renew')
      or d.status in ('awaiting_beneficiary', 'awaiting_confirmation') and i.expires_at > :now)
    and coalesce(a.email_key, i.email_key) = :email
  order by s.search_text, d.id`;

/** His delegations to that address on those sites that wait for something or give rights. One query. */
export async function findStanding(
  { caisseId, sql }: Handle,
  { giverId, emailKey, adherentId, siteIds, now }: Asked,
): Promise<Standing[]> {
  const { rows } = await sql.raw(STANDING, {
    caisse: caisseId,
    kind: KIND,
    giver: giverId,
    adherent: adherentId,
    sites: [...siteIds],
    email: emailKey,
    now: timestamp(now),
  });
  return (rows as Row[]).map(({ levels, colleges, ...row }) => ({
    ...row,
    rights: { levels: BigInt(levels), colleges },
  }));
}

/** Until the transaction ends nobody else gives to that address in that person’s name: a second click finds the first. */
export async function oneGiftAtATime(
  { caisseId, sql }: Handle,
  { giverId, emailKey }: Pick<Asked, 'giverId' | 'emailKey'>,
): Promise<void> {
  await sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    ['gift', caisseId, giverId, emailKey].join('\n'),
  ]);
}

/** The adhérent that the site belongs to. */
export async function findAdherentOf({ caisseId, sql }: Handle, siteId: string): Promise<string | undefined> {
  const row = await sql('site').first('adherent_id').where({ caisse_id: caisseId, id: siteId });
  return row?.adherent_id;
}
