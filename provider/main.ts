/**
 * Start of the server: configuration, single instance, database, demo, ports; and its end, without a request lost.
 * Owns the clock, chance and the environment of the process, which everything else is given. Holds no rule.
 */
import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type App, createApp } from './app.ts';
import { startAuditKeeping } from './audit-keeping.ts';
import { type Config, ConfigurationError, readConfig } from './config.ts';
import { type Demo, openDemo } from './demo/open.ts';
import { summaryOf } from './demo/summary.ts';
import { startImporting } from './jobs/run-imports.ts';
import { startSweeping } from './jobs/sweep.ts';
import { startWorker } from './jobs/worker.ts';
import { openLog } from './logging.ts';
import { startMessaging } from './messaging.ts';
import { openDatabase } from './opening.ts';
import { type Serving, serve } from './serving.ts';
import { CheckoutTaken, occupyCheckout } from './single-instance.ts';
import { StartRefused } from './start-refused.ts';
import { dataDirectory } from './store/data-directory.ts';
import { migrate } from './store/database.ts';

/** Milliseconds that requests under way get to finish; with the farewell before, half a minute in all. */
const PATIENCE = 20_000;
const CLOSING_EVERY = 60_000;

export type Surroundings = {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly random: (bytes: number) => Buffer;
  readonly say: (text: string) => void;
};

export const surroundings: Surroundings = {
  root: join(import.meta.dirname, '..'),
  environment: process.env,
  now: Date.now,
  random: randomBytes,
  say: (text) => process.stdout.write(`${text}\n`),
};

type Running = {
  readonly log: Logger;
  /** Answers what is under way, then gives everything back. */
  readonly stop: () => Promise<void>;
  /** For who cannot wait: what is under way is cut off. */
  readonly cut: () => void;
};

/** @throws ConfigurationError, CheckoutTaken or StartRefused, having given back what was taken. */
export async function start(around: Surroundings): Promise<Running> {
  const config = readConfig(around.environment, around);
  const closers: (() => unknown)[] = [];
  const serving: Serving[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    // Several servers may share a database of their own; an embedded one and the demo's ports have one owner.
    if (config.demo || config.databaseUrl === null)
      closers.push(occupyCheckout({ root: around.root, address: config.publicOrigin }));
    const hurry = new AbortController();
    const log = await open(config, around, { closers, serving, hurried: hurry.signal });
    const cut = () => {
      hurry.abort();
      for (const place of serving) place.cut();
    };
    return { log, stop, cut };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Leaving = {
  readonly leave: () => void;
  readonly serving: readonly Serving[];
  readonly seconds: number;
  readonly hurried: AbortSignal;
};

/** Says that it leaves, and still answers while balancers take note; then takes nothing new and ends what is under way. */
async function takeLeave({ leave, serving, seconds, hurried }: Leaving): Promise<void> {
  leave();
  for (const place of serving) place.sayFarewell();
  await delay(seconds * 1000, undefined, { signal: hurried }).catch(() => {});
  await Promise.all(serving.map(({ drain }) => drain(PATIENCE)));
}

type Held = {
  readonly closers: (() => unknown)[];
  readonly serving: Serving[];
  /** Aborted when nobody wants to wait any more. */
  readonly hurried: AbortSignal;
};

async function open(
  config: Config,
  around: Surroundings,
  { closers, serving, hurried }: Held,
): Promise<Logger> {
  const { root, now, random, say } = around;
  const data = config.mode === 'production' ? null : dataDirectory(root);
  const logFile = config.demo && data ? join(data, 'caisse-id.log') : null;
  const log = openLog({ level: config.logLevel, file: logFile });
  const database = await openDatabase({ config, root, say });
  closers.push(database.close);
  const { sql } = database;
  await migrate(sql);
  const shared = { config, sql, now, random, log, cacheDirectory: data ?? join(root, '.data') };
  const demo = config.demo ? await openDemo(shared) : null;
  if (demo) closers.push(demo.close);
  const app = await createApp({
    ...shared,
    databaseUrl: database.url,
    before: demo ? [demo.page] : [],
  });
  closers.push(app.close);
  closers.push(startMessaging(shared).stop);
  closers.push(startAuditKeeping(shared).stop);
  await app.prepare();
  closers.push(startSweeping({ sql, now, log }).stop);
  const closing = {
    name: 'end sessions of before a closure',
    every: CLOSING_EVERY,
    run: app.endClosedAccess,
  };
  closers.push(startWorker(closing, log).stop);
  closers.push(startImporting({ sql, now, log }).stop);
  const { leave } = app;
  closers.push(() => takeLeave({ leave, serving, seconds: config.farewellSeconds, hurried }));
  const places = [
    [app.koa, providerPlace(config)] as const,
    ...managementPlaces(app, config),
    ...demoPlaces(demo, config),
  ];
  for (const [koa, place] of places) serving.push(await serve(koa.callback(), place));
  log.info({ host: config.host, port: config.port, mode: config.mode }, 'listening');
  if (demo && logFile) say(summary(demo, { root, place: database.place, logFile }));
  return log;
}

const providerPlace = ({ host, port }: Config) => ({
  host,
  port,
  what: 'fournisseur d’identité',
  variable: 'PORT',
});

function managementPlaces({ management }: App, { host, managementPort: port }: Config) {
  if (port === null) return [];
  return [[management, { host, port, what: 'exploitation', variable: 'CAISSE_ID_MANAGEMENT_PORT' }] as const];
}

function demoPlaces(demo: Demo | null, { host, portalPort, apiPort }: Config) {
  if (!demo) return [];
  const portal = { host, port: portalPort, what: 'portail', variable: 'CAISSE_ID_PORTAL_PORT' };
  const api = { host, port: apiPort, what: 'API', variable: 'CAISSE_ID_API_PORT' };
  return [[demo.portal, portal] as const, [demo.api, api] as const];
}

type Whereabouts = { readonly root: string; readonly place: string | null; readonly logFile: string };

function summary(demo: Demo, { root, place, logFile }: Whereabouts): string {
  const inside = (path: string) => (path.startsWith(root) ? relative(root, path) : path);
  return summaryOf({
    ...demo,
    data: place ? `PostgreSQL embarqué, dans ${inside(place)}` : 'la base de DATABASE_URL',
    logFile: inside(logFile),
    colours: process.stdout.isTTY === true,
  });
}

/** From start to exit: 0 once stopped by a signal, 1 when the start was refused or something broke. */
export async function run(around: Surroundings): Promise<void> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  let cut = () => {};
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      cut();
      ask();
    });
  }
  if (around.environment.npm_lifecycle_event) onOrphaned(ask);
  const running = await start(around).catch(refuse);
  process.once('uncaughtException', (err) => {
    running.log.fatal({ err }, 'fault outside any request');
    process.exit(1);
  });
  await asked;
  // A second signal, by someone who does not want to wait.
  cut = running.cut;
  running.log.info('stopping');
  await running.stop();
  process.exit(0);
}

/** npm passes a signal on to its shell alone, which dies of it and leaves this process behind. */
function onOrphaned(act: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && act(), 500).unref();
}

function refuse(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

/** The sentence of a refusal; of anything else, where it broke. */
export function explain(error: unknown): string {
  const expected = [ConfigurationError, CheckoutTaken, StartRefused].some((kind) => error instanceof kind);
  if (!(error instanceof Error)) return String(error);
  return expected ? error.message : (error.stack ?? error.message);
}

if (import.meta.main) await run(surroundings);
