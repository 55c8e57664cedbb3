/** A database behind a relay of our own, which can be cut without touching the server that others use. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { connect } from '../../provider/store/database.ts';
import { type TestDatabase, testDatabase } from './database.ts';

export type CuttableDatabase = TestDatabase & { readonly cut: () => Promise<void> };

export async function cuttableDatabase(): Promise<CuttableDatabase> {
  const direct = await testDatabase();
  const { hostname, port } = new URL(direct.url);
  const relay = createServer((near) => {
    const far = dial(Number(port), hostname);
    near.pipe(far).pipe(near);
    open.add(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  const open = new Set<{ destroy(): unknown }>();
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(direct.url);
  url.hostname = '127.0.0.1';
  url.port = String((relay.address() as AddressInfo).port);
  const knex = connect(url.href, { poolSize: 10 });
  const cut = async (): Promise<void> => {
    relay.close();
    for (const one of open) one.destroy();
  };
  return {
    url: url.href,
    knex,
    cut,
    async drop() {
      await knex.destroy();
      await cut();
      await direct.drop();
    },
  };
}
