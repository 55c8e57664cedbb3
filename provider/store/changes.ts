/**
 * Hears of changed caisses (settings, keys, services) from whatever process made them: LISTEN on a connection of its
 * own, taken again when the database comes back, with a full reload then because what was said meanwhile is lost.
 */
import pg from 'pg';

export type Changes = { readonly close: () => Promise<void> };

export type ChangeHandlers = {
  readonly onChange: (caisseId: string) => void;
  /** After a lost connection: anything may have changed. */
  readonly onGap: () => void;
};

const RETRY_MS = 1_000;

export async function listenForChanges(url: string, handlers: ChangeHandlers): Promise<Changes> {
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    const connection = new pg.Client({
      connectionString: url,
      application_name: 'caisse-id changes',
      keepAlive: true,
    });
    connection.on('error', () => {});
    connection.on('end', again);
    connection.on('notification', ({ payload }) => payload && handlers.onChange(payload));
    await connection.connect();
    await connection.query('listen caisse_changed');
    client = connection;
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
