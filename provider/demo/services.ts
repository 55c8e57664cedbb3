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

/** As the files name them. */
export const USUAL = { portal: 'http://localhost:3001', api: 'http://localhost:3002' } as const;

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

function readRegistrations(caisseId: string, addresses: DemoAddresses): Registration[] {
  const text = readFileSync(join(DIRECTORY, `${caisseId}.json`), 'utf8')
    .replaceAll(USUAL.portal, addresses.portal)
    .replaceAll(USUAL.api, addresses.api);
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

/** Registers what is missing. What is there belongs to the caisse's supervisors, who may have changed it. */
export async function registerServices(store: Handle, addresses: DemoAddresses, make: Maker): Promise<void> {
  const known = new Set((await listClients(store)).map(({ clientId }) => clientId));
  for (const { confidential, ...registration } of readRegistrations(store.caisseId, addresses)) {
    if (known.has(registration.clientId)) continue;
    const secret = confidential ? make.random(32).toString('base64url') : null;
    await registerClient(store, { ...registration, secret }, make);
  }
}

export type Moved = { readonly from: string; readonly to: string };

/** Addresses at an origin where the demo was become those where it is; all else stays as it is. */
export async function moveServices(store: Handle, moves: readonly Moved[]): Promise<void> {
  for (const { clientId, metadata } of await listClients(store)) {
    const moved = movedIn(metadata, moves) as typeof metadata;
    if (!isDeepStrictEqual(moved, metadata)) await rewriteClientMetadata(store, clientId, moved);
  }
}

function movedIn(value: unknown, moves: readonly Moved[]): unknown {
  if (Array.isArray(value)) return value.map((one) => movedIn(one, moves));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, movedIn(one, moves)]));
  if (typeof value !== 'string') return value;
  const move = moves.find(({ from }) => value === from || value.startsWith(`${from}/`));
  return move ? move.to + value.slice(move.from.length) : value;
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
