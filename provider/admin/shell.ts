/**
 * What every command of the administration gets: the configuration, an open database, the clock, chance, and who sits
 * at the terminal. Its acts are lines of the audit with him as `operator`; nobody is signed in.
 */
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config.ts';
import { type AuditSealer, makeAuditSealer } from '../domain/audit-seal.ts';
import { timeOf } from '../domain/calendar.ts';
import { tellShortDate } from '../domain/dates.ts';
import type { Random, Sealer } from '../domain/seal.ts';
import { count } from '../http/format.ts';
import { sealerFrom } from '../key-ring.ts';
import { openDatabase } from '../opening.ts';
import { StartRefused } from '../start-refused.ts';
import { type CaisseRow, listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { type Handle, handleOf } from '../store/handle.ts';
import { openOutbox } from '../store/outbox.ts';
import { pendingMigrations } from '../store/readiness.ts';
import { openThrottle } from '../store/throttle.ts';
import { type Caisse, toCaisse } from '../tenant/directory.ts';
import { makePasswordHasher } from '../tenant/passwords.ts';
import type { Scope } from '../tenant/scope.ts';

export type Shell = {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly random: Random;
  /** One line on standard output. */
  readonly say: (line: string) => void;
  /** Name of the operating system's user. */
  readonly operator: string;
  readonly log: Logger;
  /** Ends the command with this exit code, once it is done. */
  readonly fail: (code: number) => void;
};

/** Adds its command to the program. A new one has a file of its own here, and its line in cli.ts. */
export type AdminCommand = (program: Command, shell: Shell) => void;

export type Desk = {
  readonly config: Config;
  readonly sql: Database;
  readonly url: string;
  readonly sealer: Sealer;
  readonly auditSealer: AuditSealer;
};

/** Opens the database for one command, and gives it back whatever happens. */
export async function atDesk<T>(
  shell: Shell,
  act: (desk: Desk) => Promise<T>,
  { anySchema = false } = {},
): Promise<T> {
  const config = readConfig(shell.environment, shell);
  const { sql, url, close } = await openDatabase({ config, root: shell.root, say: shell.say });
  try {
    if (!anySchema) await requireSchema(sql);
    const sealer = sealerFrom(config, shell.random);
    const auditSealer = makeAuditSealer(config.auditKey, config.previousAuditKeys);
    return await act({ config, sql, url, sealer, auditSealer });
  } finally {
    await close();
  }
}

const PATIENCE = 10_000;

async function requireSchema(sql: Database): Promise<void> {
  const pending = await pendingMigrations(sql, PATIENCE);
  if (pending.length === 0) return;
  throw new StartRefused(
    `Le schéma de la base n’est pas à jour (${count(pending.length, 'migration', 'migrations')} en attente) : démarrez d’abord le serveur.`,
  );
}

export type CaisseDesk = Desk & {
  readonly caisse: Caisse;
  readonly store: Handle;
  /** What journeys take, without a request. */
  readonly scope: Scope;
};

/** @throws StartRefused for a caisse that is none, naming those that there are. */
export async function caisseDesk(shell: Shell, desk: Desk, id: string): Promise<CaisseDesk> {
  const rows = await listCaisses(desk.sql);
  const row = rows.find((one) => one.id === id);
  if (!row) throw new StartRefused(`La caisse « ${id} » n’existe pas. ${known(rows)}`);
  const caisse = toCaisse(row);
  const store = handleOf(desk.sql, id);
  const scope: Scope = {
    caisse,
    store,
    outbox: openOutbox(desk.sealer),
    now: shell.now,
    random: shell.random,
    sealer: desk.sealer,
    passwords: await makePasswordHasher(1),
    throttle: openThrottle(desk.sql),
    log: shell.log,
    requestId: '',
    address: '',
  };
  return { ...desk, caisse, store, scope };
}

const known = (rows: readonly CaisseRow[]): string =>
  rows.length === 0 ? 'Il n’y en a encore aucune.' : `Il y a : ${rows.map(({ id }) => id).join(', ')}.`;

/** « 24/11/2026 à 14:05 », in a zone. */
export const tellAt = (at: number, timeZone = 'Europe/Paris'): string =>
  `${tellShortDate(at, timeZone)} à ${timeOf(at, timeZone)}`;
