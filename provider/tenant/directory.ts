/**
 * The caisses in memory, and which one an address speaks of. A caisse is found by the host and path of its issuer:
 * a host of its own, or the first path segment of a shared host. Owns no HTTP: it answers with values.
 */

import { createHash } from 'node:crypto';
import type { CaisseRow } from '../store/caisses.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { type Settings, SettingsSchema } from './settings.ts';

export type Caisse = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  /** '' for a host issuer, '/grand-est' for a path issuer. */
  readonly basePath: string;
  readonly host: string;
  readonly secure: boolean;
  readonly timeZone: string;
  readonly settings: Settings;
  /** Changes with any setting; part of the addresses of what browsers may keep. */
  readonly settingsVersion: string;
  readonly sealedCookieKeys: Buffer;
};

export type Resolution =
  | { readonly kind: 'caisse'; readonly caisse: Caisse }
  /** The host is ours but no caisse has this path. */
  | { readonly kind: 'no_caisse' }
  /** RFC 9110 §15.5.20: a host that no issuer has. */
  | { readonly kind: 'unknown_host' };

export type Directory = {
  readonly resolve: (host: string, path: string) => Resolution;
  readonly all: () => readonly Caisse[];
  readonly get: (id: string) => Caisse | undefined;
  readonly reload: () => Promise<void>;
};

const FIRST_SEGMENT = /^\/[^/?#]*/;

export type DirectoryOptions = {
  /** Answers with `no_caisse` rather than `unknown_host` even while no caisse has it. */
  readonly sharedHost: string;
  /** Told of a caisse whose row cannot be read: it stays as it was, or away, and the others never feel it. */
  readonly onUnreadable: (caisseId: string, error: unknown) => void;
};

export async function openDirectory(
  sql: Database,
  { sharedHost, onUnreadable }: DirectoryOptions,
): Promise<Directory> {
  let byAddress = new Map<string, Caisse>();
  let byId = new Map<string, Caisse>();
  let hosts = new Set<string>([sharedHost]);

  let latest: Promise<unknown> = Promise.resolve();

  function readOr(row: CaisseRow, known: Caisse | undefined): Caisse[] {
    try {
      return [toCaisse(row)];
    } catch (error) {
      onUnreadable(row.id, error);
      return known ? [known] : [];
    }
  }

  async function read(): Promise<void> {
    const caisses = (await listCaisses(sql)).flatMap((row) => readOr(row, byId.get(row.id)));
    byAddress = new Map(caisses.map((caisse) => [caisse.host + caisse.basePath, caisse]));
    byId = new Map(caisses.map((caisse) => [caisse.id, caisse]));
    hosts = new Set([sharedHost, ...caisses.map(({ host }) => host)]);
  }

  /** One at a time: of two readings that overlap, the older one could be the last to be kept. */
  function reload(): Promise<void> {
    const reading = latest.catch(() => {}).then(read);
    latest = reading;
    return reading;
  }

  await reload();
  return {
    reload,
    all: () => [...byId.values()],
    get: (id) => byId.get(id),
    resolve(host, path) {
      if (!hosts.has(host)) return { kind: 'unknown_host' };
      const segment = FIRST_SEGMENT.exec(path)?.[0] ?? '';
      const caisse = byAddress.get(host + segment) ?? byAddress.get(host);
      return caisse ? { kind: 'caisse', caisse } : { kind: 'no_caisse' };
    },
  };
}

export function toCaisse(row: CaisseRow): Caisse {
  const issuer = new URL(row.issuer);
  const settings = SettingsSchema.parse(row.settings);
  return {
    id: row.id,
    name: row.name,
    issuer: row.issuer,
    basePath: issuer.pathname === '/' ? '' : issuer.pathname.replace(/\/$/, ''),
    host: issuer.host,
    secure: issuer.protocol === 'https:',
    timeZone: row.timeZone,
    settings,
    settingsVersion: createHash('sha256')
      .update(JSON.stringify([row.name, settings]))
      .digest('hex')
      .slice(0, 12),
    sealedCookieKeys: row.cookieKeys,
  };
}
