/**
 * Serves what a page loads: modules, drawings and the stylesheet, each under an address that bears a hash of
 * its content. Nothing of a request reaches the file system: what can be served is known once at start.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Middleware } from 'koa';
import { styleSources, stylesheet } from './stylesheet.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
};

const PREFIX = '/assets/';
const ONE_YEAR = 'public, max-age=31536000, immutable';
/** An address of a former version, from a page that outlived a deployment: served, but not kept. */
const FORMER_VERSION = 'no-cache';

type Asset = { readonly type: string; readonly hash: string; readonly content: () => Promise<Buffer> };

export type Assets = {
  /** 'style.css' → '/assets/style.<hash>.css'. @throws Error for a name that does not exist. */
  readonly path: (name: string) => string;
  /** Answers everything under /assets/, calls next for the rest. */
  readonly middleware: Middleware;
  /** Compiles the stylesheet ahead of the first visitor. */
  readonly prepare: () => Promise<void>;
};

/** `directory`: the assets, with their styles/. `cacheDirectory`: where compiled styles are kept; may not exist yet. */
export function makeAssets(options: { readonly directory: string; readonly cacheDirectory: string }): Assets {
  const assets = new Map<string, Asset>([...filesIn(options.directory), styles(options)]);
  return {
    path: (name) => {
      const asset = assets.get(name);
      if (!asset) throw new Error(`no such asset: ${name}`);
      const extension = extname(name);
      return `${PREFIX}${basename(name, extension)}.${asset.hash}${extension}`;
    },
    prepare: async () => {
      await assets.get('style.css')?.content();
    },
    middleware: async (ctx, next) => {
      if (!ctx.path.startsWith(PREFIX)) return next();
      const asked = /^([a-z0-9-]+)\.([0-9a-f]{12})(\.[a-z]+)$/.exec(ctx.path.slice(PREFIX.length));
      const asset = asked && assets.get(`${asked[1]}${asked[3]}`);
      if (!asset) {
        ctx.status = 404;
        ctx.set('Cache-Control', 'no-store');
        ctx.body = 'Not Found';
        return;
      }
      if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
        ctx.status = 405;
        ctx.set('Allow', 'GET, HEAD');
        return;
      }
      ctx.set('Cache-Control', asked[2] === asset.hash ? ONE_YEAR : FORMER_VERSION);
      ctx.set('X-Content-Type-Options', 'nosniff');
      ctx.type = asset.type;
      ctx.body = await asset.content();
    },
  };
}

function* filesIn(directory: string): Generator<[string, Asset]> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const content = readFileSync(join(directory, entry.name));
    yield [entry.name, { type, hash: hashOf(content), content: async () => content }];
  }
}

function styles(options: { readonly directory: string; readonly cacheDirectory: string }): [string, Asset] {
  const sources = styleSources(join(options.directory, 'styles'));
  const hash = hashOf(sources.fingerprint);
  let compiled: Promise<Buffer> | null = null;
  const content = () => {
    compiled ??= stylesheet({ entry: sources.entry, hash, cacheDirectory: options.cacheDirectory }).catch(
      (error) => {
        compiled = null;
        throw error;
      },
    );
    return compiled;
  };
  return ['style.css', { type: TYPES['.css'] ?? '', hash, content }];
}

function hashOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
