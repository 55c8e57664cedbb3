/** Cross-site request forgery: a form is taken only from our own pages (OWASP ASVS 5, 3.5.1). */
import type { Context, Next } from 'koa';
import { Refusal } from '../refusal.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Browsers send Origin with every POST; where one does not, the Referer must tell. Neither → refused. */
export const requireOwnOrigin =
  (originOf: (ctx: Context) => string) =>
  async (ctx: Context, next: Next): Promise<void> => {
    if (!SAFE.has(ctx.method) && claimedOrigin(ctx) !== originOf(ctx)) throw new Refusal('foreign_origin');
    await next();
  };

function claimedOrigin(ctx: Context): string | null {
  const origin = ctx.get('Origin');
  if (origin !== '') return origin;
  return URL.parse(ctx.get('Referer'))?.origin ?? null;
}
