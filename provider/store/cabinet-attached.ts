/**
 * The firm that the caisse attached to a company (« cabinet comptable délégable »), and what the company has given it.
 * Nobody but the caisse attaches or detaches.
 */
import { type DelegationKind, type Standing, standingOf } from '../domain/delegation.ts';
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type AttachedCabinet = {
  /** Of the attachment: delegations to the firm stand on it. */
  readonly id: string;
  readonly cabinetId: string;
  readonly name: string;
};

type Asked = { readonly adherentId: string; readonly now: Instant };

const attachedTo = ({ caisseId, sql }: Handle, { adherentId, now }: Asked) =>
  sql('cabinet_client as k')
    .join('cabinet as c', (on) => on.on('c.caisse_id', 'k.caisse_id').andOn('c.id', 'k.cabinet_id'))
    .select({ id: 'k.id', cabinetId: 'c.id', name: 'c.name' })
    .where({ 'k.caisse_id': caisseId, 'k.adherent_id': adherentId })
    .where('k.effective_at', '<=', timestamp(now))
    .where((open) => open.whereNull('k.ends_at').orWhere('k.ends_at', '>', timestamp(now)))
    .orderBy(['c.name', 'k.id']);

/** By name; mostly one, or none. */
export const listAttachedCabinets = async (
  handle: Handle,
  asked: Asked,
): Promise<readonly AttachedCabinet[]> => attachedTo(handle, asked);

/** Until the act has committed nobody else gives to that firm in the name of that company, nor is it detached. */
export async function holdAttachment(
  inside: Handle,
  { cabinetId, ...asked }: Asked & { readonly cabinetId: string },
): Promise<AttachedCabinet | undefined> {
  const [attached] = await attachedTo(inside, asked).where({ 'k.cabinet_id': cabinetId }).forNoKeyUpdate('k');
  return attached;
}

/** Whether that firm is attached to the company of that site now, and until the act has committed. */
export async function holdAttachmentAt(
  inside: Handle,
  { cabinetId, siteId, now }: { readonly cabinetId: string; readonly siteId: string; readonly now: Instant },
): Promise<boolean> {
  const { caisseId, sql } = inside;
  const site = await sql('site').first('adherent_id').where({ caisse_id: caisseId, id: siteId });
  if (!site) return false;
  const attached = attachedTo(inside, { adherentId: site.adherent_id, now }).where({
    'k.cabinet_id': cabinetId,
  });
  return (await attached.forShare('k')).length > 0;
}

/** A delegation to a firm that waits for something or gives rights. */
export type FirmDelegation = {
  readonly id: string;
  readonly cabinetId: string;
  readonly cabinetName: string;
  readonly site: { readonly id: string; readonly siret: string; readonly name: string };
  readonly parentId: string;
  readonly giverId: string;
  readonly giver: string;
  readonly rights: Vector;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly standing: Standing;
  readonly createdAt: Instant;
  /** Whom the client named; null when the delegation came by no invitation. */
  readonly email: string | null;
  /** Of the invitation. */
  readonly waitsUntil: Instant | null;
};

type Row = Omit<FirmDelegation, 'rights' | 'standing'> & {
  readonly levels: string;
  readonly colleges: number;
  readonly status: LinkStatus;
};

const KIND: DelegationKind = 'cabinet';
const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

const GIVEN = `
  select d.id, d.grantee_cabinet_id as "cabinetId", c.name as "cabinetName", d.parent_id as "parentId",
    d.grantor_account_id as "giverId", g.given_name || ' ' || g.family_name as giver, d.levels::text as levels,
    d.colleges::int as colleges, d.status, ${MS('d.effective_at')} as "from", ${MS('d.ends_at')} as "to",
    ${MS('d.created_at')} as "createdAt", i.email,
    json_build_object('id', s.id, 'siret', s.siret, 'name', s.name) as site,
    case when d.status in ('awaiting_beneficiary', 'awaiting_confirmation') then ${MS('i.expires_at')} end as "waitsUntil"
  from delegation d
  join site s on s.caisse_id = d.caisse_id and s.id = d.site_id
  join cabinet c on c.caisse_id = d.caisse_id and c.id = d.grantee_cabinet_id
  join account g on g.caisse_id = d.caisse_id and g.id = d.grantor_account_id
  left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
  where d.caisse_id = :caisse and d.adherent_id = :adherent and d.kind = :kind
    and d.status in ('awaiting_beneficiary', 'awaiting_confirmation', 'active', 'suspended', 'to_renew')
  order by s.search_text, d.created_at desc, d.id`;

const OVER: readonly Standing[] = ['lapsed', 'expired'];

/** All that stands, on every site of the company, by name of the site. One query. */
export async function listFirmDelegations(
  { caisseId, sql }: Handle,
  { adherentId, now }: Asked,
): Promise<readonly FirmDelegation[]> {
  const { rows } = await sql.raw(GIVEN, { caisse: caisseId, adherent: adherentId, kind: KIND });
  return (rows as Row[])
    .map(({ levels, colleges, status, ...row }) => ({
      ...row,
      rights: { levels: BigInt(levels), colleges },
      standing: standingOf({ status, to: row.to, waitsUntil: row.waitsUntil }, now),
    }))
    .filter(({ standing }) => !OVER.includes(standing));
}
