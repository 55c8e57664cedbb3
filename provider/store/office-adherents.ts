/**
 * An adhérent and a site as the caisse's own people see them: who administers, what is delegated, which firms are
 * attached, which letters were made. Reads only; every list is a page of one indexed query.
 */
import type { DelegationKind } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { contains } from './portfolio.ts';

export type Adherent = {
  readonly id: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  /** As the caisse's information system says it; null when it does not. */
  readonly siren: string | null;
  readonly postalAddress: readonly string[];
};

export const findAdherent = async ({ caisseId, sql }: Handle, id: string): Promise<Adherent | undefined> =>
  isId(id)
    ? sql('adherent')
        .first({
          id: 'id',
          identifiant: 'identifiant',
          raisonSociale: 'raison_sociale',
          siren: 'siren',
          postalAddress: 'postal_address',
        })
        .where({ caisse_id: caisseId, id })
    : undefined;

export type SiteOfAdherent = {
  readonly id: string;
  readonly siret: string;
  readonly name: string;
  /** Names of those who opened it by letter, or succeeded them. */
  readonly administrators: readonly string[];
  /** Delegations that stand or wait, but for those. */
  readonly delegations: number;
};

type Asked = { readonly now: Instant; readonly limit: number; readonly offset: number };

const OPEN = '(d.ends_at is null or d.ends_at > :now)';
const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const SITES = `
  with matching as (
    select id, siret, name, search_text from site
    where caisse_id = :caisse and adherent_id = :adherent and search_text like all (:patterns)
  )
  select (select count(*)::int from matching) as matching,
    (select coalesce(json_agg(json_build_object('id', p.id, 'siret', p.siret, 'name', p.name,
       'administrators', (select coalesce(json_agg(a.given_name || ' ' || a.family_name order by a.search_text), '[]')
          from delegation d join account a on a.caisse_id = d.caisse_id and a.id = d.grantee_account_id
          where d.caisse_id = :caisse and d.adherent_id = :adherent and d.site_id = p.id and d.kind = 'enrolment'
            and d.status = 'active' and ${OPEN}),
       'delegations', (select count(*)::int from delegation d
          where d.caisse_id = :caisse and d.adherent_id = :adherent and d.site_id = p.id and d.kind <> 'enrolment'
            and d.status in ('active', 'suspended', 'to_renew', 'awaiting_beneficiary', 'awaiting_confirmation')
            and ${OPEN})) order by p.search_text, p.id), '[]')
     from (select * from matching order by search_text, id limit :limit offset :offset) p) as sites`;

export async function listSitesOf(
  { caisseId, sql }: Handle,
  asked: Asked & { readonly adherentId: string; readonly terms: readonly string[] },
): Promise<{ readonly matching: number; readonly sites: readonly SiteOfAdherent[] }> {
  const { rows } = await sql.raw(SITES, {
    caisse: caisseId,
    adherent: asked.adherentId,
    patterns: asked.terms.map(contains),
    now: timestamp(asked.now),
    limit: asked.limit,
    offset: asked.offset,
  });
  return rows[0];
}

/** Other adhérents of the same companies (SIREN): nothing is ever merged, somebody must look. */
export async function listDuplicates(
  { caisseId, sql }: Handle,
  adherentId: string,
): Promise<readonly (Pick<Adherent, 'id' | 'identifiant' | 'raisonSociale'> & { readonly siren: string })[]> {
  const { rows } = await sql.raw(
    `with mine as (
       select siren from adherent where caisse_id = :caisse and id = :adherent and siren is not null
       union
       (select distinct left(siret, 9) from site where caisse_id = :caisse and adherent_id = :adherent
        order by 1 limit 50)
     )
     select distinct a.id, a.identifiant, a.raison_sociale as "raisonSociale", mine.siren
     from mine cross join lateral (
       (select adherent_id from site
        where caisse_id = :caisse and siret >= mine.siren || '00000' and siret <= mine.siren || '99999' offset 0)
       union all
       (select id from adherent where caisse_id = :caisse and siren = mine.siren offset 0)) other
     join adherent a on a.caisse_id = :caisse and a.id = other.adherent_id and a.id <> :adherent
     order by a.raison_sociale, a.id limit 20`,
    { caisse: caisseId, adherent: adherentId },
  );
  return rows;
}

export type AttachmentSeen = {
  readonly id: string;
  readonly cabinetId: string;
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant | null;
};

/** All of them, those that have ended too, the latest first. */
export const listAttachments = async (
  { caisseId, sql }: Handle,
  adherentId: string,
): Promise<readonly AttachmentSeen[]> =>
  sql('cabinet_client as k')
    .join('cabinet as c', (on) => on.on('c.caisse_id', 'k.caisse_id').andOn('c.id', 'k.cabinet_id'))
    .select({ id: 'k.id', cabinetId: 'c.id', name: 'c.name', from: 'k.effective_at', to: 'k.ends_at' })
    .where({ 'k.caisse_id': caisseId, 'k.adherent_id': adherentId })
    .orderBy([{ column: 'k.effective_at', order: 'desc' }, 'k.id'])
    .limit(50);

export type AccountOfAdherent = {
  readonly id: string;
  readonly name: string;
  /** null: a provisional account, which has none yet. */
  readonly email: string | null;
  readonly status: string;
  /** Of its sites, those that it reaches by itself or a firm's staff; those that it heads. */
  readonly sites: number;
  readonly heads: number;
};

const ACCOUNTS = `
  with holder as materialized (
    select d.grantee_account_id as id, count(distinct d.site_id)::int as sites,
      count(distinct d.site_id) filter (where d.kind = 'enrolment')::int as heads
    from delegation d
    where d.caisse_id = :caisse and d.adherent_id = :adherent and d.grantee_account_id is not null
      and d.status in ('active', 'suspended', 'to_renew') and ${OPEN}
    group by 1
  )
  select (select count(*)::int from holder) as matching,
    (select coalesce(json_agg(json_build_object('id', p.id, 'name', p.given_name || ' ' || p.family_name,
       'email', p.email, 'status', p.status, 'sites', p.sites, 'heads', p.heads)
       order by p.heads = 0, p.search_text, p.id), '[]')
     from (select a.*, h.sites, h.heads from holder h join account a on a.caisse_id = :caisse and a.id = h.id
       order by h.heads = 0, a.search_text, a.id limit :limit offset :offset) p) as accounts`;

/** People who hold something on its sites, its administrators first. */
export async function listAccountsOf(
  { caisseId, sql }: Handle,
  asked: Asked & { readonly adherentId: string },
): Promise<{ readonly matching: number; readonly accounts: readonly AccountOfAdherent[] }> {
  const { rows } = await sql.raw(ACCOUNTS, {
    caisse: caisseId,
    adherent: asked.adherentId,
    now: timestamp(asked.now),
    limit: asked.limit,
    offset: asked.offset,
  });
  return rows[0];
}

export type SiteSeen = {
  readonly id: string;
  readonly siret: string;
  readonly name: string;
  readonly adherent: Pick<Adherent, 'id' | 'identifiant' | 'raisonSociale'>;
};

export async function findSite({ caisseId, sql }: Handle, id: string): Promise<SiteSeen | undefined> {
  if (!isId(id)) return undefined;
  const row = await sql('site as s')
    .join('adherent as a', (on) => on.on('a.caisse_id', 's.caisse_id').andOn('a.id', 's.adherent_id'))
    .first('s.id', 's.siret', 's.name', { adherentId: 'a.id' }, 'a.identifiant', {
      raisonSociale: 'a.raison_sociale',
    })
    .where({ 's.caisse_id': caisseId, 's.id': id });
  if (!row) return undefined;
  const { adherentId, identifiant, raisonSociale, ...site } = row;
  return { ...site, adherent: { id: adherentId, identifiant, raisonSociale } };
}

export type DelegationSeen = {
  readonly id: string;
  readonly kind: DelegationKind;
  readonly admin: boolean;
  readonly status: LinkStatus;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly waitsUntil: Instant | null;
  readonly accountId: string | null;
  readonly cabinetId: string | null;
  readonly beneficiary: string;
  readonly email: string | null;
  /** null: an enrolment. */
  readonly giver: string | null;
  readonly site: { readonly id: string; readonly name: string; readonly siret: string };
};

// The heads of a site first, then what stands, then the past; the newest first.
const DELEGATIONS = `
  with listed as (
    select * from delegation d where d.caisse_id = :caisse and d.adherent_id = :adherent
      and (:site::uuid is null or d.site_id = :site)
  )
  select (select count(*)::int from listed) as matching,
    (select coalesce(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'admin', d.admin, 'status', d.status,
      'from', ${MS('d.effective_at')}, 'to', ${MS('d.ends_at')},
      'waitsUntil', case when d.status in ('awaiting_beneficiary', 'awaiting_confirmation') then ${MS('i.expires_at')} end,
      'accountId', coalesce(b.id, ia.id), 'cabinetId', d.grantee_cabinet_id,
      'beneficiary', coalesce(bc.name, b.given_name || ' ' || b.family_name, ia.given_name || ' ' || ia.family_name,
        i.given_name || ' ' || i.family_name, i.email),
      'email', coalesce(b.email, i.email),
      'giver', coalesce(gc.name, g.given_name || ' ' || g.family_name),
      'site', json_build_object('id', s.id, 'name', s.name, 'siret', s.siret)) order by d.place), '[]')
    from (select *, row_number() over (order by kind <> 'enrolment',
        status not in ('active', 'suspended', 'to_renew', 'awaiting_beneficiary', 'awaiting_confirmation')
          or coalesce(ends_at <= :now, false), created_at desc, id) as place
      from listed order by place limit :limit offset :offset) d
    join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
    left join account b on b.caisse_id = d.caisse_id and b.id = d.grantee_account_id
    left join cabinet bc on bc.caisse_id = d.caisse_id and bc.id = d.grantee_cabinet_id
    left join account g on g.caisse_id = d.caisse_id and g.id = d.grantor_account_id
    left join cabinet gc on gc.caisse_id = d.caisse_id and gc.id = d.grantor_cabinet_id
    left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
    left join account ia on ia.caisse_id = i.caisse_id and ia.id = i.account_id) as delegations`;

/** `siteId` null: at all its sites. */
export async function listDelegationsAt(
  { caisseId, sql }: Handle,
  asked: Asked & { readonly adherentId: string; readonly siteId: string | null },
): Promise<{ readonly matching: number; readonly delegations: readonly DelegationSeen[] }> {
  const { rows } = await sql.raw(DELEGATIONS, {
    caisse: caisseId,
    adherent: asked.adherentId,
    site: asked.siteId,
    now: timestamp(asked.now),
    limit: asked.limit,
    offset: asked.offset,
  });
  return rows[0];
}
