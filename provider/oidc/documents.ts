/**
 * What an issuer publishes, discovery and its keys: the same for whoever asks, for as long as the issuer lives, and it is
 * made anew when its keys, services or settings change (issuers.ts). Kept as the library told it first.
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** By path under the issuer. Another way of writing one of them is answered by the library each time. */
const PATHS = new Set(['/.well-known/openid-configuration', '/jwks']);

export type Document = { readonly type: string; readonly body: string };

export type Documents = Map<string, Document>;

/** Once the library has answered. */
export const keepDocument =
  (documents: Documents) =>
  (ctx: KoaContextWithOIDC): void => {
    if (ctx.method !== 'GET' || ctx.status !== 200 || !PATHS.has(ctx.path)) return;
    const body = JSON.stringify(ctx.body);
    documents.set(ctx.path, { type: ctx.response.get('Content-Type'), body });
    // Not to be written a second time.
    ctx.body = body;
  };

/** As the library answers: a browser reads it from whatever origin (Fetch §3.2). */
export function answerDocument(ctx: Context, { type, body }: Document): void {
  ctx.set('Vary', 'Origin');
  ctx.set('Access-Control-Allow-Origin', ctx.get('Origin') || '*');
  ctx.set('Content-Type', type);
  ctx.body = body;
}
