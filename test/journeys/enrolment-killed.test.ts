/** A process that dies at any statement of an act: all of it or nothing, and doing it again works. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { dyingAt } from '../support/dying.ts';
import {
  activateOn,
  CHOSEN_PASSWORD,
  identifyForAssociation,
  identifyOn,
  type Letters,
  letters,
  sendDetails,
  valueOn,
} from '../support/enrolment.ts';
import { type Page, request, signInOn, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const newLetters = () => letters(app.world(), app.clock.now());

/** Rows of everything that these acts write, but counters and what a browser typed. */
async function written(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [
    'account',
    'delegation',
    'enrolment',
    'activation_link',
    'audit_event',
    'pgboss.job',
  ]) {
    const [row] = await app.database.knex(table).count('* as rows');
    counts[table] = Number(row?.rows);
  }
  const [used] = await app.database.knex('confidential_code').whereNotNull('used_at').count('* as rows');
  return { ...counts, used: Number(used?.rows) };
}

type Act = {
  /** What comes before, undisturbed. @returns the act, which may be done again. */
  readonly prepare: (held: Letters, email: string) => Promise<() => Promise<Page>>;
  readonly writes: Readonly<Record<string, number>>;
};

const nothing = {
  account: 0,
  delegation: 0,
  enrolment: 0,
  activation_link: 0,
  audit_event: 0,
  'pgboss.job': 0,
  used: 0,
};

const ACTS: Readonly<Record<string, Act>> = {
  'step 2': {
    async prepare(held, email) {
      const visitor = new Visitor();
      const page = await identifyOn(visitor, issuer, held);
      return () => sendDetails(visitor, page, { email });
    },
    writes: { ...nothing, enrolment: 1, activation_link: 1, audit_event: 1, 'pgboss.job': 1 },
  },
  activation: {
    async prepare(held, email) {
      const visitor = new Visitor();
      await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
      await app.deliver();
      const page = await visitor.get(app.inbox.next(email).link);
      return () => activateOn(visitor, page);
    },
    writes: { ...nothing, account: 1, delegation: 1, audit_event: 1, used: 1 },
  },
  association: {
    async prepare(held, email) {
      await app.world().account({ email });
      const visitor = new Visitor();
      const page = await identifyForAssociation(visitor, issuer, held);
      const ticket = valueOn(page, 'ticket');
      return () => visitor.post(page.url, { ticket, email, password: PASSWORD });
    },
    writes: { ...nothing, delegation: 1, audit_event: 1, 'pgboss.job': 1, used: 1 },
  },
};

const difference = (after: Record<string, number>, before: Record<string, number>) =>
  Object.fromEntries(Object.keys(nothing).map((key) => [key, (after[key] ?? 0) - (before[key] ?? 0)]));

/** Deaths between two preparations: what is counted (mails, guesses) would stop a person who tries more often. */
const DEATHS_IN_A_ROW = 4;

describe.each(Object.entries(ACTS))('killed at any statement of %s', (name, { prepare, writes }) => {
  test('it is done whole or not at all, and doing it again finishes it once', async () => {
    const begin = async (fatal: number) => {
      const act = await prepare(await newLetters(), `${name.replaceAll(' ', '-')}-${fatal}@essai.test`);
      return { act, before: await written() };
    };
    let { act, before } = await begin(1);
    let nothingDone = 0;
    for (let fatal = 1; ; fatal++) {
      const { page, statements } = await dyingAt(app, fatal, act);
      const done = difference(await written(), before);
      if (statements < fatal) {
        expect(done).toEqual(writes);
        break;
      }
      const whole = done.audit_event === 1;
      expect(done).toEqual(whole ? writes : nothing);
      if (!whole) {
        nothingDone += 1;
        expect(page.status).toBe(500);
        if (fatal % DEATHS_IN_A_ROW > 0) continue;
        await act();
        expect(difference(await written(), before)).toEqual(writes);
      }
      ({ act, before } = await begin(fatal + 1));
    }
    expect(nothingDone).toBeGreaterThan(5);
  }, 180_000);
});

test('whoever was activated at the second try signs in', async () => {
  const held = await newLetters();
  const email = 'seconde-fois@essai.test';
  const visitor = new Visitor();
  await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
  await app.deliver();
  const page = await visitor.get(app.inbox.next(email).link);
  expect((await dyingAt(app, 6, () => activateOn(visitor, page))).page.status).toBe(500);
  await activateOn(visitor, page);
  const form = await visitor.get((await request(issuer, 'portail')).url);
  expect((await signInOn(visitor, form, email, CHOSEN_PASSWORD)).location).toContain('code=');
});
