/**
 * Hears of changed caisses (settings, keys, services) from whatever process made them: LISTEN on a connection of its
 * own, taken again when the database comes back, with a full reload then because what was said meanwhile is lost.
 */
import type { Socket } from 'node:net';
import pg from 'pg';

export type Changes = { readonly close: () => Promise<void> };

export type ChangeHandlers = {
  readonly onChange: (caisseId: string) => void;
  /** After a lost connection: anything may have changed. */
  readonly onGap: () => void;
};

const RETRY_MS = 1_000;

/** Milliseconds: between two signs of life asked for, and until the lack of one counts as a lost connection. */
export type Heartbeat = { readonly every: number; readonly patience: number };

const HEARTBEAT: Heartbeat = { every: 20_000, patience: 5_000 };

export async function listenForChanges(
  url: string,
  handlers: ChangeHandlers,
  heartbeat = HEARTBEAT,
): Promise<Changes> {
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    const connection = new pg.Client({
      connectionString: url,
      application_name: 'caisse-id changes',
      connectionTimeoutMillis: heartbeat.patience,
      query_timeout: heartbeat.patience,
    });
    connection.on('error', () => {});
    connection.on('end', again);
    connection.on('notification', ({ payload }) => payload && handlers.onChange(payload));
    await connection.connect();
    await connection.query('listen caisse_changed').catch((error: unknown) => {
      hangUp(connection);
      throw error;
    });
    if (closed) return connection.end();
    client = connection;
    watch(connection, heartbeat);
  }

  function again(): void {
    client = null;
    if (closed || retry) return;
    retry = setTimeout(async () => {
      retry = undefined;
      try {
        await open();
        handlers.onGap();
      } catch {
        again();
      }
    }, RETRY_MS);
    retry.unref();
  }

  await open();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}

/** A server that vanished sends no farewell: whoever waits in silence would serve the keys and settings of then. */
function watch(connection: pg.Client, { every }: Heartbeat): void {
  let beat: NodeJS.Timeout;
  const next = (): void => {
    beat = setTimeout(() => connection.query('select 1').then(next, () => hangUp(connection)), every).unref();
  };
  connection.once('end', () => clearTimeout(beat));
  next();
}

/** `end()` would wait for the other side. */
function hangUp(connection: pg.Client): void {
  (connection as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}
