/**
 * What a staged file would add and change: counted, noted line by line once it is checked, then read a page at a time.
 * What stands before and after is read when it is looked at, so that a page tells how things are now.
 */
import type { ImportCell } from '../domain/import.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import type { Staged } from './import-apply.ts';
import { KINDS } from './import-kinds/all.ts';
import { type Difference, LINES } from './import-kinds/kind.ts';
import type { ImportCounts } from './imports.ts';

/** `added`: null where the line changes nothing. */
const met = ({ from, added, changed }: Difference): string => `
  select l.line, case when ${added} then true when ${changed} then false end as added from ${from} where ${LINES}`;

const NOTED = `
  insert into import_change (caisse_id, import_id, added, line)
  select :caisse, :import, added, line from met where added is not null`;

/** Without noting it. */
export const countDifference = (handle: Handle, staged: Staged): Promise<ImportCounts> =>
  counts(handle, staged, `with met as (${met(KINDS[staged.kind].difference)})`);

/** In place of what was noted of it before. */
export async function noteDifference(handle: Handle, staged: Staged): Promise<ImportCounts> {
  const { caisseId, sql } = handle;
  await sql('import_change').delete().where({ caisse_id: caisseId, import_id: staged.id });
  const withMet = `with met as (${met(KINDS[staged.kind].difference)}), noted as (${NOTED})`;
  const counted = await counts(handle, staged, withMet);
  // Filled a moment ago: without statistics the planner would sort what is left of it for every page.
  await sql.raw('analyze import_change');
  return counted;
}

const bound = ({ caisseId }: Handle, { id, now }: Staged) => ({
  caisse: caisseId,
  import: id,
  now: timestamp(now),
});

async function counts(handle: Handle, staged: Staged, withMet: string): Promise<ImportCounts> {
  const given = bound(handle, staged);
  const found = await handle.sql.raw(
    `${withMet}
     select count(*) filter (where added)::integer as added, count(*) filter (where not added)::integer as changed,
       count(*) filter (where added is null)::integer as unchanged
     from met`,
    given,
  );
  const [{ added, changed, unchanged }] = found.rows;
  const [{ n }] = (await handle.sql.raw(KINDS[staged.kind].total, given)).rows;
  return { added, changed, unchanged, totalBefore: n, totalAfter: n + added };
}

/** Instants in milliseconds; levels in decimal. */
export type ChangeCells = Readonly<
  Partial<Record<ImportCell, string | number | boolean | readonly string[] | null>>
>;

/** A place in the difference: changes come before what is added, then by line. */
type ChangePlace = { readonly added: boolean; readonly line: number };

export type Change = ChangePlace & {
  /** Codes and names of what the line speaks of. */
  readonly about: string;
  readonly before: ChangeCells;
  readonly after: ChangeCells;
};

type ChangesAsked = {
  /** What is added alone, or changed alone; null: both. */
  readonly added: boolean | null;
  /** null: from the first. */
  readonly after: ChangePlace | null;
  readonly skip: number;
  readonly limit: number;
};

export async function listDifference(
  handle: Handle,
  staged: Staged,
  { added, after, skip, limit }: ChangesAsked,
): Promise<readonly Change[]> {
  const { from, about, cells } = KINDS[staged.kind].difference;
  const side = (at: 0 | 1) => Object.entries(cells).map(([cell, sides]) => `'${cell}', ${sides[at]}`);
  const { rows } = await handle.sql.raw(
    `select l.line, noted.added, concat_ws(', ', ${about.join(', ')}) as about,
       json_build_object(${side(0).join(', ')}) as before, json_build_object(${side(1).join(', ')}) as after
     from ${from} join (
       select c.added, c.line from import_change c where c.caisse_id = :caisse and c.import_id = :import
         ${added === null ? '' : 'and c.added = :added'}
         ${after === null ? '' : 'and (c.added, c.line) > (:afterAdded, :afterLine)'}
       order by c.added, c.line offset :skip limit :limit
     ) noted on noted.line = l.line
     where ${LINES} order by noted.added, l.line`,
    {
      ...bound(handle, staged),
      ...{ added, skip, limit },
      ...{ afterAdded: after?.added ?? null, afterLine: after?.line ?? null },
    },
  );
  return rows;
}

const BITE = 1_000;

/** All of it, without holding it. */
export async function* eachChange(handle: Handle, staged: Staged): AsyncGenerator<readonly Change[]> {
  let after: ChangePlace | null = null;
  for (;;) {
    const bite: readonly Change[] = await listDifference(handle, staged, {
      ...{ added: null, after, skip: 0 },
      limit: BITE,
    });
    if (bite.length > 0) yield bite;
    after = bite.at(-1) ?? null;
    if (bite.length < BITE) return;
  }
}
