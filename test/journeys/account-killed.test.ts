/** A process that dies at any statement of an act of recovery or My account: all of it or nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AtHome, atHome, confirm, elsewhere, tokenOf } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { dyingAt } from '../support/dying.ts';
import { type Page, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const NEW = 'Truelle-Neuve-2027';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** What these acts write of an account; not the counters of tries. */
async function stateOf(accountId: string, from: string): Promise<Record<string, unknown>> {
  const { knex } = app.database;
  const [account] = await knex('account').where({ id: accountId });
  const links = await knex('link').where({ account_id: accountId }).orderBy('created_at');
  const artifacts = await knex('oidc_artifact')
    .where({ account_id: accountId })
    .whereNot({ kind: 'Interaction' });
  const audits = await knex('audit_event').where({ actor_id: accountId }).whereNot({ kind: 'signed_in' });
  const [jobs] = await knex('pgboss.job').count('* as rows');
  return {
    email: account.email === from ? 'former' : 'new',
    status: account.status,
    pending: account.pending_email !== null,
    passwordHash: account.password_hash === formerHash ? 'former' : 'new',
    links: links.map((link) => [
      link.purpose,
      link.used_at ? 'used' : link.superseded_at ? 'superseded' : 'live',
    ]),
    artifacts: artifacts.map(({ kind }) => kind).sort(),
    audits: audits.map(({ kind }) => kind),
    jobs: Number(jobs?.rows),
  };
}
let formerHash = '';

type Prepared = { readonly act: () => Promise<Page> };

const page = (path: string): string => `${issuer}/mon-compte${path}`;

async function changeAsked({ visitor, email }: AtHome) {
  const to = `vers-${email}`;
  await visitor.post(page('/adresse-electronique'), { email: to, password: PASSWORD });
  await app.deliver();
  return { confirmation: app.inbox.next(to).link, warning: app.inbox.next(email).link };
}

const ACTS: Readonly<Record<string, (home: AtHome) => Promise<Prepared>>> = {
  'a reset': async ({ email }) => {
    await new Visitor().post(`${issuer}/mot-de-passe-oublie/espace-ouvert`, { email });
    await app.deliver();
    const { link } = app.inbox.next(email);
    const fields = { jeton: tokenOf(link), password: NEW, password_confirmation: NEW };
    return { act: () => new Visitor().post(link, fields) };
  },
  'the request of a reset': async ({ email }) => ({
    act: () => new Visitor().post(`${issuer}/mot-de-passe-oublie/espace-ouvert`, { email }),
  }),
  'the request of a change of address': async ({ visitor, email }) => ({
    act: () => visitor.post(page('/adresse-electronique'), { email: `vers-${email}`, password: PASSWORD }),
  }),
  'the confirmation of a change of address': async (home) => {
    const { confirmation } = await changeAsked(home);
    return { act: () => confirm(confirmation) };
  },
  'the cancellation of a change of address': async (home) => {
    const { confirmation, warning } = await changeAsked(home);
    await confirm(confirmation);
    return { act: () => confirm(warning) };
  },
  'a change of password': async ({ visitor, email }) => {
    await elsewhere(issuer, email);
    const fields = { current: PASSWORD, password: NEW, password_confirmation: NEW };
    return { act: () => visitor.post(page('/mot-de-passe'), fields) };
  },
  'the end of other sessions': async ({ visitor, email }) => {
    await elsewhere(issuer, email);
    return { act: () => visitor.post(page('/acces/connexion'), { others: 'yes' }) };
  },
};

async function prepared(prepare: (home: AtHome) => Promise<Prepared>) {
  const home = await atHome(app, issuer);
  const [row] = await app.database.knex('account').where({ id: home.accountId });
  formerHash = row.password_hash;
  const { act } = await prepare(home);
  await app.database.knex('pgboss.job').delete();
  const state = () => stateOf(home.accountId, home.email);
  return { act, state, before: await state() };
}

describe.each(Object.entries(ACTS))('killed at any statement of %s', (_, prepare) => {
  test('it is done whole or not at all, and can be done again', async () => {
    let { act, state, before } = await prepared(prepare);
    const wholes: unknown[] = [];
    let nothings = 0;
    for (let fatal = 1; ; fatal++) {
      // Tries that died were counted: that is another test's matter.
      await app.database.knex('throttle').delete();
      const { statements } = await dyingAt(app, fatal, act);
      const after = await state();
      if (JSON.stringify(after) === JSON.stringify(before)) {
        nothings += 1;
        continue;
      }
      wholes.push(after);
      if (statements < fatal) break;
      ({ act, state, before } = await prepared(prepare));
    }
    // The last one was left alone, after all those that died before it on the same account.
    const whole = wholes.at(-1);
    for (const one of wholes) expect(one).toEqual(whole);
    expect(nothings).toBeGreaterThan(5);
  }, 180_000);
});
