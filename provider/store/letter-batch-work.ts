/**
 * What a batch still needs: its codes and letters written, site by site, then its files composed. A worker holds a batch
 * for a while only, so that another goes on where one has died. Owns the claim and the rows; making codes and sheets is
 * the job's.
 */
import type { Instant } from '../domain/instant.ts';
import type { Letter } from '../domain/message.ts';
import type { Sealer } from '../domain/seal.ts';
import { type Database, timestamp } from './database.ts';
import type { CaisseId, Handle } from './handle.ts';
import { type DueTerms, dueBindings, OBSTACLE, type Obstacle } from './letter-due.ts';
import { openLetter } from './letters.ts';

export type BatchWork = {
  readonly caisseId: CaisseId;
  readonly id: string;
  readonly status: 'writing' | 'composing';
  readonly madeBy: string;
  /** Whether codes that are still good are replaced. */
  readonly replace: boolean;
  readonly withWelcome: boolean;
  readonly expiresAt: Instant;
};

export type Claim = { readonly worker: string; readonly now: Instant; readonly until: Instant };

/** The batch, of any caisse, that waits longest and that nobody works at; undefined when there is none. */
export async function claimBatch(
  sql: Database,
  { worker, now, until }: Claim,
): Promise<BatchWork | undefined> {
  const { rows } = await sql.raw(
    `update letter_batch b set worker = :worker, worked_until = :until
     where (b.caisse_id, b.id) in (select caisse_id, id from letter_batch
       where status in ('writing', 'composing') and expires_at > :now and (worked_until is null or worked_until <= :now)
       order by worked_until nulls first, made_at, id limit 1 for update skip locked)
     returning b.caisse_id as "caisseId", b.id, b.status, b.made_by as "madeBy", b.reason <> '' as replace,
       b.with_welcome as "withWelcome", b.expires_at as "expiresAt"`,
    { worker, now: timestamp(now), until: timestamp(until) },
  );
  return rows[0];
}

/** Gives it back, for whoever comes next. */
export async function releaseBatch({ caisseId, sql }: Handle, id: string, claim: Claim): Promise<void> {
  await sql('letter_batch')
    .update({ worker: null, worked_until: timestamp(claim.now) })
    .where({ caisse_id: caisseId, id, worker: claim.worker });
}

/** Keeps it. @returns false when another has it meanwhile, or it is over. */
export async function holdBatch({ caisseId, sql }: Handle, id: string, claim: Claim): Promise<boolean> {
  const held = await sql('letter_batch')
    .update({ worked_until: timestamp(claim.until) })
    .where({ caisse_id: caisseId, id, worker: claim.worker })
    .whereIn('status', ['writing', 'composing']);
  return held === 1;
}

export const listSitesToDo = async (
  { caisseId, sql }: Handle,
  batchId: string,
  limit: number,
): Promise<readonly string[]> =>
  sql('letter_batch_site')
    .where({ caisse_id: caisseId, batch_id: batchId })
    .whereNull('outcome')
    .orderBy('site_id')
    .limit(limit)
    .pluck('site_id');

export type SiteToWrite = {
  readonly siteId: string;
  readonly adherentId: string;
  readonly siret: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly postalAddress: readonly string[];
  /** Whom the caisse expects, as it said with the code before; '' when it does not know. */
  readonly givenName: string;
  readonly familyName: string;
  readonly obstacle: Obstacle | null;
};

/** Looks with the site held until the transaction ends: of two batches at once, one writes to it. */
export async function lookAtSite(handle: Handle, siteId: string, terms: DueTerms): Promise<SiteToWrite> {
  const { caisseId, sql } = handle;
  await sql.raw('select 1 from site where caisse_id = ? and id = ? for update', [caisseId, siteId]);
  const { rows } = await sql.raw(
    `select s.id as "siteId", a.id as "adherentId", s.siret, a.identifiant, a.raison_sociale as "raisonSociale",
       a.postal_address as "postalAddress", coalesce(last.given_name, '') as "givenName",
       coalesce(last.family_name, '') as "familyName", ${OBSTACLE} as obstacle
     from site s join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
     left join lateral (select given_name, family_name from confidential_code c
       where c.caisse_id = s.caisse_id and c.site_id = s.id order by c.created_at desc limit 1) last on true
     where s.caisse_id = :caisse and s.id = :site`,
    { ...dueBindings(handle, terms), site: siteId },
  );
  return rows[0] as SiteToWrite;
}

/** @returns false when another has settled it, or the batch is over: then nothing of the caller's transaction may stand. */
export async function settleSite(
  { caisseId, sql }: Handle,
  at: { readonly batchId: string; readonly siteId: string },
  outcome: 'written' | Obstacle,
): Promise<boolean> {
  // Until the transaction ends nobody calls the batch off.
  const batch = await sql('letter_batch')
    .forShare()
    .first('id')
    .where({ caisse_id: caisseId, id: at.batchId, status: 'writing' });
  if (!batch) return false;
  const settled = await sql('letter_batch_site')
    .update({ outcome })
    .where({ caisse_id: caisseId, batch_id: at.batchId, site_id: at.siteId })
    .whereNull('outcome');
  return settled === 1;
}

/** Nothing is left to write: to be composed, or, with nothing written, over. */
export async function endWriting({ caisseId, sql }: Handle, id: string, now: Instant): Promise<void> {
  await sql('letter_batch')
    .update({ status: 'composing', worked_until: timestamp(now) })
    .where({ caisse_id: caisseId, id, status: 'writing' })
    .whereNotExists(
      sql('letter_batch_site')
        .where({ caisse_id: caisseId, batch_id: id })
        .whereNull('outcome')
        .select('site_id'),
    );
}

export const listTemplates = async (
  { caisseId, sql }: Handle,
  batchId: string,
): Promise<readonly Letter['template'][]> =>
  sql('letter')
    .distinct('template')
    .where({ caisse_id: caisseId, batch_id: batchId })
    .orderBy('template')
    .pluck('template');

const BITE = 200;

/** In the order of the addresses, the same in each file of a batch; never many of them at once. */
export async function* lettersOfBatch(
  { caisseId, sql }: Handle,
  of: { readonly batchId: string; readonly template: Letter['template'] },
  sealer: Sealer,
): AsyncGenerator<Letter> {
  let last: readonly string[] = ['', '', '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const { rows } = await sql.raw(
      `select id, raison_sociale, siret, content from letter where caisse_id = ? and batch_id = ? and template = ?
         and content is not null and (raison_sociale, siret, id) > (?, ?, ?::uuid)
       order by raison_sociale, siret, id limit ${BITE}`,
      [caisseId, of.batchId, of.template, ...last],
    );
    const letters = rows as { id: string; raison_sociale: string; siret: string; content: Buffer }[];
    for (const { id, content } of letters) yield openLetter(caisseId, id, content, sealer);
    const end = letters.at(-1);
    if (!end || letters.length < BITE) return;
    last = [end.raison_sociale, end.siret, end.id];
  }
}
