import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../provider/domain/message.ts';
import { makeSealer, type Sealer } from '../../provider/domain/seal.ts';
import { reportOutbox, resendDead } from '../../provider/outbox-report.ts';
import { countOutbox, listDeadMessages } from '../../provider/store/dead-messages.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { openOutbox, openOutgoing } from '../../provider/store/outbox.ts';
import { CODE, SMS } from '../delivery/samples.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { MAIL_FROM, SMS_TOKEN } from '../support/delivery.ts';
import { startSender } from '../support/sender.ts';

let app: TestApp;
let sealer: Sealer;
beforeAll(async () => {
  app = await startApp();
  sealer = makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes);
});
afterAll(() => app.close());
beforeEach(async () => {
  app.inbox.clear();
  await sql('truncate pgboss.job');
});
afterEach(() => {
  app.inbox.refuseWith(null);
  app.inbox.beforeAnswer(null);
  app.phones.answerWith(null);
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TO = 'camille@essai.test';

const sql = (statement: string) => app.database.knex.raw(statement);
const caisse = () => handleOf(app.database.knex, 'grand-est');

const reset = (to = TO, expiresAt: number | null = app.clock.now() + 12 * HOUR): Message => ({
  channel: 'mail',
  template: 'password_reset',
  to,
  link: `${app.issuerOf('grand-est')}/mot-de-passe-oublie/jeton-secret`,
  expiresAt,
  givenName: 'Camille',
  familyName: 'Essai',
});

const announce = (message: Message, by = sealer) =>
  transaction(caisse(), (inside) => openOutbox(by).announce(inside, message));

const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@essai.test`);
const recipients = () => app.inbox.all().map(({ to }) => to);

/** As if the sender that holds messages had died ten minutes ago. */
async function bringBackFromTheDead(): Promise<void> {
  await sql(`update pgboss.job set started_on = now() - interval '10 minutes' where state = 'active'`);
  await sql('update pgboss.queue set monitor_on = null, monitor_claim_on = null');
  await openOutgoing(app.database.knex, sealer).reclaim();
  app.clock.advance(20 * MINUTE);
}

describe('a mail', () => {
  test('arrives once, in the caisse’s name, with its link', async () => {
    await announce(reset());
    expect(await app.deliver()).toEqual({ sent: 1, expired: 0, postponed: 0, buried: 0 });
    const mail = app.inbox.next(TO);
    expect(mail).toMatchObject({ from: MAIL_FROM, fromName: 'CIBTP Grand Est', replyTo: null });
    expect(mail.subject).toBe('Choisissez un nouveau mot de passe – CIBTP Grand Est');
    expect(mail.link).toBe(`${app.issuerOf('grand-est')}/mot-de-passe-oublie/jeton-secret`);
    expect(mail.html).toContain(mail.link);
    expect(mail.headers['auto-submitted']).toBe('auto-generated');
    await app.deliver();
    expect(app.inbox.all()).toHaveLength(1);
  });

  test('comes from the caisse’s own address, and is answered where it says', async () => {
    const mail = { from: 'espace@cibtp.test', replyTo: 'contact@cibtp.test' };
    await app.database
      .knex('caisse')
      .where({ id: 'grand-est' })
      .update({ settings: app.database.knex.raw('settings || ?::jsonb', [JSON.stringify({ mail })]) });
    await announce(reset());
    await app.deliver();
    const received = app.inbox.next(TO);
    expect(received).toMatchObject({ from: 'espace@cibtp.test', replyTo: 'contact@cibtp.test' });
    expect(received.messageId).toMatch(/@cibtp\.test>$/);
    await app.database
      .knex('caisse')
      .where({ id: 'grand-est' })
      .update({ settings: app.database.knex.raw(`settings - 'mail'`) });
  });

  test('that has expired does not leave', async () => {
    await announce(reset(TO, app.clock.now() - 1));
    expect(await app.deliver()).toMatchObject({ sent: 0, expired: 1 });
    expect(app.inbox.all()).toEqual([]);
    expect(await countOutbox(app.database.knex, 'grand-est')).toEqual({ waiting: 0, retried: 0, dead: 0 });
  });

  test('leaves no trace of its recipient and its link in the log', async () => {
    await announce(reset());
    app.inbox.refuseWith(451);
    await app.deliver();
    const log = app.logged().join('');
    expect(log).toContain('message postponed');
    expect(log).not.toContain('jeton-secret');
    expect(log).not.toContain(TO);
  });

  test('cannot be made two by a comma in its address', async () => {
    await announce(reset('"a,b"@essai.test'));
    await app.deliver();
    expect(recipients()).toEqual(['"a,b"@essai.test']);
  });
});

describe('while nobody answers at the mail server', () => {
  test('for more than an hour, nothing is lost and nothing is sent twice', async () => {
    const awaited = people(12);
    await app.inbox.stop();
    for (const to of awaited) await announce(reset(to));
    for (let passed = 0; passed <= HOUR; passed += 15 * MINUTE) {
      expect(await app.deliver()).toMatchObject({ sent: 0, postponed: awaited.length });
      expect(await countOutbox(app.database.knex, 'grand-est')).toMatchObject({ waiting: 12, retried: 12 });
      app.clock.advance(15 * MINUTE);
    }
    await app.inbox.start();
    expect(await app.deliver()).toMatchObject({ sent: awaited.length });
    expect(recipients().sort()).toEqual(awaited.sort());
  });

  test('what expires meanwhile is not sent afterwards', async () => {
    await app.inbox.stop();
    await announce(reset(TO, app.clock.now() + 10 * MINUTE));
    await app.deliver();
    await app.inbox.start();
    app.clock.advance(20 * MINUTE);
    expect(await app.deliver()).toMatchObject({ sent: 0, expired: 1 });
  });
});

describe('a sender that is killed', () => {
  const told = () => ({
    databaseUrl: app.database.url,
    encryptionKey: app.secondNode.encryptionKey,
    smtpUrl: app.inbox.url,
  });

  test('when the server has the mail and its sender does not know yet: one duplicate, that can be told', async () => {
    const { promise: handedOver, resolve: handOver } = Promise.withResolvers<void>();
    // The answer waits until the sender is dead.
    const { promise: dead, resolve: die } = Promise.withResolvers<void>();
    app.inbox.beforeAnswer(() => {
      handOver();
      return dead;
    });
    await announce(reset());
    const sender = startSender(told());
    await handedOver;
    await sender.kill();
    die();
    app.inbox.beforeAnswer(null);
    expect(await app.deliver()).toMatchObject({ sent: 0 });
    await bringBackFromTheDead();
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    await app.deliver();
    expect(recipients()).toEqual([TO, TO]);
    expect(new Set(app.inbox.all().map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('before it handed anything over: no duplicate', async () => {
    await announce(reset());
    await openOutgoing(app.database.knex, sealer).take(10);
    expect(await app.deliver()).toMatchObject({ sent: 0 });
    await bringBackFromTheDead();
    await app.deliver();
    expect(recipients()).toEqual([TO]);
  });

  test('while others send as well: each mail arrives, and no more are doubled than it held', async () => {
    const awaited = people(60);
    for (const to of awaited) await announce(reset(to));
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    app.inbox.beforeAnswer(async () => begin());
    const senders = [startSender(told()), startSender(told())];
    await begun;
    await senders[0]?.kill();
    await senders[1]?.stop();
    await app.deliver();
    await bringBackFromTheDead();
    await app.deliver();
    expect([...new Set(recipients())].sort()).toEqual(awaited.sort());
    expect(recipients().length - awaited.length).toBeLessThanOrEqual(20);
  });
});

describe('a mail that will never be taken', () => {
  test('is dead at once, visible without its recipient, and stops nobody else', async () => {
    app.inbox.refuseWith(550);
    await announce(reset());
    expect(await app.deliver()).toMatchObject({ buried: 1 });
    app.inbox.refuseWith(null);
    await announce(reset('autre@essai.test'));
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    const dead = await listDeadMessages(caisse(), 10);
    expect(dead).toMatchObject([
      { channel: 'mail', template: 'password_reset', reason: 'smtp_refused', code: '550' },
    ]);
    expect(JSON.stringify((await sql('select * from pgboss.job')).rows)).not.toContain(TO);
    expect(await listDeadMessages(handleOf(app.database.knex, 'nord-ouest'), 10)).toEqual([]);
  });

  test('is tried again when the server only asks for patience', async () => {
    app.inbox.refuseWith(450);
    await announce(reset());
    expect(await app.deliver()).toMatchObject({ postponed: 1, buried: 0 });
    app.inbox.refuseWith(null);
    app.clock.advance(20 * MINUTE);
    expect(await app.deliver()).toMatchObject({ sent: 1 });
  });

  test('is dead after its last try, and can be sent once what stood in the way is mended', async () => {
    await announce(reset());
    await sql('update pgboss.job set retry_count = retry_limit');
    await app.inbox.stop();
    await app.deliver();
    expect(await listDeadMessages(caisse(), 10)).toMatchObject([{ reason: 'smtp_away' }]);
    expect(await countOutbox(app.database.knex, 'grand-est')).toEqual({ waiting: 0, retried: 0, dead: 1 });
    await app.inbox.start();
    expect((await reportOutbox(app.database.knex)).join('\n')).toMatch(
      /^grand-est : 0 en attente, dont 0 après un échec ; abandonnés : 1\n.*mail password_reset {2}smtp_away/m,
    );
    expect(await resendDead(app.database.knex)).toBe('Messages abandonnés remis en attente : 1');
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    expect(await listDeadMessages(caisse(), 10)).toEqual([]);
  });

  test('is dead when no key opens it', async () => {
    await announce(reset(), makeSealer([randomBytes(32)], randomBytes));
    expect(await app.deliver()).toMatchObject({ buried: 1 });
    expect(await listDeadMessages(caisse(), 10)).toMatchObject([{ reason: 'unreadable' }]);
  });
});

describe('an SMS', () => {
  const code = () => announce({ ...SMS, expiresAt: app.clock.now() + 10 * MINUTE });

  test('arrives with its code first, bound to the host, under the service’s token', async () => {
    await code();
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    const sms = app.phones.next(SMS.to);
    expect(sms.text).toMatch(/^481516 est votre code CIBTP Grand Est/);
    expect(sms.text.split('\n').at(-1)).toBe('@127.0.0.1 #481516');
    expect(sms.authorization).toBe(`Bearer ${SMS_TOKEN}`);
  });

  test('is tried again under the same key when the service is out of order, and not once the code is dead', async () => {
    await code();
    app.phones.answerWith(503);
    expect(await app.deliver()).toMatchObject({ postponed: 1 });
    app.phones.answerWith(null);
    await sql('update pgboss.job set start_after = now()');
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    expect(app.phones.next(SMS.to).id).toMatch(/^[0-9a-f-]{36}$/);
    await code();
    app.clock.advance(11 * MINUTE);
    expect(await app.deliver()).toMatchObject({ expired: 1 });
  });

  test('to a number that does not exist is dead', async () => {
    await code();
    app.phones.answerWith(422);
    expect(await app.deliver()).toMatchObject({ buried: 1 });
    expect(await listDeadMessages(caisse(), 10)).toMatchObject([{ reason: 'sms_refused', code: '422' }]);
  });
});

describe('a letter', () => {
  test('waits for the printer with its code, which nothing else in the database shows', async () => {
    await announce({ ...CODE, expiresAt: app.clock.now() + 30 * 24 * HOUR } as Message);
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    const [letter] = await app.letters();
    expect(letter).toMatchObject({ template: 'confidential_code', siret: CODE.siret });
    expect(letter?.text).toContain('7KQ2X 9MB4T');
    const kept = JSON.stringify((await sql(`select *, encode(pdf, 'escape') as bytes from letter`)).rows);
    expect(kept).not.toMatch(/7KQ2X|%PDF/);
    expect((await sql('select * from pgboss.job')).rows).toEqual([]);
  });
});
