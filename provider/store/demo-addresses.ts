/** Where a caisse and its services are reached, when that changes: a demo that moves to another port. */
import type { Database } from './database.ts';
import type { Handle } from './handle.ts';

export async function moveIssuer(sql: Database, caisseId: string, issuer: string): Promise<void> {
  await sql('caisse').where({ id: caisseId }).update({ issuer });
}

/** Origins of the last start, by what is there; empty before the first. */
export async function listDemoAddresses(sql: Database): Promise<Readonly<Record<string, string>>> {
  const rows: readonly { what: string; origin: string }[] = await sql('demo_address').select(
    'what',
    'origin',
  );
  return Object.fromEntries(rows.map(({ what, origin }) => [what, origin]));
}

export async function keepDemoAddresses(
  sql: Database,
  addresses: Readonly<Record<string, string>>,
): Promise<void> {
  const rows = Object.entries(addresses).map(([what, origin]) => ({ what, origin }));
  await sql('demo_address').insert(rows).onConflict('what').merge();
}

export async function rewriteClientMetadata(
  { caisseId, sql }: Handle,
  clientId: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  await sql('client')
    .where({ caisse_id: caisseId, client_id: clientId })
    .update({ metadata: JSON.stringify(metadata) });
}
