/**
 * What a manager prepares over several pages (whom to entrust with which clients, a file to import) until he applies
 * it or lets it be. Nobody but him sees it, and it confers nothing: every right is checked when it is applied.
 */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';

export type DraftKind = 'entrusting' | 'import';

/** Whose draft it is. */
export type DraftOf = { readonly cabinetId: string; readonly accountId: string };

const KEPT = 24 * 3_600_000;
const MOST_OF_ONE_PERSON = 20;

/** The oldest of his go when he has too many: a draft may be large. */
export async function insertDraft(
  { caisseId, sql }: Handle,
  { cabinetId, accountId }: DraftOf,
  { kind, content, now }: { readonly kind: DraftKind; readonly content: object; readonly now: Instant },
): Promise<string> {
  const id = randomUUID();
  await sql.raw(
    `delete from cabinet_draft where caisse_id = :caisse and id in (
       select id from cabinet_draft where caisse_id = :caisse and account_id = :account
       order by created_at desc, id offset :most)`,
    { caisse: caisseId, account: accountId, most: MOST_OF_ONE_PERSON - 1 },
  );
  await sql('cabinet_draft').insert({
    caisse_id: caisseId,
    id,
    cabinet_id: cabinetId,
    account_id: accountId,
    kind,
    content: JSON.stringify(content),
    created_at: timestamp(now),
    expires_at: timestamp(now + KEPT),
  });
  return id;
}

export type DraftAsked = DraftOf & {
  readonly id: string;
  readonly kind: DraftKind;
  readonly now: Instant;
};

/** undefined for an id that is none, somebody else's or out of time. */
export async function findDraft({ caisseId, sql }: Handle, asked: DraftAsked): Promise<unknown> {
  if (!isId(asked.id)) return undefined;
  const row = await sql('cabinet_draft')
    .first('content')
    .where({
      caisse_id: caisseId,
      id: asked.id,
      kind: asked.kind,
      cabinet_id: asked.cabinetId,
      account_id: asked.accountId,
    })
    .where('expires_at', '>', timestamp(asked.now));
  return row?.content;
}

export async function saveDraft({ caisseId, sql }: Handle, id: string, content: object): Promise<void> {
  await sql('cabinet_draft')
    .update({ content: JSON.stringify(content) })
    .where({ caisse_id: caisseId, id });
}

/** @returns false when it is gone already: of two who apply it at once, one does. */
export async function takeDraft({ caisseId, sql }: Handle, id: string): Promise<boolean> {
  return (await sql('cabinet_draft').delete().where({ caisse_id: caisseId, id })) === 1;
}

/** In every caisse. @returns how many went. */
export const sweepCabinetDrafts = (sql: Database, now: Instant): Promise<number> =>
  sql('cabinet_draft').delete().where('expires_at', '<', timestamp(now));
