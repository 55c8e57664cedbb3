/** The sites that a person administers in his own right, the offers of them that wait, and what would go on below. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { MOST_LINKS } from './holdings.ts';

export type OwnSite = {
  readonly enrolmentId: string;
  readonly id: string;
  readonly siret: string;
  readonly name: string;
  readonly adherentId: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  /** To whom it is offered already; null: to nobody. */
  readonly offered: { readonly invitationId: string; readonly email: string; readonly until: Instant } | null;
};

// By enrolment alone: what a colleague delegated is not his to hand over.
const OWN = `
  select d.id as "enrolmentId", s.id, s.siret, s.name, s.adherent_id as "adherentId", a.identifiant,
    a.raison_sociale as "raisonSociale",
    (select json_build_object('invitationId', i.id, 'email', i.email,
       'until', floor(extract(epoch from i.expires_at) * 1000))
     from delegation o join invitation i on i.caisse_id = o.caisse_id and i.id = o.invitation_id
     where o.caisse_id = d.caisse_id and o.adherent_id = d.adherent_id and o.site_id = d.site_id
       and o.succeeds_id = d.id and o.status = 'awaiting_beneficiary' and i.expires_at > :now
     order by i.sent_at desc limit 1) as offered
  from delegation d
  join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
  join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
  where d.caisse_id = :caisse and d.grantee_account_id = :account and d.kind = 'enrolment' and d.status = 'active'
    and d.adherent_id = (select adherent_id from site where caisse_id = :caisse and id = :site)
    and d.effective_at <= :now and (d.ends_at is null or d.ends_at > :now)
  order by s.id <> :site, s.search_text, s.id`;

/** Of the adhérent of that site, that site first. */
export async function listOwnSites(
  { caisseId, sql }: Handle,
  asked: { readonly accountId: string; readonly siteId: string; readonly now: Instant },
): Promise<readonly OwnSite[]> {
  const { rows } = await sql.raw(OWN, {
    caisse: caisseId,
    account: asked.accountId,
    site: asked.siteId,
    now: timestamp(asked.now),
  });
  return rows as OwnSite[];
}

const BELOW = `
  with recursive below as (
    select d.id, d.status, 1 as depth from unnest(:ids::uuid[]) head (id) cross join lateral (
      select id, status from delegation
      where caisse_id = :caisse and parent_id = head.id and STANDS offset 0) d
    union all
    select d.id, d.status, below.depth + 1 from below cross join lateral (
      select id, status from delegation
      where caisse_id = :caisse and parent_id = below.id and STANDS offset 0) d
    where below.depth < ${MOST_LINKS}
  )
  select count(*)::int as count from below`.replaceAll(
  'STANDS',
  `status in ('active', 'suspended', 'to_renew', 'awaiting_beneficiary', 'awaiting_confirmation')
     and (ends_at is null or ends_at > :now)`,
);

/** How many delegations stand below these enrolments. */
export async function countBelow(
  { caisseId, sql }: Handle,
  enrolmentIds: readonly string[],
  now: Instant,
): Promise<number> {
  const bindings = { caisse: caisseId, ids: [...enrolmentIds], now: timestamp(now) };
  const { rows } = await sql.raw(BELOW, bindings);
  return (rows[0] as { count: number }).count;
}
