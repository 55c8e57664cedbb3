/** Compiles the stylesheet from its Sass sources, once for all processes that share a cache directory. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** node_modules, found through one of its packages: it may stand above the checkout. */
const PACKAGES = dirname(dirname(createRequire(import.meta.url).resolve('govuk-frontend/package.json')));

type StyleSources = {
  readonly entry: string;
  /** All that the compiled text depends on: the sources, and the versions of the compiler and of the foundation. */
  readonly fingerprint: string;
};

export function styleSources(directory: string): StyleSources {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.scss'))
    .sort();
  const sources = names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
  const versions = ['sass', 'govuk-frontend'].map((name) => [name, installedVersion(name)]);
  return { entry: join(directory, 'style.scss'), fingerprint: JSON.stringify([versions, sources]) };
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')).version;
}

type Compilation = { readonly entry: string; readonly hash: string; readonly cacheDirectory: string };

export async function stylesheet({ entry, hash, cacheDirectory }: Compilation): Promise<Buffer> {
  const file = join(cacheDirectory, `style.${hash}.css`);
  const kept = ifPossible(() => readFileSync(file));
  if (kept) return kept;
  const css = await compile(entry);
  ifPossible(() => keep(file, css));
  return css;
}

/** A cache that cannot be read or written costs a compilation at each start, never the stylesheet. */
function ifPossible<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

async function compile(entry: string): Promise<Buffer> {
  // The compiler takes longer to load than everything else at start: only a process without a cached file pays.
  const sass = await import('sass');
  const { css } = sass.compile(entry, { loadPaths: [PACKAGES], style: 'compressed', quietDeps: true });
  return Buffer.from(css);
}

/** Written aside, then renamed: a process that starts meanwhile never reads half a stylesheet. */
function keep(file: string, css: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  const aside = mkdtempSync(join(dirname(file), 'writing-'));
  try {
    writeFileSync(join(aside, 'style.css'), css);
    renameSync(join(aside, 'style.css'), file);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
