/** What tells one browser from another that opened the same link: a draft is its own. A cookie of these pages alone. */
import type { Context } from 'koa';
import { scopeFor } from '../web.ts';

const NAME = 'invitation';
/** As long as a draft is kept. */
const SECONDS = 86_400;
const SHAPE = /^[\w-]{43}$/;

/** '' when this browser has typed nothing yet. */
export function browserSecret(ctx: Context): string {
  const secret = ctx.cookies.get(NAME, { signed: false }) ?? '';
  return SHAPE.test(secret) ? secret : '';
}

/** On a form's sending, never on a look at the page. */
export function giveBrowserSecret(ctx: Context): string {
  const known = browserSecret(ctx);
  if (known !== '') return known;
  const { caisse, random } = scopeFor(ctx);
  const secret = random(32).toString('base64url');
  const secure = caisse.secure ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${NAME}=${secret}; Path=${caisse.basePath}/invitation; Max-Age=${SECONDS}; HttpOnly; SameSite=Lax${secure}`,
  );
  return secret;
}
