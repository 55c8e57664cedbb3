/**
 * What a request writes together with its session, at its end and in one statement: what it has made in it, that the
 * session's former id and the interaction that has just ended are gone, and the note of a sign-in. The library asks for
 * each by itself, and answers nobody before the session is saved.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { NewArtifact } from '../store/artifacts.ts';
import type { Saving, SessionNote } from '../store/session-saving.ts';
import { perRequest } from '../tenant/per-request.ts';
import { scopeOf } from '../tenant/scope.ts';
import { contextNow } from './presented.ts';

type Gone = NonNullable<Saving['gone']>;
type Interaction = NonNullable<KoaContextWithOIDC['oidc']['entities']['Interaction']>;

const coming = perRequest<NewArtifact[]>();
const leaving = perRequest<Gone>();
/** The one that a person comes back with; the library forgets it for the one of his next step. */
const resumed = perRequest<Interaction>();

const MADE_IN_SESSIONS = new Set(['Grant', 'AuthorizationCode', 'Interaction']);

/** @returns true when it need not be saved now: the session that is about to be saved brings it along. */
export function comesWithSession(artifact: NewArtifact): boolean {
  const ctx = contextNow();
  const route = ctx?.oidc?.route;
  if (!ctx || (route !== 'authorization' && route !== 'resume') || !MADE_IN_SESSIONS.has(artifact.kind))
    return false;
  const session = ctx.oidc.session as Saved | undefined;
  const isSaved = session?.accountId !== undefined && (!session.new || session.touched);
  if (!isSaved || (artifact.sessionUid ?? session.uid) !== session.uid) return false;
  coming.set(ctx.req, [...(coming.get(ctx.req) ?? []), artifact]);
  return true;
}

/** As the library's session handler looks at it when it decides whether to save. */
type Saved = {
  readonly uid: string;
  readonly accountId?: string;
  readonly new?: boolean;
  readonly touched?: boolean;
};

/** @returns true when it need not be deleted now: the session that is about to be saved takes it along. */
export function leavesWithSession(kind: string, id: string): boolean {
  const ctx = contextNow();
  if (
    !ctx?.oidc ||
    !(kind === 'Session' ? isFormerId(ctx, id) : kind === 'Interaction' && isResumed(ctx, id))
  )
    return false;
  leaving.set(ctx.req, { ...leaving.get(ctx.req), [kind]: id });
  return true;
}

const isFormerId = ({ oidc }: KoaContextWithOIDC, id: string): boolean =>
  (oidc.session as { oldId?: string } | undefined)?.oldId === id;

/** Whoever comes back has his session saved when there was one, or when he has just signed in. */
function isResumed({ req, oidc }: KoaContextWithOIDC, id: string): boolean {
  const { Interaction: interaction } = oidc.entities;
  if (oidc.route !== 'resume' || interaction?.jti !== id) return false;
  resumed.set(req, interaction);
  const { login, error } = interaction.result ?? {};
  return !(oidc.session as Saved | undefined)?.new || (login !== undefined && error === undefined);
}

type Written = Pick<Saving, 'gone' | 'note'> & { readonly made: readonly NewArtifact[] };

export function writtenWithSession(): Written {
  const ctx = contextNow();
  if (!ctx) return { made: [] };
  const [made, gone] = [coming.get(ctx.req) ?? [], leaving.get(ctx.req) ?? {}];
  coming.delete(ctx.req);
  leaving.delete(ctx.req);
  return { made, gone, note: ctx.oidc ? noteOf(ctx) : null };
}

const MOST_USER_AGENT = 400;

/** People tell their sessions by it. null: nobody signs in, or only as he did at an earlier step of the same request. */
function noteOf(ctx: KoaContextWithOIDC): SessionNote | null {
  const { route, result, session } = ctx.oidc;
  if (route !== 'resume' || !result?.login || !session?.accountId || isRepeated(ctx)) return null;
  const { now, address } = scopeOf(ctx.req);
  return {
    accountId: session.accountId,
    userAgent: ctx.get('User-Agent').slice(0, MOST_USER_AGENT),
    address,
    signedInAt: now(),
  };
}

function isRepeated({ req, oidc }: KoaContextWithOIDC): boolean {
  const interaction = resumed.get(req);
  const before = interaction?.lastSubmission?.login;
  const { accountId, ts } = oidc.result?.login ?? {};
  const known = interaction?.session;
  return (
    before?.accountId === accountId &&
    before?.ts === ts &&
    known?.accountId === accountId &&
    known?.uid === oidc.session?.uid
  );
}
