/** A closed caisse lets nobody in but its own people, and what anybody else held before it closed is over for good. */
import type { IncomingMessage } from 'node:http';
import { endedBefore, isClosed } from '../domain/closure.ts';
import type { Instant } from '../domain/instant.ts';
import { scopeOf } from '../tenant/scope.ts';

type Person = { readonly staffRole: string | null };

export function isShutFor(req: IncomingMessage, { staffRole }: Person): boolean {
  const { caisse, now } = scopeOf(req);
  return staffRole === null && isClosed(caisse.settings.closure, now());
}

function accessEndedAt(req: IncomingMessage, { staffRole }: Person): Instant | null {
  const { caisse, now } = scopeOf(req);
  return staffRole === null ? endedBefore(caisse.settings, now()) : null;
}

/** From when on sessions of that person count: of two reasons, the later one. */
export function sessionsCountFrom(
  req: IncomingMessage,
  person: Person & { readonly sessionsValidFrom: Instant | null },
): Instant | null {
  const ended = accessEndedAt(req, person);
  return ended === null ? person.sessionsValidFrom : Math.max(person.sessionsValidFrom ?? 0, ended);
}

/** Of a code or token of a sign-in at `authTime` (seconds): worth nothing while the caisse is closed, nor ever if it is of before. */
export function isDeadByClosure(req: IncomingMessage, person: Person, authTime: number | undefined): boolean {
  if (isShutFor(req, person)) return true;
  const ended = accessEndedAt(req, person);
  return ended !== null && (authTime ?? 0) * 1000 < ended;
}
