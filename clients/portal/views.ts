/** Renders the portal's pages: EJS files of views/, with what every page needs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type Koa from 'koa';
import { COLLEGE_LABELS } from '../catalogue.ts';
import type { Message } from './messages.ts';

const VIEWS = join(import.meta.dirname, 'views');

export const stylesheet = readFileSync(join(import.meta.dirname, 'assets', 'portail.css'), 'utf8');
/** Part of the address, so that a browser may keep the file for long. */
const stylesheetVersion = createHash('sha256').update(stylesheet).digest('hex').slice(0, 12);

function formatSiret(siret: string): string {
  return siret.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, '$1\u00a0$2\u00a0$3\u00a0$4');
}

const HELPERS = { formatSiret, COLLEGE_LABELS, stylesheetVersion };

export async function render(
  ctx: Koa.Context,
  view: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const html = await ejs.renderFile(
    join(VIEWS, `${view}.ejs`),
    { ...HELPERS, caisse: undefined, espace: undefined, ...data },
    { cache: true, async: false },
  );
  ctx.type = 'html';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = html;
}

/** A page that only says something: `retry` and `back` are addresses to go on to. */
export async function renderMessage(
  ctx: Koa.Context,
  message: Message,
  data: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  ctx.status = message.status;
  if (message.status === 503) ctx.set('Retry-After', '10');
  await render(ctx, 'message', { code: undefined, retry: undefined, back: undefined, ...data, message });
}
