import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { addFactor } from '../support/second-factor.ts';
import {
  type Answer,
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
} from '../support/second-node.ts';
import { request, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
let second: SecondNode;
let nodes: readonly Node[];
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  second = await startSecondNode(app);
  nodes = [app, second];
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await second.close();
  await app.close();
});

/** A browser that has typed the password, and stands where the code is asked. */
async function beforeTheCode(email: string) {
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const page = await signInOn(visitor, await visitor.get(asked.url), email);
  return { url: page.url, headers: { cookie: visitor.cookiesFor(page.url), origin: new URL(issuer).origin } };
}

async function browsers(email: string, count: number) {
  const ready = [];
  for (let i = 0; i < count; i++) ready.push(await beforeTheCode(email));
  return ready;
}

const statuses = (answers: readonly Answer[]) => {
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  return { in: count(303), refused: count(422), blocked: count(429) };
};

test('one recovery code, 20 times at once over two processes, lets one in', async () => {
  const { email } = await app.world().administrator(1);
  const { codes } = await addFactor(app, email);
  const ready = await browsers(email, 20);
  const answers = await spread(nodes, 20, (node, index) => {
    const { url, headers } = ready[index] as (typeof ready)[number];
    return sendTo(node, `${url}?par=secours`, { headers, body: { code: codes[4] ?? '' } });
  });
  const told = statuses(answers);
  expect(told.in).toBe(1);
  expect(told.in + told.refused + told.blocked).toBe(20);
  const used = await app.database
    .knex('audit_event')
    .where({ kind: 'recovery_code_used' })
    .count({ lines: '*' });
  expect(Number(used[0]?.lines)).toBe(1);
});

test('one code of the application, in five browsers over two processes, lets one in', async () => {
  const { email } = await app.world().administrator(1);
  const { application } = await addFactor(app, email);
  const ready = await browsers(email, 5);
  // Of the step to come, which both processes take whatever the test's clock says to one of them.
  const code = application.code(1);
  const answers = await spread(nodes, 5, (node, index) => {
    const { url, headers } = ready[index] as (typeof ready)[number];
    return sendTo(node, url, { headers, body: { code } });
  });
  expect(statuses(answers)).toEqual({ in: 1, refused: 4, blocked: 0 });
});

test('of 200 guesses at once over two processes no more than five are looked at', async () => {
  const { email } = await app.world().administrator(1);
  await addFactor(app, email);
  const { url, headers } = await beforeTheCode(email);
  const answers = await spread(nodes, 200, (node, index) =>
    sendTo(node, url, { headers, body: { code: String(100_000 + index) } }),
  );
  expect(statuses(answers)).toEqual({ in: 0, refused: 5, blocked: 195 });
});
