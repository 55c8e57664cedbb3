/** What every handler gets: the caisse that the request is for, its store, the clock, chance, and who asks. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Instant } from '../domain/instant.ts';
import type { Random, Sealer } from '../domain/seal.ts';
import type { Handle } from '../store/handle.ts';
import type { Outbox } from '../store/outbox.ts';
import type { Throttle } from '../store/throttle.ts';
import type { Caisse } from './directory.ts';
import type { PasswordHasher } from './passwords.ts';
import { perRequest } from './per-request.ts';

export type Scope = {
  readonly caisse: Caisse;
  readonly store: Handle;
  /** For what must be told by mail, SMS or post: announced in the transaction of the fact. */
  readonly outbox: Outbox;
  readonly now: () => Instant;
  readonly random: Random;
  /** For secrets that must be readable again; hash those that need not. */
  readonly sealer: Sealer;
  readonly passwords: PasswordHasher;
  readonly throttle: Throttle;
  readonly log: Logger;
  readonly requestId: string;
  /** Network address of the caller, as the trusted proxy tells it. */
  readonly address: string;
};

const scopes = perRequest<Scope>();

/** The protocol library makes a context of its own for the same request; the scope follows by the request. */
export const bindScope = (request: IncomingMessage, scope: Scope): void => scopes.set(request, scope);

/** undefined outside any caisse, as on the page that says that there is none. */
export const findScope = (request: IncomingMessage): Scope | undefined => scopes.get(request);

/** @throws outside a caisse: a handler that needs one was mounted in the wrong place. */
export function scopeOf(request: IncomingMessage): Scope {
  const scope = findScope(request);
  if (!scope) throw new Error('this request belongs to no caisse');
  return scope;
}
