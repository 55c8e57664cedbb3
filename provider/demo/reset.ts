/** Brings the demo back to its first state. Everything that its database holds is lost; its encryption key stays. */
import type { Config } from '../config.ts';
import type { Random } from '../domain/seal.ts';
import { openDatabase } from '../opening.ts';
import { occupyCheckout } from '../single-instance.ts';
import { StartRefused } from '../start-refused.ts';
import { type Database, migrate } from '../store/database.ts';
import { resetDatabase } from '../store/reset.ts';
import { fillDemo } from './open.ts';

export type ResetOptions = {
  readonly config: Config;
  readonly root: string;
  /** The person has agreed to lose what a database of his own holds. */
  readonly yes: boolean;
  readonly now: () => number;
  readonly random: Random;
  readonly say: (line: string) => void;
};

/** @throws StartRefused, or CheckoutTaken while the demo runs. */
export async function resetDemo(options: ResetOptions): Promise<void> {
  const { config, root, say } = options;
  refuseWhatIsNoDemo(options);
  const leave = occupyCheckout({ root, address: null });
  try {
    const database = await openDatabase({ config, root, say });
    try {
      await refill(database.sql, options);
    } finally {
      await database.close();
    }
  } finally {
    leave();
  }
}

function refuseWhatIsNoDemo({ config, yes }: ResetOptions): void {
  if (config.mode === 'production' || !config.demo) {
    throw new StartRefused('Seule une démonstration peut être remise à zéro : rien n’a été changé.');
  }
  if (config.databaseUrl === null || yes) return;
  const { host, pathname } = new URL(config.databaseUrl);
  throw new StartRefused(
    `DATABASE_URL mène à ${host}${pathname} : tout ce que contient cette base serait effacé. ` +
      'Si c’est bien ce que vous voulez : npm run reset -- --yes',
  );
}

async function refill(sql: Database, options: ResetOptions): Promise<void> {
  await resetDatabase(sql).catch((cause: unknown) => {
    // lock_not_available
    if ((cause as { readonly code?: unknown }).code !== '55P03') throw cause;
    throw new StartRefused('La base est en cours d’utilisation : arrêtez d’abord ce qui s’en sert.', {
      cause,
    });
  });
  await migrate(sql);
  await fillDemo({ ...options, sql });
}
