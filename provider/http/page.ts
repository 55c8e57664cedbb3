/** How a screen leaves: its HTML, and the headers that make it private and inert for whoever is not its person. */
import type { Context } from 'koa';
import type { RenderScreen } from './render.ts';
import type { Notice, Screen, Screens } from './screens.ts';

export type PageOptions = {
  readonly status?: number;
  /**
   * Origins (or `scheme:`) that the redirects after this page's form lead to. Chromium applies `form-action` to the
   * whole redirect chain after a POST (CSP3 §6.4.1): without the service's origins a sign-in dies on its way back.
   */
  readonly formTargets?: readonly string[];
};

export type SendPage = <S extends Screen>(
  ctx: Context,
  screen: S,
  locals: Screens[S],
  options?: PageOptions,
) => void;

/** `around`: what every screen says above itself just now. */
export const makeSendPage =
  (render: RenderScreen, around: (ctx: Context, screen: Screen) => Notice | null = () => null): SendPage =>
  (ctx, screen, locals, { status = 200, formTargets = [] } = {}) => {
    ctx.status = status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Security-Policy', contentSecurityPolicy(["'self'", ...formTargets]));
    ctx.body = render(screen, { ...locals, around: around(ctx, screen) });
  };

/** `formAction` null leaves the directive out: for the protocol's own pages, which post to a checked address. */
export function contentSecurityPolicy(formAction: readonly string[] | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(formAction ? [`form-action ${[...new Set(formAction)].join(' ')}`] : []),
  ].join('; ');
}

/** What CSP calls the source of an address: its origin, or its scheme where it has none (native applications). */
export function cspSource(uri: string): string {
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}
