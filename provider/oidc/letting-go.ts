/**
 * The library defines an accessor on each context of its own (`ctx.oidc`). V8 keeps accessors in the old generation and
 * takes whatever they reach for living until the next full collection: of every request its headers, buffers and both
 * contexts, a sixth of all that was allocated. So a context lets go of its request once that has been answered.
 */
import type { Context } from 'koa';

/** First middleware of a provider: after it nothing but Koa's answer is to come. */
export async function letGoOnceAnswered(ctx: Context, next: () => Promise<unknown>): Promise<void> {
  await next();
  ctx.res.once('close', () => {
    Object.assign(ctx, NOTHING);
  });
}

const NOTHING = { req: undefined, res: undefined, request: undefined, response: undefined };
