import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  type Answer,
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
} from '../support/second-node.ts';
import { readableText, request, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const TRIES_PER_PAIR = 5;
const TRIES_PER_ACCOUNT = 100;
const TRIES_PER_ADDRESS = 300;

let app: TestApp;
let second: SecondNode;
let nodes: readonly Node[];
let issuer: string;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  second = await startSecondNode(app);
  nodes = [app, second];
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await second.close();
  await app.close();
});

let addresses = 0;
const newAddress = (): string => `192.0.2.${++addresses}`;

type Form = { readonly url: string; readonly cookie: string };

async function openForm(at = issuer): Promise<Form> {
  const visitor = new Visitor();
  const page = await visitor.get((await request(at, 'portail')).url);
  expect(page.status).toBe(200);
  return { url: page.url, cookie: visitor.cookiesFor(page.url) };
}

type Try = {
  readonly email: string;
  readonly password?: string;
  readonly address: string;
  readonly node?: Node;
};

const typeIn = (form: Form, { email, password = 'faux', address, node = app }: Try): Promise<Answer> =>
  sendTo(node, form.url, {
    headers: {
      cookie: form.cookie,
      origin: new URL(form.url).origin,
      accept: 'text/html',
      'x-forwarded-for': address,
    },
    body: { email, password },
  });

/** How often each status came. */
const tally = (answers: readonly Answer[]): Record<number, number> => {
  const counted: Record<number, number> = {};
  for (const { status } of answers) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
};

/** Audit lines of one network address, by kind. */
async function audited(address: string): Promise<Record<string, number>> {
  const rows = await app.database
    .knex('audit_event')
    .select('kind')
    .count('* as lines')
    .where({ address })
    .groupBy('kind');
  return Object.fromEntries(rows.map(({ kind, lines }) => [kind, Number(lines)]));
}

describe('200 wrong passwords at once over two processes', () => {
  test('are hashed no more often than the limit allows, and the right one then waits too', async () => {
    const { email } = await app.world().administrator(1);
    const form = await openForm();
    const address = newAddress();
    const answers = await spread(nodes, 200, (node) => typeIn(form, { email, address, node }));

    expect(tally(answers)).toEqual({ 422: TRIES_PER_PAIR, 429: 200 - TRIES_PER_PAIR });
    expect(await audited(address)).toEqual({
      sign_in_failed: TRIES_PER_PAIR,
      sign_in_throttled: 200 - TRIES_PER_PAIR,
    });

    const right = await typeIn(form, { email, address, password: PASSWORD });
    expect(right.status).toBe(429);
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(right.headers['retry-after'])).toBeLessThanOrEqual(300);
    expect(readableText(right)).toMatch(
      /Trop d’essais Par sécurité, les essais sont suspendus. Réessayez dans 5 minutes\./,
    );
    expect(right.text).toContain(`value="${email}"`);
    expect(right.text).not.toContain(PASSWORD);
  });

  test('from one address shut neither their account at other addresses nor other accounts at theirs', async () => {
    const [target, neighbour] = await Promise.all([
      app.world().administrator(1),
      app.world().administrator(1),
    ]);
    const address = newAddress();
    const form = await openForm();
    await spread(nodes, 200, (node) => typeIn(form, { email: target.email, address, node }));

    const elsewhere = await typeIn(await openForm(), {
      email: target.email,
      password: PASSWORD,
      address: newAddress(),
    });
    expect(elsewhere.status).toBe(303);
    const beside = await typeIn(await openForm(), { email: neighbour.email, password: PASSWORD, address });
    expect(beside.status).toBe(303);
  });
});

describe('tries are forgotten', () => {
  test('for a person and an address once the password was right', async () => {
    const { email } = await app.world().administrator(1);
    const address = newAddress();
    for (let visit = 0; visit < 3; visit++) {
      const form = await openForm();
      for (let wrong = 1; wrong < TRIES_PER_PAIR; wrong++) {
        expect((await typeIn(form, { email, address })).status).toBe(422);
      }
      expect((await typeIn(form, { email, address, password: PASSWORD })).status).toBe(303);
    }
  });
});

/** As if so many tries had been counted for every key of a limit: hashing them all would take long. */
const countUpTo = (limit: string, points: number) =>
  app.database.knex('throttle').update({ points }).whereLike('key', `${limit}:%`);

describe('guesses spread out', () => {
  test('over many accounts from one address meet the limit of the address', async () => {
    const form = await openForm();
    const address = newAddress();
    const from = (typed: readonly string[]) =>
      Promise.all(typed.map((email) => typeIn(form, { email, address })));
    expect(tally(await from(['a@essai.test']))).toEqual({ 422: 1 });
    await countUpTo('sign_in_address', TRIES_PER_ADDRESS - 2);
    expect(tally(await from(['b@essai.test', 'c@essai.test', 'd@essai.test', 'e@essai.test']))).toEqual({
      422: 2,
      429: 2,
    });
  });

  test('at one caisse leave the address its tries at another, and it is nowhere in clear', async () => {
    const address = newAddress();
    const elsewhere = await openForm(app.issuerOf('nord-ouest'));
    await typeIn(await openForm(), { email: 'a@essai.test', address });
    await countUpTo('sign_in_address', TRIES_PER_ADDRESS);
    expect((await typeIn(await openForm(), { email: 'b@essai.test', address })).status).toBe(429);
    expect((await typeIn(elsewhere, { email: 'b@essai.test', address })).status).toBe(422);
    const keys = await app.database.knex('throttle').pluck('key');
    expect(keys.filter((key) => key.includes(address))).toEqual([]);
  });

  test('over many addresses on one account meet the limit of the account', async () => {
    const { email } = await app.world().administrator(1);
    const form = await openForm();
    const onAccount = (count: number) =>
      spread(nodes, count, (node) => typeIn(form, { email, address: newAddress(), node }));
    expect(tally(await onAccount(1))).toEqual({ 422: 1 });
    await countUpTo('sign_in_account', TRIES_PER_ACCOUNT - 2);
    expect(tally(await onAccount(4))).toEqual({ 422: 2, 429: 2 });
  });

  test('over the addresses of one IPv6 network count as one address', async () => {
    const { email } = await app.world().administrator(1);
    const form = await openForm();
    const answers = await spread(nodes, 20, (node, index) =>
      typeIn(form, { email, address: `2001:db8:1:2::${index + 1}`, node }),
    );
    expect(tally(answers)).toEqual({ 422: TRIES_PER_PAIR, 429: 20 - TRIES_PER_PAIR });
    expect((await typeIn(form, { email, address: '2001:db8:1:3::1' })).status).toBe(422);
  });
});

describe('a stranger and a wrong password', () => {
  test('get the same page, to the byte, and cost the same queries', async () => {
    const { email } = await app.world().administrator(1);
    const form = await openForm();
    const unknown = `${email.split('@')[0]}x@essai.test`;
    await typeIn(form, { email, address: newAddress() });
    const known = await queriesOf(() => typeIn(form, { email, address: newAddress() }));
    const stranger = await queriesOf(() => typeIn(form, { email: unknown, address: newAddress() }));

    expect(stranger.answer.status).toBe(422);
    expect(stranger.answer.text.replaceAll(unknown, email)).toBe(known.answer.text);
    const { 'x-request-id': _1, date: _2, 'content-length': _3, ...headers } = stranger.answer.headers;
    expect(known.answer.headers).toMatchObject(headers);
    expect(stranger.queries).toEqual(known.queries);
    expect(known.queries.some((sql) => sql.includes('account'))).toBe(true);
  });

  test.each(['awaiting_activation', 'deactivated', 'closed'] as const)(
    'and the right password of an account that is %s get the same page',
    async (status) => {
      const email = `${status}@essai.test`;
      await app.world().account({ email, status });
      const form = await openForm();
      const right = await typeIn(form, { email, password: PASSWORD, address: newAddress() });
      const stranger = await typeIn(form, { email: `x${email}`, address: newAddress() });
      expect(right.status).toBe(422);
      expect(right.text).toBe(stranger.text.replaceAll(`x${email}`, email));
    },
  );
});

async function queriesOf(
  act: () => Promise<Answer>,
): Promise<{ answer: Answer; queries: readonly string[] }> {
  const queries: string[] = [];
  const note = ({ sql }: { sql: string }) => void queries.push(sql);
  app.database.knex.on('query', note);
  const answer = await act();
  app.database.knex.off('query', note);
  return { answer, queries };
}
