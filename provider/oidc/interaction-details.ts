/**
 * An interaction as our own screens ask the library for it: the session that it began in, which the library compares
 * with it, is read with it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import { type Artifact, findSessionByUid } from '../store/artifacts.ts';
import type { Handle } from '../store/handle.ts';
import { type InteractionRead, readInteraction } from '../store/interaction-reading.ts';

export type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

const readings = new AsyncLocalStorage<{ read?: InteractionRead | undefined }>();

/** @throws SessionNotFound when there is none (any more) for this browser and address, or its session is over. */
export const interactionDetails = ({ req, res }: Context, provider: Provider): Promise<Details> =>
  readings.run({}, () => provider.interactionDetails(req, res));

/** null: nobody asks for the details of one. */
export async function findForDetails(
  store: Handle,
  [kind, id]: readonly [kind: string, id: string],
  now: Instant,
): Promise<{ readonly artifact: Artifact | undefined } | null> {
  const reading = readings.getStore();
  if (!reading || kind !== 'Interaction') return null;
  reading.read = await readInteraction(store, id, now);
  return { artifact: reading.read?.interaction };
}

export async function findSession(store: Handle, uid: string, now: Instant): Promise<Artifact | undefined> {
  const read = readings.getStore()?.read;
  if (read?.sessionUid !== uid) return findSessionByUid(store, uid, now);
  return read.session ?? undefined;
}
