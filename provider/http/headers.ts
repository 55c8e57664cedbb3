/** Headers of every answer (OWASP ASVS 5, 3.4). A page sets its own Content-Security-Policy over the strict default. */
import { type ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Context, Middleware } from 'koa';
import helmet from 'koa-helmet';

export function securityHeaders({ https }: { readonly https: boolean }): Middleware {
  const headers = headersBy(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      // 'no-referrer' would make browsers send `Origin: null` with our own forms.
      referrerPolicy: { policy: 'same-origin' },
      strictTransportSecurity: https ? { maxAge: 63_072_000, includeSubDomains: true } : false,
      xFrameOptions: { action: 'deny' },
      // Services in a browser read discovery, keys and tokens from another origin (CORS decides which).
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
    }),
  );
  return ({ res }, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    return next();
  };
}

/** What a middleware sets, whatever is asked: the same for every answer, so it is asked once. */
function headersBy(middleware: Middleware): readonly (readonly [string, string])[] {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  void middleware({ req, res } as Context, async () => {});
  // Of any outgoing message; the types know it of requests alone.
  const names = (res as unknown as Pick<ClientRequest, 'getRawHeaderNames'>).getRawHeaderNames();
  return names.map((name) => [name, String(res.getHeader(name))] as const);
}
