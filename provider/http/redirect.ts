/** Where a browser goes once an act is done: RFC 9110 §15.4.4. It asks with GET, and nobody keeps the answer. */
import type { Context } from 'koa';

export function seeOther(ctx: Context, href: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(href);
}

/** The address of a page that then says what was done: `fait` names it. */
export const sayingDone = (href: string, done: string): string =>
  `${href}${href.includes('?') ? '&' : '?'}fait=${done}`;
