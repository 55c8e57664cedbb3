/**
 * The rules of the layout, as data, and the checks that hold them. Reads source text, not a syntax tree: imports
 * stand at the head of a file and are formatted by one tool, so that a few expressions find them all.
 */
import { posix } from 'node:path';

export interface Source {
  /** From the top of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * What each room may import besides itself: a room, one file of it, or `type <room>` for its types alone.
 * A room that is not listed is part of the composition and may import all; no room lists that one.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  refusal: [],
  domain: ['refusal'],
  policies: ['domain'],
  store: ['domain', 'refusal'],
  delivery: ['domain'],
  http: ['refusal'],
  config: ['provider/store/data-directory.ts'],
  tenant: ['domain', 'store', 'refusal'],
  oidc: ['domain', 'store', 'tenant', 'policies', 'config', 'refusal'],
  journeys: ['http', 'tenant', 'domain', 'store', 'policies', 'type delivery', 'refusal'],
  jobs: ['domain', 'store', 'delivery', 'provider/oidc/keys.ts'],
  migrations: [],
  clients: [],
  'clients/portal': ['clients'],
  'clients/api': ['clients'],
};

const rooms: readonly (readonly [RegExp, string])[] = [
  [/^provider\/refusal\.ts$/, 'refusal'],
  [/^provider\/(config|development-key)\.ts$/, 'config'],
  // Commands put together what lies in the rooms, as cli.ts does.
  [/^provider\/admin\//, 'composition'],
  // What several journeys share lies beside them; a journey of its own is a folder.
  [/^provider\/(journeys\/[^/]+)\//, '$1'],
  [/^provider\/([^/]+)\//, '$1'],
  [/^(clients\/(?:portal|api))\//, '$1'],
  [/^(policies|migrations|clients|test)\//, '$1'],
];

function roomOf(path: string): string {
  for (const [pattern, room] of rooms) {
    const match = pattern.exec(path);
    if (match) return room.replace('$1', match[1] ?? '');
  }
  return 'composition';
}

interface Import {
  readonly from: string;
  readonly isType: boolean;
}

const statement = /^(import|export)\s+(type\b)?[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const bare = /^import\s*['"]([^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"`]([^'"`]+)['"`]/g;

export function importsOf(text: string): Import[] {
  return [
    ...[...text.matchAll(statement)].map(([, , type, from = '']) => ({ from, isType: type === 'type' })),
    ...[...text.matchAll(bare), ...text.matchAll(dynamic)].map(([, from = '']) => ({ from, isType: false })),
  ];
}

export type Rule = (source: Source) => string[];

/** No import leaves its room but by the table. */
export const importsStayInTheTable: Rule = ({ path, text }) => {
  const room = roomOf(path);
  const allowed =
    mayImport[room] ?? (room.startsWith('journeys/') ? [...(mayImport.journeys ?? []), 'journeys'] : null);
  if (allowed === null) return [];
  return importsOf(text)
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, isType }) => ({ target: posix.join(posix.dirname(path), from), isType }))
    .filter(({ target, isType }) => {
      const other = roomOf(target);
      if (other === room || allowed.includes(other) || allowed.includes(target)) return false;
      return !(isType && allowed.includes(`type ${other}`));
    })
    .map(({ target }) => `${path} (${room}) imports ${target} (${roomOf(target)})`);
};

/** A word that may stand only in some rooms or files. */
export interface Restriction {
  readonly word: RegExp;
  readonly only: readonly string[];
}

export function restrict({ word, only }: Restriction): Rule {
  return ({ path, text }) => {
    const room = roomOf(path);
    if (only.some((place) => place === room || place === path || room.startsWith(`${place}/`))) return [];
    return withoutComments(text)
      .split('\n')
      .filter((line) => word.test(line))
      .map((line) => `${path} says ${line.trim()}`);
  };
}

/** Lines stay in place. A comment behind code goes only when a space precedes it: addresses hold « // » too. */
function withoutComments(text: string): string {
  return text
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/ .*$/gm, '$1');
}

const outside = ['clients', 'test'];
const entrances = [
  'provider/main.ts',
  'provider/cli.ts',
  'provider/config.ts',
  'provider/install.mjs',
  ...outside,
];

export const restrictions: Readonly<Record<string, Restriction>> = {
  'a web context': {
    word: /\bctx\b/,
    only: ['http', 'tenant', 'oidc', 'journeys', 'composition', ...outside],
  },
  knex: {
    word: /['"]knex['"]|\bKnex\b/,
    only: ['store', 'migrations', 'knexfile.ts', 'test'],
  },
  'the clock': { word: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, only: entrances },
  chance: { word: /\bMath\.random\b/, only: entrances },
  'the environment': { word: /\bprocess\.env\b/, only: ['knexfile.ts', ...entrances] },
  'the inside of oidc-provider': { word: /['"]oidc-provider\//, only: ['test'] },
  'an effect in the domain': {
    word: /from ['"](node:(?!crypto|buffer|util)|koa|oidc-provider|pg['"]|knex)|\basync\b|\bawait\b/,
    only: Object.keys(mayImport)
      .filter((room) => room !== 'domain')
      .concat('journeys', 'composition', 'demo', 'test'),
  },
};

export const longestFile = 300;

/** Counted where the product lives; a test may list many cases. */
export const filesStayShort: Rule = ({ path, text }) => {
  const lines = text.trimEnd().split('\n').length;
  if (!path.startsWith('provider/') || lines <= longestFile) return [];
  return [`${path} has ${lines} lines`];
};

// Written in parts, so that this file does not accuse itself.
const machinePath = new RegExp(`(?<![\\w.-])/(${['work', 'root', 'Users', 'home/[a-z]+'].join('|')})/`);

export const noPathOfAMachine: Rule = ({ path, text }) =>
  text
    .split('\n')
    .filter((line) => machinePath.test(line))
    .map((line) => `${path} names a place on one machine: ${line.trim()}`);

export const noRegistry: Rule = ({ path, text }) => {
  if (path !== 'package-lock.json') return [];
  return /"resolved": "https?:|registry\.[a-z]/.test(text) ? [`${path} names a registry`] : [];
};
