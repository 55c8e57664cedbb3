import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../provider/domain/message.ts';
import { makeSealer } from '../../provider/domain/seal.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { openOutbox } from '../../provider/store/outbox.ts';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  app.inbox.clear();
  await app.database.knex.raw('truncate pgboss.job');
});

const HOUR = 3_600_000;
const TO = 'camille@essai.test';

const reset = (to = TO, expiresAt: number | null = app.clock.now() + HOUR): Message => ({
  channel: 'mail',
  template: 'password_reset',
  to,
  link: `${app.issuerOf('grand-est')}/mot-de-passe-oublie/jeton`,
  expiresAt,
  givenName: 'Camille',
  familyName: 'Essai',
});

async function announce(message: Message): Promise<void> {
  const sealer = makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], (n) => Buffer.alloc(n, 7));
  const outbox = openOutbox(app.database.knex, sealer);
  await transaction(handleOf(app.database.knex, 'grand-est'), (inside) => outbox.announce(inside, message));
}

describe('a mail', () => {
  test('arrives once, in the caisse’s name, with its link', async () => {
    await announce(reset());
    expect(await app.deliver()).toMatchObject({ sent: 1 });
    const mail = app.inbox.next(TO);
    expect(mail.fromName).toBe('CIBTP Grand Est');
    expect(mail.link).toBe(`${app.issuerOf('grand-est')}/mot-de-passe-oublie/jeton`);
    await app.deliver();
    expect(app.inbox.all()).toHaveLength(1);
  });

  test('that has expired does not leave', async () => {
    await announce(reset(TO, app.clock.now() - 1));
    expect(await app.deliver()).toMatchObject({ sent: 0, expired: 1 });
    expect(app.inbox.all()).toEqual([]);
  });
});
