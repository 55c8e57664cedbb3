/**
 * Letters after they were printed: what became of each, and those that the post brought back. What a returned letter
 * bears is worth nothing any more, and nothing more is written to that address until it changes or an agent says so.
 */
import type { Instant } from '../domain/instant.ts';
import type { Letter } from '../domain/message.ts';
import { timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';
import { CAME_BACK } from './letter-due.ts';

export type SentLetter = {
  readonly id: string;
  readonly template: Letter['template'];
  /** null on letters of before. */
  readonly reference: string | null;
  readonly adherentId: string | null;
  readonly raisonSociale: string;
  readonly siret: string;
  /** Lines of the address under the name. */
  readonly sentTo: readonly string[];
  readonly batchId: string | null;
  readonly madeAt: Instant;
  readonly printedAt: Instant | null;
  readonly returnedAt: Instant | null;
  readonly returnLiftedAt: Instant | null;
  /** What it brings: still good, used, replaced (or dead since it came back), over; null for a welcome. */
  readonly worth: 'good' | 'used' | 'replaced' | 'over' | null;
};

const SENT = `
  select l.id, l.template, l.reference, l.adherent_id as "adherentId", l.raison_sociale as "raisonSociale", l.siret,
    l.sent_to as "sentTo", l.batch_id as "batchId", l.made_at as "madeAt", l.printed_at as "printedAt",
    l.returned_at as "returnedAt", l.return_lifted_at as "returnLiftedAt",
    case when l.template = 'welcome' then null
      when c.used_at is not null or p.used_at is not null then 'used'
      when c.superseded_at is not null then 'replaced'
      when coalesce(c.expires_at, p.expires_at, l.expires_at) <= :now then 'over'
      else 'good' end as worth
  from letter l
  left join confidential_code c on c.caisse_id = l.caisse_id and c.id = l.code_id
  left join provisional_credential p on p.caisse_id = l.caisse_id and p.account_id = l.account_id
  where l.caisse_id = :caisse`;

type Page = { readonly now: Instant; readonly limit: number; readonly offset?: number };

async function list(
  { caisseId, sql }: Handle,
  {
    where,
    order,
    bindings,
  }: { readonly where: string; readonly order: string; readonly bindings: Record<string, unknown> },
  { now, limit, offset = 0 }: Page,
): Promise<readonly SentLetter[]> {
  const { rows } = await sql.raw(`${SENT} and ${where} order by ${order} limit :limit offset :offset`, {
    ...bindings,
    caisse: caisseId,
    now: timestamp(now),
    limit,
    offset,
  });
  return rows;
}

const LATEST = 'l.made_at desc, l.id';

/** What an agent reads on a letter that came back; newest first. `reference`: without its dash. */
export const findSentLetters = (
  handle: Handle,
  read: { readonly reference: string } | { readonly siret: string },
  page: Page,
): Promise<readonly SentLetter[]> =>
  'reference' in read
    ? list(handle, { where: 'l.reference = :reference', order: LATEST, bindings: read }, page)
    : list(
        handle,
        { where: 'l.siret = :siret and l.batch_id is not null', order: LATEST, bindings: read },
        page,
      );

// Letters of before name the SIRET alone.
const TO_ADHERENT = `(l.adherent_id = :adherent or (l.adherent_id is null and l.siret in
  (select siret from site where caisse_id = :caisse and adherent_id = :adherent)))`;

/** Every letter to an adhérent, newest first. */
export const listLettersToAdherent = (
  handle: Handle,
  adherentId: string,
  page: Page,
): Promise<readonly SentLetter[]> =>
  list(handle, { where: TO_ADHERENT, order: LATEST, bindings: { adherent: adherentId } }, page);

export async function countLettersToAdherent({ caisseId, sql }: Handle, adherentId: string): Promise<number> {
  const { rows } = await sql.raw(
    `select count(*)::int as number from letter l where l.caisse_id = :caisse and ${TO_ADHERENT}`,
    { caisse: caisseId, adherent: adherentId },
  );
  return rows[0].number;
}

export const listLettersOfBatch = (
  handle: Handle,
  batchId: string,
  page: Page,
): Promise<readonly SentLetter[]> =>
  list(
    handle,
    {
      where: 'l.batch_id = :batch',
      order: 'l.raison_sociale, l.siret, l.template desc, l.id',
      bindings: { batch: batchId },
    },
    page,
  );

/** undefined for what this caisse does not know. */
export async function findLetter(handle: Handle, id: string, now: Instant): Promise<SentLetter | undefined> {
  if (!isId(id)) return undefined;
  const [letter] = await list(
    handle,
    { where: 'l.id = :id', order: 'l.id', bindings: { id } },
    { now, limit: 1 },
  );
  return letter;
}

export type CameBack = {
  readonly letterId: string;
  readonly reference: string | null;
  readonly returnedAt: Instant;
  readonly sentTo: readonly string[];
};

/** The last letter that came back from the address that the adhérent still has; undefined when nothing stands in the way. */
export async function findCameBack(
  { caisseId, sql }: Handle,
  adherentId: string,
): Promise<CameBack | undefined> {
  const { rows } = await sql.raw(
    `select l.id as "letterId", l.reference, l.returned_at as "returnedAt", l.sent_to as "sentTo"
     from letter l join adherent a on a.caisse_id = l.caisse_id and a.id = l.adherent_id
     where l.caisse_id = :caisse and l.adherent_id = :adherent and l.returned_at is not null
       and l.return_lifted_at is null and l.sent_to = a.postal_address
     order by l.returned_at desc, l.id limit 1`,
    { caisse: caisseId, adherent: adherentId },
  );
  return rows[0];
}

/**
 * It came back: what it brings dies with it. In a transaction of the caller's.
 * @returns false when that was said before.
 */
export async function markReturned(
  { caisseId, sql }: Handle,
  letter: { readonly id: string; readonly by: string; readonly now: Instant },
): Promise<boolean> {
  const at = timestamp(letter.now);
  const marked: { codeId: string | null; accountId: string | null }[] = await sql('letter')
    .update({ returned_at: at, returned_by: letter.by })
    .where({ caisse_id: caisseId, id: letter.id })
    .whereNull('returned_at')
    .returning(['code_id as codeId', 'account_id as accountId']);
  const [row] = marked;
  if (!row) return false;
  if (row.codeId !== null) {
    await sql('confidential_code')
      .update({ superseded_at: at })
      .where({ caisse_id: caisseId, id: row.codeId })
      .whereNull('used_at')
      .whereNull('superseded_at');
  }
  if (row.accountId !== null) {
    await sql('provisional_credential')
      .update({ expires_at: at })
      .where({ caisse_id: caisseId, account_id: row.accountId })
      .whereNull('used_at')
      .where('expires_at', '>', at);
  }
  return true;
}

/** The address is good all the same. @returns how many letters had come back from it. */
export async function liftReturns(
  { caisseId, sql }: Handle,
  adherentId: string,
  now: Instant,
): Promise<number> {
  const { rowCount } = await sql.raw(
    `update letter l set return_lifted_at = :now from adherent a
     where l.caisse_id = :caisse and l.adherent_id = :adherent and a.caisse_id = l.caisse_id and a.id = l.adherent_id
       and l.returned_at is not null and l.return_lifted_at is null and l.sent_to = a.postal_address`,
    { caisse: caisseId, adherent: adherentId, now: timestamp(now) },
  );
  return rowCount as number;
}

/** Companies that nothing is sent to, because a letter came back. */
export async function countCameBack({ caisseId, sql }: Handle): Promise<number> {
  const { rows } = await sql.raw(
    `select count(*)::int as number from adherent a where a.caisse_id = :caisse and ${CAME_BACK}`,
    { caisse: caisseId },
  );
  return rows[0].number;
}
