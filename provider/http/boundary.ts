/**
 * The outermost middleware: gives each request its reference, logs it in one line without its query string (codes and
 * hints travel there), and turns whatever was thrown into a response.
 */
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { Refusal } from '../refusal.ts';

export type BoundaryOptions = {
  readonly log: Logger;
  readonly newId: () => string;
  readonly clock: () => number;
  /** Knows the faults that are refusals in truth (a database that is away); null for a real fault. */
  readonly refusalOf: (error: unknown) => Refusal | null;
  readonly show: (ctx: Context, refusal: Refusal | null, status?: number) => void;
  /** Told of each request when it is over. */
  readonly count: (ctx: Context, ended: Ended) => void;
};

/** `status` 499: whoever asked went away first. `ms`: milliseconds. */
export type Ended = { readonly method: string; readonly status: number; readonly ms: number };

/** Interactions and links of mails are named in paths by what also opens them: 256 random bits. */
const LIKE_A_SECRET = /[\w-]{40,}/g;

export const boundary =
  ({ log, newId, clock, refusalOf, show, count }: BoundaryOptions): Middleware =>
  async (ctx, next) => {
    const started = clock();
    const requestId = newId();
    // The address changes below, once the caisse is known.
    const { method } = ctx;
    const path = ctx.path.replace(LIKE_A_SECRET, '…');
    ctx.state.requestId = requestId;
    ctx.set('X-Request-Id', requestId);
    ctx.res.once('close', () => {
      const status = ctx.res.writableFinished ? ctx.res.statusCode : 499;
      const ms = clock() - started;
      count(ctx, { method, status, ms });
      log.info({ requestId, method, path, status, ms: Math.round(ms) }, 'request');
    });
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false)
        throw new Refusal('not_found');
    } catch (error) {
      const refusal = refusalOf(error);
      const status = (error as { expose?: boolean } | null | undefined)?.expose
        ? (error as { status?: number }).status
        : undefined;
      if (refusal) log.info({ requestId, refusal: refusal.code, facts: refusal.facts }, 'refused');
      else if (status === undefined) log.error({ requestId, err: error }, 'fault');
      if (ctx.headerSent) return;
      show(ctx, refusal ?? (status === undefined ? null : new Refusal('bad_request')), status);
    }
  };
