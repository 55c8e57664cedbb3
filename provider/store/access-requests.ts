/**
 * Requests for access: who asked for accounts with a convention on paper, and every step of it. Erased as a whole, once
 * their time is over. What a validation makes (accounts, delegations) is written by the act, not here, and stays.
 */
import { createHash } from 'node:crypto';
import type { Asked, Delegate, RequestStatus } from '../domain/access-request.ts';
import type { Instant } from '../domain/instant.ts';
import { lockCode } from './confidential-codes.ts';
import { type Database, timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import type { IdentifiedSite } from './tickets.ts';

export type StepKind = 'received' | 'corrected' | 'incomplete' | 'validated' | 'refused';

export type AccessRequest = Asked & {
  readonly id: string;
  readonly number: string;
  readonly codeId: string;
  readonly site: IdentifiedSite;
  readonly status: RequestStatus;
  readonly version: number;
  readonly sealedLink: Buffer;
  readonly createdAt: Instant;
  readonly changedAt: Instant;
};

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

const COLUMNS = {
  id: 'r.id',
  number: 'r.number',
  codeId: 'r.code_id',
  siteId: 'r.site_id',
  adherentId: 's.adherent_id',
  siret: 'r.siret',
  siteName: 'r.site_name',
  identifiant: 'r.identifiant',
  raisonSociale: 'r.raison_sociale',
  status: 'r.status',
  version: 'r.version',
  givenName: 'r.given_name',
  familyName: 'r.family_name',
  position: 'r.position',
  email: 'r.email',
  unaffiliated: 'r.unaffiliated',
  delegate: 'r.delegate',
  sealedLink: 'r.sealed_link',
  createdAt: 'r.created_at',
  changedAt: 'r.changed_at',
};

type Row = {
  readonly siteId: string;
  readonly adherentId: string;
  readonly siret: string;
  readonly siteName: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly position: string;
  readonly email: string;
  readonly unaffiliated: boolean;
  readonly delegate: Delegate | null;
} & Omit<AccessRequest, 'site' | 'director' | 'delegate'>;

function requestOf(row: Row): AccessRequest {
  const { siteId, adherentId, siret, siteName, identifiant, raisonSociale, ...others } = row;
  const { givenName, familyName, position, email, unaffiliated, ...request } = others;
  return {
    ...request,
    site: { id: siteId, adherentId, siret, name: siteName, identifiant, raisonSociale },
    director: { givenName, familyName, position, email, unaffiliated },
  };
}

const requests = ({ caisseId, sql }: Handle) =>
  sql('access_request as r')
    .join('site as s', (on) => on.on('s.caisse_id', 'r.caisse_id').andOn('s.id', 'r.site_id'))
    .where({ 'r.caisse_id': caisseId });

type Condition = Readonly<Record<string, string | Buffer>>;

async function find(
  handle: Handle,
  condition: Condition,
  locked = false,
): Promise<AccessRequest | undefined> {
  const query = requests(handle).first(COLUMNS).where(condition);
  const row: Row | undefined = await (locked ? query.forUpdate('r') : query);
  return row && requestOf(row);
}

export const findRequest = async (handle: Handle, id: string): Promise<AccessRequest | undefined> =>
  isId(id) ? find(handle, { 'r.id': id }) : undefined;

/** Until the transaction ends nobody else acts on it: of two agents the second sees what the first did. */
export async function holdRequest(inside: Handle, id: string): Promise<AccessRequest | undefined> {
  const seen = await findRequest(inside, id);
  if (!seen) return undefined;
  // First the code, as whoever asks holds it: no two acts wait for each other.
  await lockCode(inside, seen.codeId);
  return find(inside, { 'r.id': id }, true);
}

export const findRequestByLink = (handle: Handle, token: string): Promise<AccessRequest | undefined> =>
  find(handle, { 'r.link_hash': hash(token) });

/** The last one that was asked with that code. */
export async function findRequestByCode(handle: Handle, codeId: string): Promise<AccessRequest | undefined> {
  const row: Row | undefined = await requests(handle)
    .first(COLUMNS)
    .where({ 'r.code_id': codeId })
    .orderBy('r.created_at', 'desc');
  return row && requestOf(row);
}

const given = ({ director, delegate }: Asked) => ({
  given_name: director.givenName,
  family_name: director.familyName,
  position: director.position,
  email: director.email,
  unaffiliated: director.unaffiliated,
  delegate: delegate === null ? null : JSON.stringify(delegate),
});

export type NewRequest = Asked & {
  readonly id: string;
  readonly number: string;
  readonly codeId: string;
  readonly site: IdentifiedSite;
  readonly token: string;
  readonly sealedLink: Buffer;
  readonly now: Instant;
};

export async function insertRequest(handle: Handle, made: NewRequest): Promise<void> {
  const { site, now } = made;
  await handle.sql('access_request').insert({
    ...given(made),
    caisse_id: handle.caisseId,
    id: made.id,
    number: made.number,
    code_id: made.codeId,
    site_id: site.id,
    siret: site.siret,
    site_name: site.name,
    identifiant: site.identifiant,
    raison_sociale: site.raisonSociale,
    status: 'received',
    link_hash: hash(made.token),
    sealed_link: made.sealedLink,
    created_at: timestamp(now),
    changed_at: timestamp(now),
  });
  await insertStep(handle, { id: made.id, version: 1, kind: 'received', actorId: null, note: '', now });
}

/** Sent again with other words: the request stands as it was asked last, and waits again. */
export async function correctRequest(
  inside: Handle,
  request: AccessRequest,
  asked: Asked,
  now: Instant,
): Promise<void> {
  await change(inside, request, { ...given(asked), status: 'received' }, now);
  const step = { kind: 'corrected', actorId: null, note: '', now } as const;
  await insertStep(inside, { id: request.id, version: request.version + 1, ...step });
}

export type Turn = {
  readonly status: Exclude<RequestStatus, 'received'>;
  readonly actorId: string;
  readonly note: string;
  readonly now: Instant;
};

/** An agent's act on a request that the transaction holds. */
export async function turnRequest(inside: Handle, request: AccessRequest, turn: Turn): Promise<void> {
  const { status, actorId, note, now } = turn;
  await change(inside, request, { status }, now);
  await insertStep(inside, {
    id: request.id,
    version: request.version + 1,
    kind: status,
    actorId,
    note,
    now,
  });
}

async function change(
  { caisseId, sql }: Handle,
  { id, version }: AccessRequest,
  columns: Readonly<Record<string, unknown>>,
  now: Instant,
): Promise<void> {
  await sql('access_request')
    .update({ ...columns, version: version + 1, changed_at: timestamp(now) })
    .where({ caisse_id: caisseId, id });
}

type NewStep = {
  readonly id: string;
  readonly version: number;
  readonly kind: StepKind;
  readonly actorId: string | null;
  readonly note: string;
  readonly now: Instant;
};

async function insertStep({ caisseId, sql }: Handle, step: NewStep): Promise<void> {
  await sql('access_request_step').insert({
    caisse_id: caisseId,
    request_id: step.id,
    version: step.version,
    kind: step.kind,
    at: timestamp(step.now),
    actor_id: step.actorId,
    note: step.note,
  });
}

export type Step = {
  readonly kind: StepKind;
  readonly at: Instant;
  /** The agent's name; null: whoever asked. */
  readonly actor: string | null;
  readonly note: string;
};

/** Newest first. */
export const listSteps = ({ caisseId, sql }: Handle, id: string): Promise<Step[]> =>
  sql('access_request_step as t')
    .leftJoin('account as a', (on) => on.on('a.caisse_id', 't.caisse_id').andOn('a.id', 't.actor_id'))
    .select({
      kind: 't.kind',
      at: 't.at',
      actor: sql.raw(`a.given_name || ' ' || a.family_name`),
      note: 't.note',
    })
    .where({ 't.caisse_id': caisseId, 't.request_id': id })
    .orderBy('t.version', 'desc');

/**
 * In every caisse, by its own settings: those that were refused, or that nobody has touched for as long, and later those
 * that were validated, with every step. The audit keeps that there was one. @returns how many went.
 */
export async function sweepAccessRequests(sql: Database, now: Instant): Promise<number> {
  const { rowCount } = await sql.raw(
    `delete from access_request r using caisse c
     where c.id = r.caisse_id and r.changed_at < :now::timestamptz - case r.status
       when 'validated'
         then make_interval(months => coalesce((c.settings->'accessRequests'->>'validatedMonths')::int, 12))
       else make_interval(days => coalesce((c.settings->'accessRequests'->>'keptDays')::int, 90)) end`,
    { now: timestamp(now) },
  );
  return rowCount;
}
