/**
 * The page /dev of the demo: who can sign in with what, the sites, the services, the messages. Stands on the shared
 * host in front of the caisses, and shows passwords: it exists in the demo alone, which production refuses.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs, { type TemplateFunction } from 'ejs';
import type { Context, Middleware } from 'koa';
import type { Sealer } from '../domain/seal.ts';
import { makeAssets } from '../http/assets.ts';
import { count, groupSiret } from '../http/format.ts';
import { contentSecurityPolicy } from '../http/page.ts';
import { VIEWS_DIRECTORY } from '../http/render.ts';
import type { Database } from '../store/database.ts';
import type { DemoAddresses } from './addresses.ts';
import { describeCaisse } from './dev-listing.ts';
import { describeMessages, openDocument } from './dev-messages.ts';
import type { OpenCaisse } from './open.ts';
import { DEMO_PASSWORD } from './people.ts';

const VIEWS = join(VIEWS_DIRECTORY, 'dev');
const STYLE_ADDRESS = '/dev/style.css';

export type DevPageOptions = {
  readonly sql: Database;
  readonly sealer: Sealer;
  readonly addresses: DemoAddresses;
  readonly caisses: readonly OpenCaisse[];
  /** Where compiled styles are kept between starts. */
  readonly cacheDirectory: string;
  readonly now: () => number;
};

export function makeDevPage(options: DevPageOptions): Middleware {
  const { host } = new URL(options.addresses.provider);
  const style = readFileSync(join(VIEWS, 'style.css'), 'utf8');
  const render = makeRender(options.cacheDirectory);
  return async (context, next) => {
    // The page gives secrets away: another name that leads to this machine must not open it.
    const isOurs = context.host === host && ['GET', 'HEAD'].includes(context.method);
    if (isOurs && context.path === STYLE_ADDRESS) {
      context.type = 'css';
      context.set('Cache-Control', 'no-cache');
      context.body = style;
    } else if (isOurs && context.path === '/dev') {
      context.type = 'html';
      context.set('Cache-Control', 'no-store');
      context.set('Content-Security-Policy', contentSecurityPolicy(["'none'"]));
      context.body = render(await listingOf(options));
    } else if (isOurs && DOCUMENT.test(context.path)) {
      await showDocument(context, options);
    } else {
      await next();
    }
  };
}

const DOCUMENT = /^\/dev\/(courriels|courriers)\//;

async function showDocument(context: Context, { sql, sealer, now }: DevPageOptions): Promise<void> {
  const document = await openDocument(context.path, { sql, sealer, now: now() });
  if (!document) return;
  context.type = document.type;
  context.set('Cache-Control', 'no-store');
  // A mail is inert but for its links, and carries its styles with it.
  if (document.type === 'html')
    context.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
  context.body = document.body;
}

async function listingOf({ sql, sealer, addresses, caisses, now }: DevPageOptions) {
  return {
    messages: await describeMessages(caisses, { sql, sealer, now: now() }),
    password: DEMO_PASSWORD,
    addresses,
    caisses: await Promise.all(
      caisses.map((opened) => describeCaisse(opened, { sql, sealer, addresses, now: now() })),
    ),
  };
}

type Listing = Awaited<ReturnType<typeof listingOf>>;

function makeRender(cacheDirectory: string): (listing: Listing) => string {
  const assets = makeAssets({ directory: join(VIEWS_DIRECTORY, 'assets'), cacheDirectory });
  const tools = { asset: assets.path, style: STYLE_ADDRESS, count, groupSiret };
  const filename = join(VIEWS, 'page.ejs');
  const template: TemplateFunction = ejs.compile(readFileSync(filename, 'utf8'), {
    filename,
    root: VIEWS_DIRECTORY,
    cache: true,
  });
  return (listing) => template({ ...listing, tools });
}
