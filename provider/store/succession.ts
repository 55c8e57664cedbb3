/**
 * A site changes administrators: everything that stands below the former's enrolment is written anew below the
 * successor's, and what was there is closed, in the caller's transaction, so that nobody below is without his rights at
 * any instant. Owns the rewriting, set by set; who may hand over, and who hears of it, is the caller's.
 */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { EVERYTHING } from '../domain/rights.ts';
import { type Below, type Carried, planSuccession } from '../domain/succession.ts';
import { timestamp } from './database.ts';
import { insertDelegations } from './delegations.ts';
import type { Handle } from './handle.ts';

export type Succeeding = {
  /** The enrolment that ends. */
  readonly formerId: string;
  readonly successorId: string;
  /** The enrolment that waits for the successor; null where nobody was invited. */
  readonly awaitedId: string | null;
  readonly now: Instant;
};

export type Succeeded = {
  /** Whose enrolment has ended. */
  readonly formerAccountId: string;
  /** The one that takes its place: the awaited, the successor's own if he had one, or a new one. */
  readonly enrolmentId: string;
  readonly siteId: string;
  /** Delegations that go on below it. */
  readonly carried: number;
};

type Enrolment = {
  readonly id: string;
  readonly site_id: string;
  readonly adherent_id: string;
  readonly grantee_account_id: string;
};

/** null, and nothing written, when that enrolment stands no more, or is the successor's own. */
export async function succeed(inside: Handle, succeeding: Succeeding): Promise<Succeeded | null> {
  const former = await lockFormer(inside, succeeding);
  if (!former || former.grantee_account_id === succeeding.successorId) return null;
  const formerAccountId = former.grantee_account_id;
  const below = await holdBelow(inside, succeeding);
  const enrolmentId = await settle(inside, former, succeeding);
  const carried = planSuccession(below, { ...succeeding, formerAccountId });
  const newIds = await writeAnew(inside, carried, { ...succeeding, enrolmentId });
  const { successorId, now } = succeeding;
  // What the successor held below is his by his enrolment; what the former administrator held there goes on nowhere.
  const goesOnAs = ({ id, granteeAccountId }: Below) =>
    newIds.get(id) ?? (granteeAccountId === successorId ? enrolmentId : null);
  const ended = below.map((row): Ended => [row.id, goesOnAs(row)]);
  const offers = (await otherOffers(inside, former, succeeding)).map((id): Ended => [id, null]);
  await endAll(inside, [[former.id, enrolmentId], ...ended, ...offers], now);
  return { formerAccountId, enrolmentId, siteId: former.site_id, carried: carried.length };
}

const MS = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;
const OPEN = 'effective_at <= :now and (ends_at is null or ends_at > :now)';

/** Whoever gives or takes below holds the head of his chain: none of them is under way from here on. */
async function lockFormer(
  { caisseId, sql }: Handle,
  { formerId, now }: Succeeding,
): Promise<Enrolment | undefined> {
  const { rows } = await sql.raw(
    `select id, site_id, adherent_id, grantee_account_id from delegation
     where caisse_id = :caisse and id = :former and kind = 'enrolment' and status = 'active' and ${OPEN}
     for no key update`,
    { caisse: caisseId, former: formerId, now: timestamp(now) },
  );
  return rows[0] as Enrolment | undefined;
}

const BELOW = `
  with recursive below as (
    select d.* from delegation d where d.caisse_id = :caisse and d.parent_id = :former and STANDS
    union all
    select d.* from below cross join lateral (
      select * from delegation d where d.caisse_id = :caisse and d.parent_id = below.id and STANDS offset 0) d
  )
  select id, parent_id as "parentId", grantee_account_id as "granteeAccountId", admin, status,
    ${MS('effective_at')} as "from", ${MS('ends_at')} as "to"
  from below`.replaceAll(
  'STANDS',
  `d.status in ('active', 'suspended', 'to_renew', 'awaiting_beneficiary', 'awaiting_confirmation')
     and (d.ends_at is null or d.ends_at > :now)`,
);

/** Answers to invitations take their own rows first: they go before this act, or see what it did. */
async function holdBelow(
  { caisseId, sql }: Handle,
  { formerId, now }: Succeeding,
): Promise<readonly Below[]> {
  const bindings = { caisse: caisseId, former: formerId, now: timestamp(now) };
  const seen = (await sql.raw(BELOW, bindings)).rows as Below[];
  await sql.raw(
    'select id from delegation where caisse_id = :caisse and id = any(:ids::uuid[]) order by id for no key update',
    { caisse: caisseId, ids: seen.map(({ id }) => id) },
  );
  return (await sql.raw(BELOW, bindings)).rows as Below[];
}

/** The enrolment below which all goes on. A person has one a site. */
async function settle(inside: Handle, former: Enrolment, succeeding: Succeeding): Promise<string> {
  const { caisseId, sql } = inside;
  const { successorId, awaitedId, now } = succeeding;
  const { rows } = await sql.raw(
    `select id from delegation
     where caisse_id = :caisse and site_id = :site and grantee_account_id = :successor
       and kind = 'enrolment' and status = 'active' and ${OPEN}
     for no key update`,
    { caisse: caisseId, site: former.site_id, successor: successorId, now: timestamp(now) },
  );
  const own = (rows[0] as { id: string } | undefined)?.id;
  const bindings = {
    caisse: caisseId,
    successor: successorId,
    awaited: awaitedId,
    own: own ?? null,
    now: timestamp(now),
  };
  if (awaitedId !== null) {
    // Of two enrolments of one person on one site the one that was only awaited goes.
    await sql.raw(
      own
        ? `update delegation set status = 'closed', succeeded_by_id = :own, changed_at = ${MOVED}
           where caisse_id = :caisse and id = :awaited`
        : `update delegation set status = 'active', grantee_account_id = :successor, effective_at = :now, changed_at = ${MOVED}
           where caisse_id = :caisse and id = :awaited`,
      bindings,
    );
  }
  if (own ?? awaitedId) return own ?? (awaitedId as string);
  const id = randomUUID();
  const enrolment = {
    kind: 'enrolment' as const,
    id,
    granteeAccountId: successorId,
    adherentId: former.adherent_id,
    siteId: former.site_id,
    admin: true,
    rights: EVERYTHING,
    status: 'active' as const,
    from: now,
    to: null,
  };
  await insertDelegations(inside, [enrolment], now);
  return id;
}

/** As changeDelegation moves it. */
const MOVED = `greatest(:now::timestamptz, changed_at + interval '1 millisecond')`;

// Each row by its key, whatever the planner knows: a site may have ten thousand.
const ANEW = `
  insert into delegation (caisse_id, id, adherent_id, site_id, kind, parent_id, grantor_account_id, grantor_cabinet_id,
    grantee_account_id, grantee_cabinet_id, cabinet_client_id, cabinet_member_id, admin, colleges, levels, status,
    effective_at, ends_at, invitation_id, created_at, changed_at)
  select d.caisse_id, carried.id, d.adherent_id, d.site_id, d.kind, coalesce(carried.parent_id, :enrolment),
    case when carried.parent_id is null then :successor else d.grantor_account_id end, d.grantor_cabinet_id,
    d.grantee_account_id, d.grantee_cabinet_id, d.cabinet_client_id, d.cabinet_member_id, d.admin, d.colleges, d.levels,
    d.status, d.effective_at, d.ends_at, d.invitation_id, :now, :now
  from unnest(:formers::uuid[], :ids::uuid[], :parents::uuid[]) carried (former_id, id, parent_id)
  cross join lateral (select * from delegation where caisse_id = :caisse and id = carried.former_id offset 0) d`;

/** @returns of each that was carried, the id that it has now. */
async function writeAnew(
  { caisseId, sql }: Handle,
  carried: readonly Carried[],
  { successorId, enrolmentId, now }: Succeeding & { readonly enrolmentId: string },
): Promise<ReadonlyMap<string, string>> {
  const newId = new Map(carried.map(({ id }) => [id, randomUUID()]));
  await sql.raw(ANEW, {
    caisse: caisseId,
    enrolment: enrolmentId,
    successor: successorId,
    now: timestamp(now),
    formers: [...newId.keys()],
    ids: [...newId.values()],
    parents: carried.map(({ parentId }) => (parentId === null ? null : (newId.get(parentId) ?? null))),
  });
  return newId;
}

/** Of the same enrolment to somebody else: who gave them holds it no more. */
async function otherOffers(
  { caisseId, sql }: Handle,
  { id, adherent_id, site_id }: Enrolment,
  { awaitedId }: Succeeding,
): Promise<string[]> {
  const rows = await sql('delegation')
    .select('id')
    .where({ caisse_id: caisseId, adherent_id, site_id, succeeds_id: id })
    .whereIn('status', ['awaiting_beneficiary', 'awaiting_confirmation'])
    .whereRaw('id is distinct from ?::uuid', [awaitedId]);
  return rows.map((row) => row.id);
}

/** Of a delegation that ends: its id, and that of the one in which it goes on. */
type Ended = readonly [id: string, succeededById: string | null];

async function endAll({ caisseId, sql }: Handle, ended: readonly Ended[], now: Instant): Promise<void> {
  await sql.raw(
    `update delegation d set status = 'closed', succeeded_by_id = ended.by_id, changed_at = ${MOVED}
     from unnest(:ids::uuid[], :by::uuid[]) ended (id, by_id)
     where d.caisse_id = :caisse and d.id = ended.id`,
    {
      caisse: caisseId,
      ids: ended.map(([id]) => id),
      by: ended.map(([, succeededById]) => succeededById),
      now: timestamp(now),
    },
  );
}
