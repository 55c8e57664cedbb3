import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Serving, serve } from '../provider/serving.ts';

const place = { host: '127.0.0.1', what: 'fournisseur', variable: 'PORT' };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, place.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

let opened: Serving[] = [];
afterEach(async () => {
  await Promise.all(opened.map((serving) => serving.drain(0)));
  opened = [];
});

/** A server that answers when told to. */
async function slowServer() {
  const port = await freePort();
  const arrived = Promise.withResolvers<ServerResponse>();
  const serving = await serve((_request, response) => arrived.resolve(response), { ...place, port });
  return { serving, arrived: arrived.promise, address: `http://${place.host}:${port}` };
}

test('a request under way is answered before the end, and nobody else is let in', async () => {
  const { serving, arrived, address } = await slowServer();
  const answer = fetch(address);
  const response = await arrived;
  const drained = serving.drain(60_000);
  await expect(fetch(address)).rejects.toThrow();
  response.end('terminé');
  expect(await (await answer).text()).toBe('terminé');
  await drained;
});

test('a request that never ends is cut off when patience is over, or at once on demand', async () => {
  for (const end of [
    (serving: Serving) => serving.drain(50),
    (serving: Serving) => {
      const drained = serving.drain(60_000);
      serving.cut();
      return drained;
    },
  ]) {
    const { serving, arrived, address } = await slowServer();
    const answer = fetch(address).then(
      () => 'answered',
      () => 'cut off',
    );
    await arrived;
    await end(serving);
    expect(await answer).toBe('cut off');
  }
});

test('a taken port is named, with the variable that chooses another', async () => {
  const port = await freePort();
  opened.push(await serve(() => {}, { ...place, port }));
  const again = serve(() => {}, { ...place, port });
  await expect(again).rejects.toThrow(new RegExp(`Le port ${port} \\(fournisseur\\) est déjà pris.*PORT=`));
});

test('an address of another machine is said to be one', async () => {
  const elsewhere = serve(() => {}, { ...place, host: '192.0.2.1', port: 0 });
  await expect(elsewhere).rejects.toThrow(/192\.0\.2\.1 n’est pas de cette machine/);
});
