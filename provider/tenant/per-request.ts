/**
 * What rooms note of a request while it is dealt with. It stands on the request itself: of a weak map V8's young
 * collections take every value for living, so that whatever was noted is copied to the old generation.
 */
import type { IncomingMessage } from 'node:http';

export type PerRequest<T> = {
  readonly get: (request: IncomingMessage) => T | undefined;
  readonly has: (request: IncomingMessage) => boolean;
  readonly set: (request: IncomingMessage, value: T) => void;
  readonly delete: (request: IncomingMessage) => void;
};

/** As a weak map of requests would be used. */
export function perRequest<T>(): PerRequest<T> {
  const key = Symbol('noted');
  type Noted = { [key]?: T | undefined };
  return {
    get: (request) => (request as Noted)[key],
    has: (request) => (request as Noted)[key] !== undefined,
    set: (request, value) => {
      (request as Noted)[key] = value;
    },
    delete: (request) => {
      (request as Noted)[key] = undefined;
    },
  };
}
