/** What a caisse decides for itself, read and rewritten; every node hears of it by the table's trigger. */
import type { CaisseRow } from './caisses.ts';
import type { Handle } from './handle.ts';

export type Decided = Pick<CaisseRow, 'name' | 'settings'>;

/** Fresh from the database: the tenant directory hears of a change only a moment later. */
export const readDecided = ({ caisseId, sql }: Handle): Promise<Decided> =>
  sql('caisse').first('name', 'settings').where({ id: caisseId });

export const lockDecided = ({ caisseId, sql }: Handle): Promise<Decided> =>
  sql('caisse').first('name', 'settings').where({ id: caisseId }).forUpdate();

export async function writeDecided({ caisseId, sql }: Handle, { name, settings }: Decided): Promise<void> {
  await sql('caisse')
    .where({ id: caisseId })
    .update({ name, settings: JSON.stringify(settings) });
}
