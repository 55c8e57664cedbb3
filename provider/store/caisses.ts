/** Caisses with their keys and services: written once by founding, read whole into memory by the tenant directory. */
import type { Knex } from 'knex';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type CaisseRow = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly timeZone: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cookieKeys: Buffer;
};

export type SigningKeyRow = {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256';
  readonly status: 'next' | 'current' | 'previous';
  readonly privateJwk: Buffer;
};

export type ClientRow = {
  readonly clientId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secret: Buffer | null;
  readonly thirdParty: boolean;
  readonly defaultService: boolean;
};

const CAISSE_COLUMNS = {
  id: 'id',
  name: 'name',
  issuer: 'issuer',
  timeZone: 'time_zone',
  settings: 'settings',
  cookieKeys: 'cookie_keys',
};

export const listCaisses = (sql: Knex): Promise<CaisseRow[]> =>
  sql('caisse').select(CAISSE_COLUMNS).orderBy('id');

export async function insertCaisse(sql: Knex, caisse: CaisseRow, now: Instant): Promise<void> {
  await sql('caisse').insert({
    id: caisse.id,
    name: caisse.name,
    issuer: caisse.issuer,
    time_zone: caisse.timeZone,
    settings: JSON.stringify(caisse.settings),
    cookie_keys: caisse.cookieKeys,
    created_at: timestamp(now),
  });
}

/** Every key that must be published: the one that signs, the one to come, those whose tokens still live. */
export const listSigningKeys = ({ caisseId, sql }: Handle): Promise<SigningKeyRow[]> =>
  sql('signing_key')
    .select({ kid: 'kid', alg: 'alg', status: 'status', privateJwk: 'private_jwk' })
    .where({ caisse_id: caisseId })
    .orderByRaw(`array_position(array['current','previous','next'], status), created_at desc, kid`);

export async function insertSigningKey(
  { caisseId, sql }: Handle,
  key: SigningKeyRow,
  now: Instant,
): Promise<void> {
  await sql('signing_key').insert({
    caisse_id: caisseId,
    kid: key.kid,
    alg: key.alg,
    status: key.status,
    private_jwk: key.privateJwk,
    created_at: timestamp(now),
  });
}

export const listClients = ({ caisseId, sql }: Handle): Promise<ClientRow[]> =>
  sql('client')
    .select({
      clientId: 'client_id',
      metadata: 'metadata',
      secret: 'secret',
      thirdParty: 'third_party',
      defaultService: 'default_service',
    })
    .where({ caisse_id: caisseId })
    .orderBy('client_id');

export async function insertClient(
  { caisseId, sql }: Handle,
  client: ClientRow,
  now: Instant,
): Promise<void> {
  await sql('client').insert({
    caisse_id: caisseId,
    client_id: client.clientId,
    metadata: JSON.stringify(client.metadata),
    secret: client.secret,
    third_party: client.thirdParty,
    default_service: client.defaultService,
    created_at: timestamp(now),
  });
}
