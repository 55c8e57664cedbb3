/** A cluster of one's own, thrown away after use: for tests that stop their database under a running server. */
import { randomBytes, randomInt } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runnableBinaries } from './embedded-binaries.ts';
import { type Cluster, freePort, initialise, start, stop, urlOf } from './embedded-cluster.ts';
import { serverUser, temporaryDirectory } from './embedded-user.ts';

export interface PrivateCluster {
  url(databaseName: string): string;
  readonly port: number;
  /** Comes back on the same port with the same data. */
  start(): Promise<void>;
  /** Ends every session, as a restart of the database does. */
  stop(): Promise<void>;
  /** Stops it and deletes it. */
  remove(): Promise<void>;
}

/** Makes and starts it. With the `settings` of tests, its data does not survive a crash of the machine. */
export async function privateCluster(settings: readonly string[] = ['fsync=off']): Promise<PrivateCluster> {
  const user = serverUser();
  const home = temporaryDirectory(`caisse-id-${process.pid}-${randomBytes(4).toString('hex')}`, user);
  await sweep(dirname(home));
  const cluster: Cluster = {
    binaries: runnableBinaries(user),
    directory: join(home, 'cluster'),
    settings,
  };
  const password = randomBytes(24).toString('hex');
  await initialise(cluster, password);
  const port = await freePort(30_000 + randomInt(1_500));
  await start(cluster, port);
  return {
    port,
    url: (name) => urlOf(port, password, name),
    start: () => start(cluster, port),
    stop: () => stop(cluster),
    remove: async () => {
      await stop(cluster);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** What a killed test run left behind. */
async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^caisse-id-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1]);
    const home = join(parent, name);
    if (!pid || isAlive(pid) || lstatSync(home).uid !== process.getuid?.()) continue;
    await stop({ binaries: runnableBinaries(serverUser()), directory: join(home, 'cluster') }).catch(
      () => undefined,
    );
    rmSync(home, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
