/** A process that dies at any statement of setting up a second factor, or of opening what a letter began. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawInitialPassword, makeProvisionalAccount } from '../../provider/journeys/make-provisional.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { dyingAt } from '../support/dying.ts';
import { authenticator, FACTOR_PAGE, secretOn } from '../support/second-factor.ts';
import { type Page, request, signInOn, Visitor } from '../support/visitor.ts';

const CHOSEN = 'moulin zinc cordage pluie';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

type Attempt = {
  readonly act: () => Promise<Page>;
  /** What the act has written by now: `nothing`, `everything`, or what was found instead. */
  readonly written: () => Promise<string>;
};

/** One fresh attempt a statement: each dies there, leaves all or nothing, and succeeds when it is done again. */
async function killAtEach(prepare: () => Promise<Attempt>): Promise<readonly string[]> {
  const left: string[] = [];
  for (let fatal = 1; fatal < 200; fatal++) {
    const { act, written } = await prepare();
    const { statements } = await dyingAt(app, fatal, act);
    left.push(await written());
    if (statements < fatal) return left;
    await act();
    expect(await written()).toBe('everything');
  }
  throw new Error('the act has no end');
}

const count = async (table: string, where: Record<string, unknown>): Promise<number> => {
  const [row] = await app.database.knex(table).where(where).count({ rows: '*' });
  return Number(row?.rows);
};

const told = (found: readonly number[], whole: readonly number[]): string => {
  if (found.every((one) => one === 0)) return 'nothing';
  return String(found) === String(whole) ? 'everything' : `parts: ${found}`;
};

test('a second factor is set up with its codes, its audit line and its mail, or not at all', async () => {
  const left = await killAtEach(async () => {
    const { email, accountId } = await app.world().administrator(0);
    const visitor = new Visitor();
    const page = await signInOn(visitor, await visitor.get(`${issuer}${FACTOR_PAGE}/ajouter`), email);
    const code = authenticator(app, secretOn(page)).code();
    const mails = await count('pgboss.job', {});
    return {
      act: () => visitor.post(page.url, { code }),
      written: async () =>
        told(
          [
            await app.database
              .knex('second_factor')
              .where({ account_id: accountId })
              .whereNotNull('confirmed_at')
              .then((rows) => rows.length),
            await count('recovery_code', { account_id: accountId }),
            await count('audit_event', { actor_id: accountId, kind: 'second_factor_added' }),
            (await count('pgboss.job', {})) - mails,
          ],
          [1, 10, 1, 1],
        ),
    };
  });
  expect(new Set(left)).toEqual(new Set(['nothing', 'everything']));
  expect(left.length).toBeGreaterThan(5);
});

test('what a letter began is opened for its address, or waits under the letter', async () => {
  const scope = await agentScope(app);
  const agentId = await app.world().account({ staffRole: 'agent' });
  let serial = 1000;
  const left = await killAtEach(async () => {
    serial += 1;
    const asked = { givenName: 'Dominique', familyName: 'Essai', identifiant: `GE${serial}`, agentId };
    const { accountId, initialPassword } = await makeProvisionalAccount(scope, {
      ...asked,
      password: await drawInitialPassword(scope),
    });
    const email = `d-${serial}@essai.test`;
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    const page = await signInOn(visitor, form, asked.identifiant, initialPassword);
    await visitor.post(page.url, {
      email,
      email_confirmation: email,
      password: CHOSEN,
      password_confirmation: CHOSEN,
    });
    await app.deliver();
    const jeton = new URL(app.inbox.next(email).link).searchParams.get('jeton') ?? '';
    return {
      act: () => new Visitor().post(`${issuer}/certification`, { jeton }),
      written: async () =>
        told(
          [
            await count('account', { id: accountId, status: 'active', email }),
            await app.database
              .knex('provisional_credential')
              .where({ account_id: accountId })
              .whereNotNull('used_at')
              .then((rows) => rows.length),
            await app.database
              .knex('link')
              .where({ account_id: accountId })
              .whereNotNull('used_at')
              .then((rows) => rows.length),
            await count('audit_event', { actor_id: accountId, kind: 'provisional_opened' }),
          ],
          [1, 1, 1, 1],
        ),
    };
  });
  expect(new Set(left)).toEqual(new Set(['nothing', 'everything']));
  expect(left.length).toBeGreaterThan(4);
});
