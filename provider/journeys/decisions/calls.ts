/**
 * The transport of the decision API (AuthZEN Authorization API 1.0 §10.1): who calls, in JSON only, how a call that
 * cannot be answered is refused. An error body is one sentence; a decision that denies is no error.
 */
import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { retryAfter, textOf } from '../../http/errors.ts';
import type { Refusal } from '../../refusal.ts';
import { scopeFor } from '../web.ts';

/** Implemented beside the protocol library: the service that an access token speaks for, null when it is none of ours. */
export type CallerOf = (
  ctx: Context,
  token: string,
) => Promise<{ readonly clientId: string; readonly scopes: readonly string[] } | null>;

export const SCOPE = 'decisions';

export class CallRefused extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'CallRefused';
    this.status = status;
    this.headers = headers;
  }
}

export const badRequest = (message: string): CallRefused => new CallRefused(400, message);

/** Echoes the caller's reference (§10.1.3); ours stays in the log, which holds nothing that a caller chose. */
export const answering: Middleware = async (ctx, next) => {
  ctx.state.isDecisionCall = true;
  const reference = ctx.get('X-Request-ID');
  if (reference !== '') ctx.set('X-Request-ID', reference);
  ctx.set('Cache-Control', 'no-store');
  try {
    await next();
  } catch (error) {
    if (!(error instanceof CallRefused)) throw error;
    ctx.status = error.status;
    ctx.set(error.headers);
    ctx.type = 'text/plain';
    ctx.body = error.message;
  }
};

export const isDecisionCall = (ctx: Context): boolean => ctx.state.isDecisionCall === true;

/** What ends a call that is nobody's mistake here: logged already, under our reference. null: a fault of ours. */
export function tellFailure(ctx: Context, refusal: Refusal | null, reference: string): void {
  const seconds = refusal && retryAfter(refusal);
  if (seconds !== null) ctx.set('Retry-After', String(seconds));
  ctx.status = refusal ? textOf(refusal.code).status : 500;
  ctx.type = 'text/plain';
  ctx.body = `No decision could be made (reference ${reference})`;
}

// RFC 6750 §2.1; a token in the address or in the body is none.
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * RFC 6750 §3. The caisse is that of the issuer which was called: a token of another one is unknown here. Nothing
 * counts tries, as the sign-in does: a token is 256 random bits, and a service asks thousands of times a minute.
 */
export const requireCaller =
  (callerOf: CallerOf): Middleware =>
  async (ctx, next) => {
    const challenge = (error = '') => ({
      'WWW-Authenticate': `Bearer realm="${scopeFor(ctx).caisse.issuer}"${error}`,
    });
    const token = BEARER.exec(ctx.get('Authorization'))?.[1];
    if (token === undefined) throw new CallRefused(401, 'An access token is required', challenge());
    const caller = await callerOf(ctx, token);
    if (!caller) {
      throw new CallRefused(401, 'The access token is not valid here', challenge(', error="invalid_token"'));
    }
    if (!caller.scopes.includes(SCOPE)) {
      const lacking = challenge(`, error="insufficient_scope", scope="${SCOPE}"`);
      throw new CallRefused(403, `The access token lacks the scope ${SCOPE}`, lacking);
    }
    await next();
  };

export const refuseMethod: Middleware = () => {
  throw new CallRefused(405, 'This endpoint takes POST', { Allow: 'POST' });
};

// A hundred evaluations with properties take some 30 kB. Read as text: what is parsed here is what is checked.
const readText = bodyParser({
  enableTypes: ['text'],
  extendTypes: { text: ['application/json'] },
  textLimit: '256kb',
  encoding: 'utf-8',
});

/** The value of the JSON body. Nothing of it is to be copied by name: `__proto__` is a member like any other here. */
export async function jsonBody(ctx: Context): Promise<unknown> {
  if (ctx.is('application/json') === false) throw badRequest('The Content-Type must be application/json');
  if (!['', 'identity'].includes(ctx.get('Content-Encoding')))
    throw new CallRefused(415, 'The body must not be compressed');
  await readText(ctx, async () => {}).catch(refuseUnread);
  const { body } = ctx.request as { body?: unknown };
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    throw badRequest('The body is not JSON');
  }
}

function refuseUnread(error: unknown): never {
  const { status, expose } = error as { status?: number; expose?: boolean };
  if (!expose || status === undefined) throw error;
  throw new CallRefused(status, status === 413 ? 'The body is too large' : 'The body cannot be read');
}
