/**
 * The library's storage, on PostgreSQL, for one caisse. Services are in memory (they are announced when they
 * change); everything else is an artifact. What may win once (codes, rotated refresh tokens, pushed requests, proofs)
 * is consumed by one atomic statement, and a loser revokes the whole family (RFC 9700 §4.14.2).
 */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import {
  type Artifact,
  consumeArtifact,
  deleteArtifact,
  deleteArtifactsOfGrant,
  findArtifact,
  insertArtifactOnce,
  type NewArtifact,
  revokeGrant,
  saveArtifact,
  saveArtifactAgain,
} from '../store/artifacts.ts';
import type { Handle } from '../store/handle.ts';
import { saveInSession } from '../store/session-saving.ts';
import { siteDetailOf } from './grants.ts';
import { findSession } from './interaction-details.ts';
import { findPresented } from './presented.ts';
import { noteFamilyEnded, noteSpent } from './replays.ts';
import { comesWithSession, leavesWithSession, writtenWithSession } from './session-writing.ts';

export type AdapterOptions = { readonly store: Handle; readonly now: () => Instant };

export const makeAdapter =
  (options: AdapterOptions) =>
  (kind: string): Adapter =>
    kind === 'Client' ? NO_MORE_CLIENTS : artifactAdapter(kind, options);

const readOnly = async (): Promise<never> => {
  throw new Error('services are registered in the store, not through the library');
};
const none = async (): Promise<undefined> => undefined;

/** The library is given them all when an issuer is made, and asks here for those that it does not know. */
const NO_MORE_CLIENTS: Adapter = {
  find: none,
  findByUid: none,
  findByUserCode: none,
  upsert: readOnly,
  consume: readOnly,
  destroy: readOnly,
  revokeByGrantId: readOnly,
};

/** NUL and halves of surrogate pairs, as JSON writes them: jsonb has neither, and whoever sends one is no person. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function isStorable(payload: AdapterPayload): boolean {
  const json = JSON.stringify(payload);
  return !json.includes('\\u') || !UNSTORABLE.test(json);
}

function artifactAdapter(kind: string, { store, now }: AdapterOptions): Adapter {
  return {
    async upsert(id, payload, expiresIn = 0) {
      if (!isStorable(payload)) throw new errors.InvalidRequest('NUL is no character');
      const artifact = toArtifact({ kind, id, payload, expiresAt: now() + expiresIn * 1000 });
      const { uid, sessionUid } = artifact;
      if (uid !== null) {
        const { made, ...besides } = writtenWithSession();
        return saveInSession(store, [artifact, ...made], { uid, ...besides });
      }
      if (comesWithSession(artifact)) return;
      if (sessionUid !== null) return saveInSession(store, [artifact], { uid: sessionUid });
      if (endsAlone(kind, payload)) return saveEnding(store, artifact, now());
      if (kind !== 'ReplayDetection') return saveArtifact(store, artifact);
      if (!(await insertArtifactOnce(store, artifact)))
        throw new errors.InvalidRequest('this proof was already used');
    },
    async find(id) {
      const payload = toPayload(await findPresented(store, kind, id, now()), id);
      if (payload?.consumed) noteSpent(kind, payload);
      return payload;
    },
    async findByUid(uid) {
      return toPayload(await findSession(store, uid, now()));
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      if (await consumeArtifact(store, kind, id, now())) return;
      await refuseSecondUse(store, kind, id, now());
    },
    async destroy(id) {
      if (!leavesWithSession(kind, id)) await deleteArtifact(store, kind, id);
    },
    revokeByGrantId: (grantId) => deleteArtifactsOfGrant(store, kind, grantId),
  };
}

/** Of one that began with a grant, the end of that grant (a newcomer's sign-in) takes the interaction along: it comes back. */
const endsAlone = (kind: string, { result, grantId }: AdapterPayload): boolean =>
  kind === 'Interaction' && result !== undefined && grantId === undefined;

/** It was read a while ago (a password was hashed since): what is gone by now does not come back. */
async function saveEnding(store: Handle, interaction: NewArtifact, now: Instant): Promise<void> {
  if (!(await saveArtifactAgain(store, interaction, now)))
    throw new errors.SessionNotFound('interaction session not found');
}

async function refuseSecondUse(store: Handle, kind: string, id: string, now: Instant): Promise<never> {
  if (kind === 'PushedAuthorizationRequest') {
    throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
  }
  const payload = toPayload(await findArtifact(store, kind, id, now));
  if (payload?.grantId !== undefined) {
    noteSpent(kind, payload);
    noteFamilyEnded();
    await revokeGrant(store, payload.grantId);
  }
  throw new errors.InvalidGrant('grant request is invalid');
}

function toArtifact(from: {
  readonly kind: string;
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly expiresAt: Instant;
}): NewArtifact {
  const isGrant = from.kind === 'Grant';
  const detail = isGrant ? siteDetailOf(from.payload) : undefined;
  return {
    kind: from.kind,
    id: from.id,
    // A grant's id is no bearer secret and is wanted back; the ids of all the rest exist only as hashes.
    payload: isGrant ? from.payload : withoutIds(from.payload, from.id),
    grantId: from.payload.grantId ?? null,
    accountId: from.payload.accountId ?? null,
    clientId: from.payload.clientId ?? null,
    siteId: detail?.siteId ?? null,
    sessionUid: detail?.sessionUid ?? null,
    uid: from.kind === 'Session' ? (from.payload.uid ?? null) : null,
    expiresAt: from.expiresAt,
  };
}

const UID = '{uid}';

/** An interaction repeats its own id in the address that it returns to, and the one of its session for nobody. */
function withoutIds({ jti: _, session, returnTo, ...rest }: AdapterPayload, id: string): AdapterPayload {
  const { cookie, ...told } = session ?? {};
  return {
    ...rest,
    ...(session === undefined ? {} : { session: told }),
    ...(returnTo === undefined ? {} : { returnTo: returnTo.replace(id, UID) }),
  } as AdapterPayload;
}

function toPayload(artifact: Artifact | undefined, id?: string): AdapterPayload | undefined {
  if (!artifact) return undefined;
  const payload = artifact.payload as AdapterPayload;
  const { returnTo } = payload;
  return {
    ...payload,
    ...(id === undefined ? {} : { jti: id }),
    ...(id === undefined || returnTo === undefined ? {} : { returnTo: returnTo.replace(UID, id) }),
    ...(artifact.consumedAt === null ? {} : { consumed: Math.floor(artifact.consumedAt / 1000) }),
  };
}
