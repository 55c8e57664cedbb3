/** Headers of every answer (OWASP ASVS 5, 3.4). A page sets its own Content-Security-Policy over the strict default. */
import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

export const securityHeaders = ({ https }: { readonly https: boolean }): Middleware =>
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
  });
