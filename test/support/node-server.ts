/** Run by second-node.ts: serves the caisses that a line on its input names, until that input ends. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { createApp } from '../../provider/app.ts';
import { connect } from '../../provider/store/database.ts';
import type { TestApp } from './app.ts';

const input = createInterface(process.stdin);
const [line] = await once(input, 'line');
const { databaseUrl, encryptionKey, origin, trustedProxies } = JSON.parse(line) as TestApp['secondNode'];
const sql = connect(databaseUrl, { poolSize: 10, applicationName: 'second node' });
const app = await createApp({
  config: {
    encryptionKey: Buffer.from(encryptionKey, 'base64'),
    previousEncryptionKey: null,
    publicOrigin: origin,
    trustedProxies,
    argon2Concurrency: 2,
    backchannelAllowedHosts: ['127.0.0.1', 'localhost'],
  },
  sql,
  databaseUrl,
  cacheDirectory: join(import.meta.dirname, '../../.data/cache'),
  now: Date.now,
  random: randomBytes,
  log: pino({ level: 'silent' }),
});
const server = createServer(app.koa.callback());
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
await once(input, 'close');
server.closeAllConnections();
server.close();
await app.close();
await sql.destroy();
