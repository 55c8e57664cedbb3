/** What the back office will give an agent's act: the scope of a request, without a request. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { makeSealer } from '../../provider/domain/seal.ts';
import { openOutbox } from '../../provider/store/outbox.ts';
import { openThrottle } from '../../provider/store/throttle.ts';
import { toCaisse } from '../../provider/tenant/directory.ts';
import { makePasswordHasher } from '../../provider/tenant/passwords.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import type { Slug, TestApp } from './app.ts';

export async function agentScope(app: TestApp, slug: Slug = 'grand-est'): Promise<Scope> {
  const row = await app.database.knex('caisse').first().where({ id: slug });
  const sealer = makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes);
  return {
    caisse: toCaisse({ ...row, timeZone: row.time_zone, cookieKeys: row.cookie_keys }),
    store: app.world(slug).store,
    outbox: openOutbox(sealer),
    now: app.clock.now,
    random: randomBytes,
    sealer,
    passwords: await makePasswordHasher(1),
    throttle: openThrottle(app.database.knex),
    log: pino({ enabled: false }),
    requestId: 'essai',
    address: '127.0.0.1',
  };
}
