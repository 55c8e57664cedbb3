import { afterAll, beforeAll, expect, test } from 'vitest';
import { handleOf } from '../../provider/store/handle.ts';
import { saveInSession } from '../../provider/store/session-saving.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { untilWaiting } from '../support/lock-waits.ts';
import { sendTo } from '../support/second-node.ts';
import { signOut } from '../support/sign-out.ts';
import { request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

async function silently(cookie: string): Promise<string> {
  const asked = await request(issuer, 'portail', { prompt: 'none' });
  const answer = await sendTo(app, asked.url, { headers: { accept: 'text/html', cookie } });
  const told = new URL(answer.headers.location ?? '').searchParams;
  return told.has('code') ? 'code' : (told.get('error') ?? '');
}

/** A signed-in browser, and what a request under way there has read and will write back. */
async function busyBrowser() {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  await signInAndRedeem(visitor, person, await request(issuer, 'portail'));
  const cookies = visitor.cookiesFor(`${issuer}/auth`);
  const id = /caisse_session=([^;]+)/.exec(cookies)?.[1] ?? '';
  const row = await app.database
    .knex('oidc_artifact')
    .first('payload', 'uid')
    .where({ caisse_id: 'grand-est', kind: 'Session', account_id: person.accountId });
  const writeBack = () =>
    saveInSession(
      handleOf(app.database.knex, 'grand-est'),
      [
        {
          kind: 'Session',
          id,
          payload: row.payload,
          grantId: null,
          accountId: person.accountId,
          clientId: null,
          siteId: null,
          sessionUid: null,
          uid: row.uid,
          expiresAt: app.clock.now() + 3_600_000,
        },
      ],
      { uid: row.uid },
    );
  return { visitor, cookies, writeBack };
}

test('a session that stands is written back by whoever had read it', async () => {
  const { cookies, writeBack } = await busyBrowser();
  await writeBack();
  expect(await silently(cookies)).toBe('code');
});

test('a sign-out holds against a request that had read the session before', async () => {
  const { visitor, cookies, writeBack } = await busyBrowser();
  await signOut(visitor, issuer);
  await writeBack();
  expect(await silently(cookies)).toBe('login_required');
});

test('a session that a newcomer ended stays ended against a request that had read it', async () => {
  const { visitor, cookies, writeBack } = await busyBrowser();
  const newcomer = await app.world().administrator(1);
  const asked = await request(issuer, 'portail', { prompt: 'login' });
  await signInOn(visitor, await visitor.get(asked.url), newcomer.email);
  await writeBack();
  expect(await silently(cookies)).toBe('login_required');
});

test('who signs in to what has ended meanwhile takes nobody’s place', async () => {
  const [here, newcomer] = [await app.world().administrator(1), await app.world().administrator(1)];
  const visitor = new Visitor();
  const form = await visitor.get((await request(issuer, 'portail')).url);
  await signInAndRedeem(visitor, here, await request(issuer, 'essai'));
  const cookies = visitor.cookiesFor(`${issuer}/auth`);

  // The password is right; the line that tells so waits, and what was to be gone on with ends.
  const { knex } = app.database;
  const ending = await knex.transaction();
  await ending.raw('lock table audit_event in exclusive mode');
  const answer = visitor.postOnce(form.url, { email: newcomer.email, password: PASSWORD });
  await untilWaiting(knex);
  await ending('oidc_artifact').delete().where({ caisse_id: 'grand-est', kind: 'Interaction' });
  await ending.commit();

  expect((await answer).status).toBe(400);
  expect(await silently(cookies)).toBe('code');
});
