import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  activateOn,
  detailsFor,
  identifyForAssociation,
  identifyOn,
  type Letters,
  letters,
  sendDetails,
  valueOn,
} from '../support/enrolment.ts';
import {
  type Answer,
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
} from '../support/second-node.ts';
import { type Page, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

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

const MANY = 50;

const newLetters = () => letters(app.world(), app.clock.now());

const submit = (node: Node, visitor: Visitor, url: string, body: Record<string, string>): Promise<Answer> =>
  sendTo(node, url, {
    headers: { cookie: visitor.cookiesFor(url), origin: new URL(url).origin, accept: 'text/html' },
    body,
  });

const countOf = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

async function accountsOf(held: Letters): Promise<number> {
  const roots = await app.database
    .knex('delegation')
    .where({ site_id: held.site.id, kind: 'enrolment', status: 'active' });
  return roots.length;
}

async function linkTo(email: string): Promise<string> {
  await app.deliver();
  return app.inbox.next(email).link;
}

describe('50 at once over two processes', () => {
  test('activations by one link: one account, one root, the code used once', async () => {
    const held = await newLetters();
    const visitor = new Visitor();
    const email = 'course-1@essai.test';
    await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
    const jeton = new URL(await linkTo(email)).searchParams.get('jeton') ?? '';
    const answers = await spread(nodes, MANY, (node) =>
      submit(node, visitor, `${issuer}/activation`, { jeton }),
    );
    expect([countOf(answers, 303), countOf(answers, 410)]).toEqual([1, MANY - 1]);
    expect(await accountsOf(held)).toBe(1);
    const lines = await app.database
      .knex('audit_event')
      .where({ site_id: held.site.id, kind: 'account_activated' });
    expect(lines).toHaveLength(1);
  });

  test('step 2 with one code and as many addresses: one enrolment, one link that works, one account', async () => {
    const held = await newLetters();
    const visitors: { visitor: Visitor; page: Page }[] = [];
    for (let n = 0; n < 8; n++) {
      const visitor = new Visitor();
      visitors.push({ visitor, page: await identifyOn(visitor, issuer, held) });
    }
    const answers = await spread(nodes, MANY, (node, index) => {
      const { visitor, page } = visitors[index % visitors.length] as (typeof visitors)[number];
      return submit(node, visitor, page.url, detailsFor(page, { email: `course-2-${index}@essai.test` }));
    });
    // The mails for one code are counted.
    expect([countOf(answers, 303), countOf(answers, 429)]).toEqual([10, MANY - 10]);
    await app.deliver();
    const links = app.inbox
      .all()
      .filter(({ to }) => to.startsWith('course-2-'))
      .map(({ link }) => link);
    expect(links).toHaveLength(10);
    const pages = await Promise.all(links.map((link) => new Visitor().get(link)));
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const page of pages) await activateOn(new Visitor(), page);
    expect(await accountsOf(held)).toBe(1);
  });

  test('activations of two enrolments with one address: one account, and the other code stays', async () => {
    const email = 'course-3@essai.test';
    const both = [await newLetters(), await newLetters()];
    const tokens: string[] = [];
    for (const held of both) {
      const visitor = new Visitor();
      await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
      tokens.push(new URL(await linkTo(email)).searchParams.get('jeton') ?? '');
    }
    const answers = await spread(nodes, MANY, (node, index) =>
      submit(node, new Visitor(), `${issuer}/activation`, { jeton: tokens[index % 2] ?? '' }),
    );
    expect(countOf(answers, 303)).toBe(1);
    expect(countOf(answers, 500)).toBe(0);
    const counts = await Promise.all(both.map(accountsOf));
    expect(counts.sort()).toEqual([0, 1]);
    const used = await app.database
      .knex('confidential_code')
      .whereIn(
        'id',
        both.map(({ codeId }) => codeId),
      )
      .whereNotNull('used_at');
    expect(used).toHaveLength(1);
  });

  test('activation and association with one code: one of them, never both', async () => {
    const owner = await app.world().administrator(1);
    const held = await newLetters();
    const email = 'course-4@essai.test';
    const visitor = new Visitor();
    await sendDetails(visitor, await identifyOn(visitor, issuer, held), { email });
    const jeton = new URL(await linkTo(email)).searchParams.get('jeton') ?? '';
    const other = new Visitor();
    const page = await identifyForAssociation(other, issuer, held);
    const ticket = valueOn(page, 'ticket');
    const answers = await spread(nodes, 10, (node, index) =>
      index % 2 === 0
        ? submit(node, visitor, `${issuer}/activation`, { jeton })
        : submit(node, other, page.url, { ticket, email: owner.email, password: PASSWORD }),
    );
    expect(countOf(answers, 500)).toBe(0);
    expect(await accountsOf(held)).toBe(1);
  });
});
