import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findArtifact, type NewArtifact } from '../../provider/store/artifacts.ts';
import { handleOf, transaction } from '../../provider/store/handle.ts';
import { createLink, findLink, sweepLinks } from '../../provider/store/links.ts';
import { saveInSession } from '../../provider/store/session-saving.ts';
import { endSessions, listSessions, sweepSessionNotes } from '../../provider/store/sessions.ts';
import { startApp, type TestApp } from '../support/app.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const store = () => handleOf(app.database.knex, 'grand-est');
const now = () => app.clock.now();

/** A session that somebody has just begun, noted. */
async function begin() {
  const accountId = await app.world().account();
  const uid = randomUUID();
  const session: NewArtifact = {
    kind: 'Session',
    id: randomUUID(),
    payload: { uid, accountId, loginTs: Math.floor(now() / 1000) },
    grantId: null,
    accountId,
    clientId: null,
    siteId: null,
    sessionUid: null,
    uid,
    expiresAt: now() + DAY,
  };
  const note = { accountId, userAgent: 'essai', address: '192.0.2.1', signedInAt: now() };
  await saveInSession(store(), [session], { uid, note });
  return { accountId, uid, session };
}

const isKept = async ({ kind, id }: NewArtifact) =>
  (await findArtifact(store(), kind, id, now())) !== undefined;

test('what is saved of a session after its end is not kept', async () => {
  const { accountId, uid, session } = await begin();
  await endSessions(store(), accountId, {}, now());
  const again = { ...session, id: randomUUID() };
  await saveInSession(store(), [again], { uid });
  expect([await isKept(session), await isKept(again)]).toEqual([false, false]);
});

test('a session under a new id takes its former one along', async () => {
  const [one, other] = [await begin(), await begin()];
  const renewed = { ...one.session, id: randomUUID() };
  await saveInSession(store(), [renewed], { uid: one.uid, gone: { Session: one.session.id } });
  expect([await isKept(one.session), await isKept(renewed)]).toEqual([false, true]);
  expect(await isKept(other.session)).toBe(true);
});

test('a sign-in in a session that was ended meanwhile is not kept', async () => {
  const { accountId, uid, session } = await begin();
  await endSessions(store(), accountId, {}, now());
  const again = { ...session, id: randomUUID() };
  const note = { accountId, userAgent: 'autre', address: '192.0.2.2', signedInAt: now() };
  await saveInSession(store(), [again], { uid, note });
  expect(await isKept(again)).toBe(false);
});

test('what is saved while the end is under way waits for it, and is not kept', async () => {
  const { accountId, uid, session } = await begin();
  const again = { ...session, id: randomUUID() };
  let saving: Promise<void> = Promise.resolve();
  await transaction(store(), async (inside) => {
    await endSessions(inside, accountId, {}, now());
    saving = saveInSession(store(), [again], { uid });
    // The save has reached the database and waits there: only then does the end commit.
    for (let waiting = 0; waiting === 0; ) {
      // Not inside: a transaction sees one picture of who waits.
      const { rows } = await app.database.knex.raw(
        `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      waiting = rows[0].waiting;
    }
  });
  await saving;
  expect(await isKept(again)).toBe(false);
});

test('an end that fails half-way leaves the session as it was', async () => {
  const { accountId, uid, session } = await begin();
  const failing = transaction(store(), async (inside) => {
    await endSessions(inside, accountId, {}, now());
    throw new Error('the process is gone');
  });
  await expect(failing).rejects.toThrow('the process is gone');
  const again = { ...session, id: randomUUID() };
  await saveInSession(store(), [again], { uid });
  expect([await isKept(session), await isKept(again)]).toEqual([true, true]);
});

test('ends one of several, or all but one, and says which', async () => {
  const first = await begin();
  const others = [randomUUID(), randomUUID()];
  for (const uid of others) {
    const session = { ...first.session, id: randomUUID(), uid, payload: { ...first.session.payload, uid } };
    await saveInSession(store(), [session], { uid });
  }
  const open = async () => (await listSessions(store(), first.accountId, now())).map(({ uid }) => uid).sort();
  const only = await endSessions(store(), first.accountId, { only: others[0] as string }, now());
  expect(only.map(({ uid }) => uid)).toEqual([others[0]]);
  expect(await open()).toEqual([first.uid, others[1]].sort());
  await endSessions(store(), first.accountId, { except: first.uid }, now());
  expect(await open()).toEqual([first.uid]);
});

test('notes leave a day after their sessions, and those of open ones stay', async () => {
  const [gone, open] = [await begin(), await begin()];
  await endSessions(store(), gone.accountId, {}, now());
  const notes = async () => {
    const rows = await app.database.knex('session_note').whereIn('session_uid', [gone.uid, open.uid]);
    return rows.map((row) => row.session_uid);
  };
  await sweepSessionNotes(app.database.knex, now());
  expect(await notes()).toHaveLength(2);
  await sweepSessionNotes(app.database.knex, now() + DAY + 1000);
  expect(await notes()).toEqual([open.uid]);
});

test('links stay a month after their end, to say why they no longer work', async () => {
  const accountId = await app.world().account();
  const link = {
    purpose: 'password_reset',
    accountId,
    email: 'essai@essai.test',
    random: randomBytes,
  } as const;
  const token = await createLink(store(), { ...link, now: now(), expiresAt: now() + DAY });
  const find = () => findLink(store(), 'password_reset', token, now());
  await sweepLinks(app.database.knex, now() + 30 * DAY);
  expect(await find()).toBeDefined();
  await sweepLinks(app.database.knex, now() + 31 * DAY + 1000);
  expect(await find()).toBeUndefined();
});
