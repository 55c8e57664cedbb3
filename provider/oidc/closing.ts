/**
 * The beginning of a planned closure, carried out: people's sessions and all that services hold of theirs go, and
 * services hear of it by back channel. Nothing waits for it: since the moment itself all of that is worth nothing
 * (closure.ts), so that a process which dies leaves no door open.
 */
import type { Provider } from 'oidc-provider';
import { endedBefore } from '../domain/closure.ts';
import type { Instant } from '../domain/instant.ts';
import { appendAudit } from '../store/audit.ts';
import { endGrantsBefore, listSessionsBefore } from '../store/closed-sessions.ts';
import { type Handle, transaction } from '../store/handle.ts';
import { type EndedSession, endSessions } from '../store/sessions.ts';
import type { Caisse } from '../tenant/directory.ts';
import { LIFETIME } from './contract.ts';
import { tellServices } from './sessions.ts';

/** At once, and services told at once. */
const BATCH = 50;

export type Closing = {
  readonly caisse: Pick<Caisse, 'settings'>;
  readonly store: Handle;
  readonly provider: Provider;
  readonly now: Instant;
};

type Ended = { readonly accountId: string; readonly sessions: readonly EndedSession[] };

/** Any number of processes may do it: each session is ended, and told, by one. @returns how many sessions went. */
export async function endClosedAccess({ caisse, store, provider, now }: Closing): Promise<number> {
  const before = endedBefore(caisse.settings, now);
  // Nothing lives longer.
  if (before === null || now > before + (LIFETIME.grant + LIFETIME.session) * 1000) return 0;
  let gone = 0;
  for (;;) {
    const ended = await endBatch(store, before, now);
    const sessions = ended.reduce((sum, one) => sum + one.sessions.length, 0);
    if (sessions === 0) break;
    gone += sessions;
    await Promise.all(ended.map((one) => tellServices(provider, one.accountId, one.sessions)));
  }
  await endGrantsBefore(store, before);
  return gone;
}

const endBatch = (store: Handle, before: Instant, now: Instant): Promise<Ended[]> =>
  transaction(store, async (inside) => {
    const ended: Ended[] = [];
    for (const { accountId, uid } of await listSessionsBefore(inside, before, BATCH))
      ended.push({ accountId, sessions: await endSessions(inside, accountId, { only: uid }, now) });
    const sessions = ended.reduce((sum, one) => sum + one.sessions.length, 0);
    if (sessions > 0)
      await appendAudit(inside, { kind: 'closure_ended_sessions', at: now, facts: { sessions } });
    return ended;
  });
