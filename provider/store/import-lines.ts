/** The staged lines of a file, and what is wrong with it: written as the file comes, read in bites. */
import type { ImportFault, ImportLine } from '../domain/import.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

const FIELDS = `line, key, identifiant, siret, siren, reference, email, name, address, hash, given_name,
  family_name, colleges, levels, starts_at, ends_at`;

/** One statement a batch; JSON leaves out what a line does not have. */
export async function insertLines(
  { caisseId, sql }: Handle,
  importId: string,
  lines: readonly ImportLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const rows = lines.map((line) => ({
    ...line,
    ...(line.starts_at === undefined ? {} : { starts_at: timestamp(line.starts_at) }),
    ...(line.ends_at === undefined ? {} : { ends_at: timestamp(line.ends_at) }),
  }));
  await sql.raw(
    `insert into import_line (caisse_id, import_id, ${FIELDS})
     select :caisse, :import, ${FIELDS}
     from json_populate_recordset(null::import_line, :rows::json)`,
    { caisse: caisseId, import: importId, rows: JSON.stringify(rows) },
  );
}

export async function insertFaults(
  { caisseId, sql }: Handle,
  importId: string,
  faults: readonly ImportFault[],
): Promise<void> {
  if (faults.length === 0) return;
  await sql.raw(
    `insert into import_fault (caisse_id, import_id, line, code, about)
     select :caisse, :import, line, code, about
     from json_to_recordset(:rows::json) as given (line integer, code text, about text)`,
    { caisse: caisseId, import: importId, rows: JSON.stringify(faults) },
  );
}

export async function countFaults({ caisseId, sql }: Handle, importId: string): Promise<number> {
  const [row] = await sql('import_fault')
    .where({ caisse_id: caisseId, import_id: importId })
    .count({ n: '*' });
  return Number(row?.n ?? 0);
}

export type KeptFault = ImportFault & { readonly id: bigint };

/** By line, after that one; `null`: from the first. */
export async function listFaults(
  { caisseId, sql }: Handle,
  importId: string,
  { after, limit }: { readonly after: KeptFault | null; readonly limit: number },
): Promise<readonly KeptFault[]> {
  const query = sql('import_fault')
    .select('line', 'code', 'about', 'id')
    .where({ caisse_id: caisseId, import_id: importId })
    .orderBy(['line', 'id'])
    .limit(limit);
  return after === null ? query : query.whereRaw('(line, id) > (?, ?)', [after.line, after.id.toString()]);
}

const BITE = 2_000;

/** All of them, without holding them. */
export async function* eachFault(handle: Handle, importId: string): AsyncGenerator<readonly KeptFault[]> {
  let after: KeptFault | null = null;
  for (;;) {
    const bite: readonly KeptFault[] = await listFaults(handle, importId, { after, limit: BITE });
    if (bite.length > 0) yield bite;
    after = bite.at(-1) ?? null;
    if (bite.length < BITE) return;
  }
}

export async function deleteLines({ caisseId, sql }: Handle, importId: string): Promise<void> {
  for (const table of ['import_change', 'import_line'])
    await sql(table).delete().where({ caisse_id: caisseId, import_id: importId });
}
