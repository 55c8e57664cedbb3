/**
 * The services registered at a caisse of the demo, as clients/registrations says. Their secrets are made here and
 * kept sealed in the database alone; later starts open them again for the portal and the page /dev.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Sealer } from '../domain/seal.ts';
import { clientSecretContext, type Maker, type NewClient, registerClient } from '../oidc/founding.ts';
import { listClients } from '../store/caisses.ts';
import { rewriteClientMetadata } from '../store/demo-addresses.ts';
import type { Handle } from '../store/handle.ts';
import type { DemoAddresses } from './addresses.ts';

const DIRECTORY = join(import.meta.dirname, '../../clients/registrations');

const Registrations = z.object({
  clients: z.array(
    z.looseObject({
      client_id: z.string(),
      token_endpoint_auth_method: z.string(),
      third_party: z.boolean(),
      default_service: z.boolean(),
    }),
  ),
});

type Registration = Omit<NewClient, 'secret'> & { readonly confidential: boolean };

/** The file names the portal and the API at their usual ports. */
function readRegistrations(caisseId: string, addresses: DemoAddresses): Registration[] {
  const text = readFileSync(join(DIRECTORY, `${caisseId}.json`), 'utf8')
    .replaceAll('http://localhost:3001', addresses.portal)
    .replaceAll('http://localhost:3002', addresses.api);
  return Registrations.parse(JSON.parse(text)).clients.map(
    ({ client_id, third_party, default_service, ...metadata }) => ({
      clientId: client_id,
      metadata,
      thirdParty: third_party,
      defaultService: default_service,
      confidential: metadata.token_endpoint_auth_method !== 'none',
    }),
  );
}

/** Registers what is missing and follows what has changed in the file or in the addresses; secrets stay. */
export async function registerServices(store: Handle, addresses: DemoAddresses, make: Maker): Promise<void> {
  const known = new Map((await listClients(store)).map((client) => [client.clientId, client]));
  for (const { confidential, ...registration } of readRegistrations(store.caisseId, addresses)) {
    const { clientId, metadata } = registration;
    const present = known.get(clientId);
    if (!present) {
      const secret = confidential ? make.random(32).toString('base64url') : null;
      await registerClient(store, { ...registration, secret }, make);
    } else if (!isDeepStrictEqual(present.metadata, metadata)) {
      await rewriteClientMetadata(store, clientId, metadata);
    }
  }
}

export type Service = {
  readonly clientId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secret: string | null;
  readonly thirdParty: boolean;
  readonly defaultService: boolean;
};

/** @throws when the secrets were sealed with another key. */
export async function openServices(store: Handle, sealer: Sealer): Promise<Service[]> {
  const clients = await listClients(store);
  return clients.map((client) => ({
    ...client,
    secret: client.secret && sealer.open(client.secret, clientSecretContext(store.caisseId, client.clientId)),
  }));
}
