/** Where a caisse and its services are reached, when that changes: a demo that moves to another port. */
import type { Database } from './database.ts';
import type { Handle } from './handle.ts';

export async function moveIssuer(sql: Database, caisseId: string, issuer: string): Promise<void> {
  await sql('caisse').where({ id: caisseId }).update({ issuer });
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
