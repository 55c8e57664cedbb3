/** Sealed segments of the audit, and its lines as they are sealed. The arithmetic is in domain/audit-seal. */
import type { Instant } from '../domain/instant.ts';
import type { AuditRegister } from './audit-registers.ts';
import { type Database, timestamp } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';

export type Seal = {
  readonly caisseId: CaisseId;
  readonly register: AuditRegister;
  readonly number: number;
  readonly afterId: bigint;
  readonly untilId: bigint;
  readonly lines: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly sealedAt: Instant;
  readonly keyId: Buffer;
  readonly digest: Buffer;
  readonly mac: Buffer;
  readonly droppedAt: Instant | null;
  readonly dropMac: Buffer | null;
};

const COLUMNS = {
  caisseId: 'caisse_id',
  register: 'register',
  number: 'number',
  afterId: 'after_id',
  untilId: 'until_id',
  lines: 'lines',
  firstAt: 'first_at',
  lastAt: 'last_at',
  sealedAt: 'sealed_at',
  keyId: 'key_id',
  digest: 'digest',
  mac: 'mac',
  droppedAt: 'dropped_at',
  dropMac: 'drop_mac',
};

/** Below every id, of lines that were given one by hand as well. */
export const BELOW_ALL = -(2n ** 63n);

export const lastSeal = ({ caisseId, sql }: Handle, register: AuditRegister): Promise<Seal | undefined> =>
  sql('audit_seal')
    .first(COLUMNS)
    .where({ caisse_id: caisseId, register })
    .orderBy('number', 'desc') as Promise<Seal | undefined>;

/** The last of every register of every caisse, in their order. */
export async function listHeads(sql: Database): Promise<Seal[]> {
  return sql('audit_seal')
    .select(COLUMNS)
    .distinctOn('caisse_id', 'register')
    .orderBy([{ column: 'caisse_id' }, { column: 'register' }, { column: 'number', order: 'desc' }]);
}

/** By number, from the one after `after`; marks apart, which are large. */
export const listSeals = (
  { caisseId, sql }: Handle,
  register: AuditRegister,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<Seal[]> =>
  sql('audit_seal')
    .select(COLUMNS)
    .where({ caisse_id: caisseId, register })
    .where('number', '>', after)
    .orderBy('number')
    .limit(limit);

export async function readMarks({ caisseId, sql }: Handle, seal: Seal): Promise<Buffer> {
  const row = await sql('audit_seal')
    .first('marks')
    .where({ caisse_id: caisseId, register: seal.register, number: seal.number });
  return row?.marks ?? Buffer.alloc(0);
}

export async function insertSeal(
  { caisseId, sql }: Handle,
  seal: Omit<Seal, 'caisseId' | 'droppedAt' | 'dropMac'> & { readonly marks: Buffer },
): Promise<void> {
  await sql('audit_seal').insert({
    caisse_id: caisseId,
    register: seal.register,
    number: seal.number,
    after_id: seal.afterId,
    until_id: seal.untilId,
    lines: seal.lines,
    first_at: timestamp(seal.firstAt),
    last_at: timestamp(seal.lastAt),
    sealed_at: timestamp(seal.sealedAt),
    key_id: seal.keyId,
    marks: seal.marks,
    digest: seal.digest,
    mac: seal.mac,
  });
}

export type LineToSeal = {
  readonly id: bigint;
  readonly at: Instant;
  /** All that it says but its id and its caisse, in JSON as PostgreSQL writes it: the same for the same line. */
  readonly told: string;
};

const TOLD = `jsonb_build_array(register, kind, extract(epoch from at), actor_id, subject_id, site_id, client_id,
  address, request_id, facts)::text`;

/** Lines of a register in the order of their ids: above the one, up to the other, so many at most. */
export async function listLinesToSeal(
  { caisseId, sql }: Handle,
  register: AuditRegister,
  range: { readonly afterId: bigint; readonly untilId: bigint; readonly limit: number },
): Promise<LineToSeal[]> {
  const { rows } = await sql.raw(
    `select id, at, ${TOLD} as told from audit_event
     where caisse_id = ? and register = ? and id > ? and id <= ? order by id limit ?`,
    [caisseId, register, String(range.afterId), String(range.untilId), range.limit],
  );
  return rows;
}

/** Lines after the last segment of their register, written before that moment: how many, and since when. */
export async function countUnsealed(
  { caisseId, sql }: Handle,
  register: AuditRegister,
  before: Instant,
): Promise<{ readonly lines: number; readonly since: Instant | null }> {
  const { rows } = await sql.raw(
    `select count(*)::int as lines, min(at) as since from audit_event
     where caisse_id = :caisse and register = :register and at < :before and id > coalesce(
       (select max(until_id) from audit_seal where caisse_id = :caisse and register = :register), :below)`,
    { caisse: caisseId, register, before: timestamp(before), below: String(BELOW_ALL) },
  );
  return rows[0];
}

/** Segments that stand whose last line is older, oldest first. */
export const listSealsBefore = (
  { caisseId, sql }: Handle,
  register: AuditRegister,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<Seal[]> =>
  sql('audit_seal')
    .select(COLUMNS)
    .where({ caisse_id: caisseId, register })
    .whereNull('dropped_at')
    .where('last_at', '<', timestamp(before))
    .orderBy('number')
    .limit(limit);

/**
 * Deletes the lines of a segment and leaves its seal: the one way in which lines go. In a transaction.
 * @returns false when it was dropped already.
 */
export async function dropSegment(
  { caisseId, sql }: Handle,
  seal: Seal,
  { at, mac }: { readonly at: Instant; readonly mac: Buffer },
): Promise<boolean> {
  const { register, number } = seal;
  const dropped = await sql('audit_seal')
    .update({ dropped_at: timestamp(at), drop_mac: mac, marks: null })
    .where({ caisse_id: caisseId, register, number })
    .whereNull('dropped_at');
  if (dropped === 0) return false;
  await sql('audit_event')
    .where({ caisse_id: caisseId, register })
    .where('id', '>', String(seal.afterId))
    .where('id', '<=', String(seal.untilId))
    .delete();
  return true;
}

/** The segment that holds a line; undefined while none does. */
export const findSealOf = (
  { caisseId, sql }: Handle,
  line: { readonly register: AuditRegister; readonly id: bigint },
): Promise<Seal | undefined> =>
  sql('audit_seal')
    .first(COLUMNS)
    .where({ caisse_id: caisseId, register: line.register })
    .where('until_id', '>=', String(line.id))
    .orderBy('until_id') as Promise<Seal | undefined>;
