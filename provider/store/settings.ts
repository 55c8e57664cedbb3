/** What a caisse decides for itself, read and rewritten; every node hears of it by the table's trigger. */
import type { CaisseRow } from './caisses.ts';
import type { Handle } from './handle.ts';

export type Decided = Pick<CaisseRow, 'name' | 'settings'>;

/** Fresh from the database: the tenant directory hears of a change only a moment later. */
export const readDecided = ({ caisseId, sql }: Handle): Promise<Decided> =>
  sql('caisse').first('name', 'settings').where({ id: caisseId });

/** To be rewritten. Rows of the caisse go on being written meanwhile: an import may take minutes over its own. */
export const lockDecided = ({ caisseId, sql }: Handle): Promise<Decided> =>
  sql('caisse').first('name', 'settings').where({ id: caisseId }).forNoKeyUpdate();

export async function writeDecided({ caisseId, sql }: Handle, { name, settings }: Decided): Promise<void> {
  await sql('caisse')
    .where({ id: caisseId })
    .update({ name, settings: JSON.stringify(settings) });
}
