/**
 * The transport of the APIs that machines call: who calls, in JSON only, how a call that cannot be answered is refused.
 * What an error's body looks like is each API's to say (`Teller`); what is asked and answered is each route's.
 */
import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { retryAfter, textOf } from '../http/errors.ts';
import type { Refusal } from '../refusal.ts';
import { scopeFor } from './web.ts';

export type MachineCaller = { readonly clientId: string; readonly scopes: readonly string[] };

/** Implemented beside the protocol library: the service that an access token speaks for, null when it is none of ours. */
export type CallerOf = (ctx: Context, token: string) => Promise<MachineCaller | null>;

export type CallError =
  | 'invalid_request'
  | 'token_required'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'not_found'
  | 'conflict'
  | 'method_not_allowed'
  | 'too_large'
  | 'unsupported_encoding'
  | 'unavailable';

/** `message`: an English sentence for whoever writes the caller. */
export class CallRefused extends Error {
  readonly status: number;
  readonly code: CallError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: CallError,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'CallRefused';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string): CallRefused => new CallRefused(400, 'invalid_request', message);

export type Teller = {
  readonly refused: (ctx: Context, error: CallRefused) => void;
  /** What ends a call that is nobody's mistake: the reference under which it was logged. */
  readonly failed: (ctx: Context, reference: string) => void;
};

/** A machine code to go by, and a sentence. */
export const JSON_TELLER: Teller = {
  refused: (ctx, { code, message }) => {
    ctx.body = { error: code, error_description: message };
  },
  failed: (ctx, reference) => {
    ctx.body = { error: 'unavailable', error_description: `The call could not be answered (${reference})` };
  },
};

/** Echoes the caller's reference; ours stays in the log, which holds nothing that a caller chose. */
export const answeringBy =
  (teller: Teller): Middleware =>
  async (ctx, next) => {
    ctx.state.machineTeller = teller;
    const reference = ctx.get('X-Request-ID');
    if (reference !== '') ctx.set('X-Request-ID', reference);
    ctx.set('Cache-Control', 'no-store');
    try {
      await next();
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      ctx.status = error.status;
      ctx.set(error.headers);
      teller.refused(ctx, error);
    }
  };

const tellerOf = (ctx: Context) => ctx.state.machineTeller as Teller | undefined;

export const isMachineCall = (ctx: Context): boolean => tellerOf(ctx) !== undefined;

/** Of a call whose failure was logged already, under our reference. null: a fault of ours. */
export function tellFailure(ctx: Context, refusal: Refusal | null, reference: string): void {
  const seconds = refusal && retryAfter(refusal);
  if (seconds !== null) ctx.set('Retry-After', String(seconds));
  ctx.status = refusal ? textOf(refusal.code).status : 500;
  tellerOf(ctx)?.failed(ctx, reference);
}

// RFC 6750 §2.1; a token in the address or in the body is none.
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/**
 * RFC 6750 §3: a token with `scope`. The caisse is that of the issuer which was called: a token of another one is unknown
 * here. Nothing counts tries, as the sign-in does: a token is 256 random bits, and a service asks thousands of times a
 * minute.
 */
export const requireCaller =
  (callerOf: CallerOf, scope: string): Middleware =>
  async (ctx, next) => {
    const challenge = (error = '') => ({
      'WWW-Authenticate': `Bearer realm="${scopeFor(ctx).caisse.issuer}"${error}`,
    });
    const token = BEARER.exec(ctx.get('Authorization'))?.[1];
    if (token === undefined)
      throw new CallRefused(401, 'token_required', 'An access token is required', challenge());
    const caller = await callerOf(ctx, token);
    if (!caller) {
      const invalid = challenge(', error="invalid_token"');
      throw new CallRefused(401, 'invalid_token', 'The access token is not valid here', invalid);
    }
    if (!caller.scopes.includes(scope)) {
      const lacking = challenge(`, error="insufficient_scope", scope="${scope}"`);
      throw new CallRefused(403, 'insufficient_scope', `The access token lacks the scope ${scope}`, lacking);
    }
    ctx.state.machineCaller = caller;
    await next();
  };

/** Behind `requireCaller` alone. */
export const callerFor = (ctx: Context): MachineCaller => ctx.state.machineCaller as MachineCaller;

/** `methods`: those that the address takes, `POST` or `PUT, POST`. */
export const refuseMethod =
  (methods: string): Middleware =>
  () => {
    throw new CallRefused(405, 'method_not_allowed', `This endpoint takes ${methods}`, { Allow: methods });
  };

/**
 * Reads the value of a JSON body of at most `limit` (`256kb`). Nothing of it is to be copied by name: `__proto__` is a
 * member like any other here. Read as text: what is parsed here is what is checked.
 */
export function jsonReader(limit: string): (ctx: Context) => Promise<unknown> {
  const readText = bodyParser({
    enableTypes: ['text'],
    extendTypes: { text: ['application/json'] },
    textLimit: limit,
    encoding: 'utf-8',
  });
  return async (ctx) => {
    if (ctx.is('application/json') === false) throw badRequest('The Content-Type must be application/json');
    if (!['', 'identity'].includes(ctx.get('Content-Encoding')))
      throw new CallRefused(415, 'unsupported_encoding', 'The body must not be compressed');
    await readText(ctx, async () => {}).catch(refuseUnread);
    const { body } = ctx.request as { body?: unknown };
    try {
      return JSON.parse(typeof body === 'string' ? body : '');
    } catch {
      throw badRequest('The body is not JSON');
    }
  };
}

function refuseUnread(error: unknown): never {
  const { status, expose } = error as { status?: number; expose?: boolean };
  if (!expose || status === undefined) throw error;
  if (status === 413) throw new CallRefused(413, 'too_large', 'The body is too large');
  throw new CallRefused(status, 'invalid_request', 'The body cannot be read');
}
