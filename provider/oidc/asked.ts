/**
 * What an authorization request stands on, read at one go when the library asks for its session or for the interaction
 * that it goes on from: it asks for the rest one after the other. Each artifact is handed to it once; whatever it
 * asks for again is read again.
 */
import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import type { Artifact, ArtifactPayload, GrantKey } from '../store/artifacts.ts';
import { type AskingRead, readAuthorization } from '../store/authorization-reading.ts';
import type { Gates } from '../store/gates.ts';
import type { Handle } from '../store/handle.ts';
import { perRequest } from '../tenant/per-request.ts';
import { LIFETIME } from './contract.ts';
import { bringHolding } from './holding.ts';

type Brought = {
  /** By kind and id; undefined: there is none. */
  readonly artifacts: Map<string, Artifact | undefined>;
  readonly read: AskingRead;
};

const brought = perRequest<Brought>();

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

export async function findAsked(
  ctx: KoaContextWithOIDC,
  store: Handle,
  [kind, id]: readonly [kind: string, id: string],
  now: Instant,
): Promise<{ readonly artifact: Artifact | undefined } | null> {
  const begins = (kind === 'Session' || kind === 'Interaction') && !brought.has(ctx.req);
  if (begins) await read(ctx, store, [kind, id], now);
  const artifacts = brought.get(ctx.req)?.artifacts;
  const key = keyOf(kind, id);
  if (!artifacts?.has(key)) return null;
  const artifact = artifacts.get(key);
  artifacts.delete(key);
  return { artifact };
}

type Told = {
  readonly params?: { readonly uid?: string };
  readonly query: Readonly<Record<string, unknown>>;
};

/** The library looks at it later only. PostgreSQL has no text with a NUL, and nothing is called so. */
const text = (value: unknown): string | null =>
  typeof value === 'string' && !value.includes('\0') ? value : null;

async function read(
  ctx: KoaContextWithOIDC,
  store: Handle,
  [kind, id]: readonly [string, string],
  now: Instant,
): Promise<void> {
  const { params, query } = ctx as unknown as Told;
  const { route } = ctx.oidc;
  if (route !== 'authorization' && route !== 'resume') return;
  const sessionId = kind === 'Session' ? id : null;
  const interactionId = kind === 'Interaction' ? id : route === 'resume' ? text(params?.uid) : null;
  const found = await readAuthorization(store, {
    sessionId,
    interactionId,
    clientId: text(query.client_id),
    siret: text(query.siret_hint),
    now,
    until: now + LIFETIME.refreshToken * 1000,
  });
  brought.set(ctx.req, { artifacts: artifactsOf(found, { sessionId, interactionId }), read: found });
  const { accountId, holding, siteId } = found;
  if (accountId === null || siteId === null) return;
  bringHolding(ctx.req, accountId, { siteId }, holding);
  if (holding?.site) bringHolding(ctx.req, accountId, { siret: holding.site.siret }, holding);
}

type Ids = { readonly sessionId: string | null; readonly interactionId: string | null };

function artifactsOf({ session, interaction, ...found }: AskingRead, { sessionId, interactionId }: Ids) {
  const artifacts: Brought['artifacts'] = new Map();
  const bring = (kind: string, id: unknown, payload: ArtifactPayload | null) =>
    typeof id === 'string' &&
    artifacts.set(keyOf(kind, id), payload ? { payload, consumedAt: null } : undefined);
  bring('Session', sessionId, session);
  bring('Interaction', interactionId, interaction);
  for (const grant of [found.previous, found.lasting]) bring('Grant', grant?.jti, grant);
  return artifacts;
}

/** Of the person whom the request brought, and as often as it is asked: the gates of one request see one picture. */
export function broughtGates(req: IncomingMessage, accountId: string): Gates | null {
  const read = brought.get(req)?.read;
  return read?.accountId === accountId ? read.gates : null;
}

/** `known` false: it was not looked for. */
export function broughtGrantId(
  req: IncomingMessage,
  { accountId, clientId, sessionUid, siteId }: GrantKey,
): { readonly known: boolean; readonly id?: string } {
  const read = brought.get(req)?.read;
  const isAsked =
    siteId !== null &&
    read?.siteId === siteId &&
    read.accountId === accountId &&
    read.clientId === clientId &&
    read.sessionUid === sessionUid;
  if (!isAsked) return { known: false };
  const id = read.lasting?.jti;
  return typeof id === 'string' ? { known: true, id } : { known: true };
}
