/** A closed caisse lets nobody in but its own people, and gives nothing of what it gave before to anybody else. */
import type { IncomingMessage } from 'node:http';
import { isClosed, sessionsValidFrom } from '../domain/closure.ts';
import type { Instant } from '../domain/instant.ts';
import { scopeOf } from '../tenant/scope.ts';

type Person = { readonly staffRole: string | null };

export function isShutFor(req: IncomingMessage, { staffRole }: Person): boolean {
  const { caisse, now } = scopeOf(req);
  return staffRole === null && isClosed(caisse.settings.closure, now());
}

/** From when on sessions of that person count: none outlives the beginning of a closure. */
export function sessionsCountFrom(
  req: IncomingMessage,
  person: Person & { readonly sessionsValidFrom: Instant | null },
): Instant | null {
  const { caisse, now } = scopeOf(req);
  if (person.staffRole !== null) return person.sessionsValidFrom;
  return sessionsValidFrom(person.sessionsValidFrom, { closure: caisse.settings.closure, now: now() });
}
