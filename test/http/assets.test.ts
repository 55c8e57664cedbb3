import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAssets } from '../../provider/http/assets.ts';
import { VIEWS_DIRECTORY } from '../../provider/http/render.ts';

let scratch: string;
let directory: string;
let cacheDirectory: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'caisse-id-assets-'));
  directory = join(scratch, 'assets');
  cacheDirectory = join(scratch, 'not', 'yet', 'there');
  cpSync(join(VIEWS_DIRECTORY, 'assets'), directory, { recursive: true });
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function server(assets = makeAssets({ directory, cacheDirectory })) {
  const app = new Koa();
  app.silent = true;
  app.use(assets.middleware);
  app.use((ctx) => {
    ctx.body = 'après';
  });
  return { assets, listener: app.callback(), http: () => request(app.callback()) };
}

/** The path exactly as given: clients would resolve its dots away before they send it. */
async function statusOnTheWire(path: string): Promise<number | undefined> {
  const listening = createServer(server().listener).listen(0, '127.0.0.1');
  try {
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const sent = send({ host: '127.0.0.1', port, path }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  } finally {
    listening.close();
  }
}

describe('an asset', () => {
  it('is served under an address that bears its hash, to be kept for ever', async () => {
    const { assets, http } = server();
    const response = await http().get(assets.path('favicon.svg')).expect(200);
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(response.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });

  it('is a module of JavaScript with its right type', async () => {
    const { assets, http } = server();
    const response = await http().get(assets.path('show-password.js')).expect(200);
    expect(response.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(response.text).toBe(readFileSync(join(directory, 'show-password.js'), 'utf8'));
  });

  it('answers HEAD without a body, and nothing but GET and HEAD', async () => {
    const { assets, http } = server();
    const head = await http().head(assets.path('favicon.svg')).expect(200);
    expect(head.text).toBeUndefined();
    const post = await http().post(assets.path('favicon.svg')).expect(405);
    expect(post.headers.allow).toBe('GET, HEAD');
  });

  it('of a former version is answered with the present one, not to be kept', async () => {
    const { assets, http } = server();
    const former = assets.path('favicon.svg').replace(/[0-9a-f]{12}/, '0123456789ab');
    const response = await http().get(former).expect(200);
    expect(response.headers['cache-control']).toBe('no-cache');
  });

  it('that does not exist cannot be named by a view', () => {
    expect(() => server().assets.path('absent.js')).toThrow('no such asset: absent.js');
  });

  it('changes its address when its source changes', () => {
    const before = server().assets;
    writeFileSync(join(directory, 'error-summary.js'), '// autre chose\n');
    const after = server().assets;
    expect(after.path('error-summary.js')).not.toBe(before.path('error-summary.js'));
    expect(after.path('favicon.svg')).toBe(before.path('favicon.svg'));
  });
});

describe('what stands outside the assets', () => {
  it.each([
    '/assets/',
    '/assets/favicon.svg',
    '/assets/absent.0123456789ab.js',
    '/assets/../package.json',
    '/assets/..%2f..%2fpackage.0123456789ab.json',
    '/assets/%2e%2e/render.0123456789ab.ts',
    '/assets/styles/style.0123456789ab.scss',
    '/assets/styles%2fstyle.0123456789ab.scss',
    '/assets/__proto__.0123456789ab.js',
    '/assets/favicon.0123456789ab.svg/',
    '/assets/favicon.0123456789ab.svg%00',
  ])('is not found under %s', async (path) => {
    expect(await statusOnTheWire(path)).toBe(404);
  });

  it('is left to the next middleware', async () => {
    const response = await server().http().get('/grand-est').expect(200);
    expect(response.text).toBe('après');
  });
});

describe('the stylesheet', () => {
  it('is compiled at the first call, then read from the cache by every later process', async () => {
    const { assets, http } = server();
    const response = await http().get(assets.path('style.css')).expect(200);
    expect(response.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(response.text).toContain('--caisse-primary');

    const [cached = ''] = readdirSync(cacheDirectory);
    expect(readdirSync(cacheDirectory)).toHaveLength(1);
    writeFileSync(join(cacheDirectory, cached), '/* gardée */');
    const later = server();
    const again = await later.http().get(later.assets.path('style.css')).expect(200);
    expect(again.text).toBe('/* gardée */');
  });

  it('is served even where its cache cannot be written', async () => {
    const file = join(scratch, 'a-file');
    writeFileSync(file, '');
    const stubborn = makeAssets({ directory, cacheDirectory: join(file, 'below') });
    await server(stubborn).http().get(stubborn.path('style.css')).expect(200);
  });

  it('loads nothing from elsewhere, and carries neither the font nor the colours of its foundation', async () => {
    const fresh = makeAssets({ directory, cacheDirectory: join(scratch, 'fresh') });
    const { text } = await server(fresh).http().get(fresh.path('style.css')).expect(200);
    expect(text).not.toMatch(/url\(|@import|@font-face|GDS Transport|#ffdd00|#1d70b8|#00703c/i);
    expect(text).toContain('prefers-reduced-motion');
    expect(text).toContain('forced-colors');
  });

  it('changes its address when one of its sources changes, without being compiled', () => {
    const before = server().assets.path('style.css');
    writeFileSync(join(directory, 'styles', '_text.scss'), '.title { color: red; }\n');
    expect(server().assets.path('style.css')).not.toBe(before);
  });

  it('that could not be compiled is tried again at the next call', async () => {
    const { assets, http } = server();
    const source = join(directory, 'styles', '_paging.scss');
    const sound = readFileSync(source);
    writeFileSync(source, '.broken {');
    await http().get(assets.path('style.css')).expect(500);
    writeFileSync(source, sound);
    await http().get(assets.path('style.css')).expect(200);
  });
});
