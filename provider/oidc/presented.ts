/**
 * What a request presents, read at one go: its code or token, the grant and the rights under it. The library asks for
 * these one after the other, and for a token of each kind that it might be; each is handed to it once, and whatever it
 * asks for again is read again.
 */
import type { IncomingMessage } from 'node:http';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import { type Artifact, findArtifact } from '../store/artifacts.ts';
import type { Handle } from '../store/handle.ts';
import { type GrantRead, readToken, type TokenRead } from '../store/token-reading.ts';
import { perRequest } from '../tenant/per-request.ts';
import { findAsked } from './asked.ts';
import { bringHolding } from './holding.ts';
import { findForDetails } from './interaction-details.ts';

/** What the library is dealing with, as its own context; undefined outside its own routes. */
export const contextNow = (): KoaContextWithOIDC | undefined =>
  Provider.ctx as KoaContextWithOIDC | undefined;

/** The request that the library is dealing with; undefined outside its own routes. */
export const requestNow = (): IncomingMessage | undefined => contextNow()?.req as IncomingMessage | undefined;

const KINDS = new Set(['AccessToken', 'AuthorizationCode', 'ClientCredentials', 'RefreshToken']);

type Asking = { readonly kinds: string[]; readonly answer: Promise<TokenRead | undefined> };

const asking = perRequest<Map<string, Asking>>();
const grants = perRequest<GrantRead>();

export async function findPresented(
  store: Handle,
  kind: string,
  id: string,
  now: Instant,
): Promise<Artifact | undefined> {
  const request = requestNow();
  if (request && KINDS.has(kind)) return findToken({ store, request, now }, kind, id);
  const grant = request && grants.get(request);
  if (kind === 'Grant' && grant?.id === id) {
    grants.delete(request as IncomingMessage);
    return grant.artifact;
  }
  const found = request
    ? await findAsked(contextNow() as KoaContextWithOIDC, store, [kind, id], now)
    : await findForDetails(store, [kind, id], now);
  return found ? found.artifact : findArtifact(store, kind, id, now);
}

type Desk = { readonly store: Handle; readonly request: IncomingMessage; readonly now: Instant };

async function findToken(desk: Desk, kind: string, id: string): Promise<Artifact | undefined> {
  const found = await askedTogether(desk, kind, id);
  if (found?.kind !== kind) return undefined;
  const { grant } = found;
  if (grant) {
    grants.set(desk.request, grant);
    const { accountId, siteId, holding } = grant;
    if (accountId !== null)
      bringHolding(desk.request, accountId, siteId === null ? null : { siteId }, holding);
  }
  return found;
}

/** What is asked for at one go, before anything is awaited, is one query. */
function askedTogether(
  { store, request, now }: Desk,
  kind: string,
  id: string,
): Promise<TokenRead | undefined> {
  const known = asking.get(request) ?? new Map<string, Asking>();
  asking.set(request, known);
  const together = known.get(id);
  if (together) {
    together.kinds.push(kind);
    return together.answer;
  }
  const kinds = [kind];
  const answer = Promise.resolve().then(() => {
    known.delete(id);
    return readToken(store, kinds, id, now);
  });
  known.set(id, { kinds, answer });
  return answer;
}
