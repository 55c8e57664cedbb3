/** Run by sender.ts: sends what the outbox of a database holds, until it is killed or its input ends. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { startMessaging } from '../../provider/messaging.ts';
import { connect } from '../../provider/store/database.ts';
import type { SenderTold } from './sender.ts';

const [line] = (await once(createInterface(process.stdin), 'line')) as [string];
const { databaseUrl, encryptionKey, smtpUrl } = JSON.parse(line) as SenderTold;
const sql = connect(databaseUrl, { poolSize: 4, applicationName: 'sender' });
const messaging = startMessaging({
  config: {
    mode: 'test',
    encryptionKey: Buffer.from(encryptionKey, 'base64'),
    previousEncryptionKey: null,
    smtpUrl,
    mailFrom: 'ne-pas-repondre@caisse-id.test',
    sms: null,
  },
  sql,
  now: Date.now,
  random: randomBytes,
  log: pino({ level: 'silent' }),
});
process.stdin.on('end', () => void messaging.stop().then(() => sql.destroy()));
