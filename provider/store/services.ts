/** The services of a caisse as its supervisors keep them; every node hears of a change by the table's trigger. */
import type { ClientRow } from './caisses.ts';
import type { Handle } from './handle.ts';

const COLUMNS = {
  clientId: 'client_id',
  metadata: 'metadata',
  secret: 'secret',
  thirdParty: 'third_party',
  defaultService: 'default_service',
};

export const findService = ({ caisseId, sql }: Handle, clientId: string): Promise<ClientRow | undefined> =>
  sql('client').first(COLUMNS).where({ caisse_id: caisseId, client_id: clientId });

/** Likewise, and no service of the caisse changes until the act has committed: of two clicks the second sees the first. */
export async function lockService(
  { caisseId, sql }: Handle,
  clientId: string,
): Promise<ClientRow | undefined> {
  await sql('caisse').select('id').where({ id: caisseId }).forNoKeyUpdate();
  return sql('client').first(COLUMNS).where({ caisse_id: caisseId, client_id: clientId }).forUpdate();
}

export async function updateService({ caisseId, sql }: Handle, service: ClientRow): Promise<void> {
  await sql('client')
    .where({ caisse_id: caisseId, client_id: service.clientId })
    .update({
      metadata: JSON.stringify(service.metadata),
      secret: service.secret,
      third_party: service.thirdParty,
      default_service: service.defaultService,
    });
}

/** Makes room for another one. @returns the id of the service that was the default, if any. */
export async function clearDefaultService({ caisseId, sql }: Handle): Promise<string | null> {
  const [former] = await sql('client')
    .where({ caisse_id: caisseId, default_service: true })
    .update({ default_service: false })
    .returning('client_id');
  return (former?.client_id as string | undefined) ?? null;
}

/** With all that it was given: grants, codes, tokens, what people consented to. @returns how many grants ended. */
export async function removeService({ caisseId, sql }: Handle, clientId: string): Promise<number> {
  const ofService = { caisse_id: caisseId, client_id: clientId };
  const grants = await sql('oidc_artifact')
    .where({ ...ofService, kind: 'Grant' })
    .delete();
  await sql('oidc_artifact').where(ofService).delete();
  await sql('client').where(ofService).delete();
  return grants;
}
