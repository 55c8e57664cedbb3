/** The tables as they stand, in the plain words of the oracle. */
import { FEATURES } from '../../policies/catalogue.ts';
import {
  ALL,
  type Attachment,
  COLLEGES,
  type Facts,
  type Level,
  type Membership,
  type Rights,
  type Row,
  rightsFrom,
} from './rights-oracle.ts';
import type { World } from './world.ts';

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;
const WINDOW = (row: string) => `${MS(`${row}.effective_at`)} as "from", ${MS(`${row}.ends_at`)} as "to"`;

const ROWS = `
  select d.id, d.kind, d.parent_id as "parentId", d.site_id as "siteId", d.adherent_id as "adherentId",
    d.grantor_id as "giverId", d.grantee_id as "granteeId", d.admin, d.levels::text as levels, d.colleges, d.status,
    ${WINDOW('d')}, d.invitation_id as "invitationId", d.succeeds_id as "succeedsId",
    d.succeeded_by_id as "succeededById",
    ${MS('i.expires_at')} as "waitsUntil", i.email as "invitedEmail", i.inviter_account_id as "inviterId",
    coalesce(i.needs_confirmation, false) as "needsConfirmation",
    d.cabinet_client_id as "attachmentId", d.cabinet_member_id as "membershipId"
  from delegation d left join invitation i on i.caisse_id = d.caisse_id and i.id = d.invitation_id
  where d.caisse_id = :caisse and d.site_id = any(:about)
  order by d.created_at, array_position(:about::uuid[], d.site_id), d.kind, d.id`;

const MEMBERSHIPS = `
  select m.id, m.account_id as "accountId", m.adherent_id as "adherentId", m.role, ${WINDOW('m')}
  from cabinet_member m where m.caisse_id = :caisse and m.cabinet_id = :about order by m.effective_at, m.role, m.id`;

const ATTACHMENTS = `
  select k.id, k.adherent_id as "adherentId", ${WINDOW('k')}
  from cabinet_client k where k.caisse_id = :caisse and k.cabinet_id = :about order by k.effective_at, k.id`;

const BITS: Readonly<Record<string, Level | 'none'>> = {
  '00': 'none',
  '01': 'consultation',
  '11': 'mise_a_jour',
};

/** Two binary digits a feature, the first of the catalogue last; three for the collèges likewise. */
export function readRights(levels: string, colleges: number): Rights {
  if (levels === '-1') return colleges === 7 ? ALL : readRights(`${2n ** 62n - 1n}`, colleges);
  const digits = BigInt(levels).toString(2).padStart(62, '0');
  const of = (i: number) => BITS[digits.slice(60 - 2 * i, 62 - 2 * i)] ?? 'none';
  const held = [...colleges.toString(2).padStart(3, '0')].reverse();
  return rightsFrom(
    Object.fromEntries(FEATURES.map(({ slug }, i) => [slug, of(i)])),
    COLLEGES.filter((_, i) => held[i] === '1'),
  );
}

type Raw = Omit<Row, 'rights'> & { readonly levels: string; readonly colleges: number };

export type About = { readonly siteIds: readonly string[]; readonly cabinetId: string; readonly now: number };

export async function readFacts({ store }: World, { siteIds, cabinetId, now }: About): Promise<Facts> {
  const { caisseId, sql } = store;
  const ask = async (query: string, about: string | readonly string[]) =>
    (await sql.raw(query, { caisse: caisseId, about: about as string })).rows;
  const rows = (await ask(ROWS, siteIds)) as Raw[];
  return {
    now,
    rows: new Map(
      rows.map(({ levels, colleges, ...row }) => [row.id, { ...row, rights: readRights(levels, colleges) }]),
    ),
    memberships: (await ask(MEMBERSHIPS, cabinetId)) as Membership[],
    attachments: (await ask(ATTACHMENTS, cabinetId)) as Attachment[],
  };
}
