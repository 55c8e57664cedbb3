import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { CHOSEN_PASSWORD, valueOn } from '../support/enrolment.ts';
import {
  acceptAsNew,
  acceptSignedIn,
  demandOf,
  type Invited,
  inviteTo,
  linkTo,
  signedInAt,
  statusesOf,
} from '../support/invitations.ts';
import {
  type Answer,
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
} from '../support/second-node.ts';
import { Visitor } from '../support/visitor.ts';

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

const submit = (node: Node, visitor: Visitor, url: string, body: Record<string, string>): Promise<Answer> =>
  sendTo(node, url, {
    headers: { cookie: visitor.cookiesFor(url), origin: new URL(url).origin, accept: 'text/html' },
    body,
  });

const leadingTo = (answers: readonly Answer[], part: string): number =>
  answers.filter(({ status, headers }) => status === 303 && headers.location?.includes(part)).length;

async function invited(more: { readonly email?: string } = {}) {
  const world = app.world();
  const giver = await world.administrator(1);
  const [site] = giver.sites;
  if (!site) throw new Error('no site');
  const on = [{ site, parentId: giver.delegations[0] ?? '' }];
  const sent = await inviteTo(app, world, { inviterId: giver.accountId, on, ...more });
  return { ...sent, world, giver, site };
}

const formOf = (vu: string, { token }: Invited) => ({
  jeton: token,
  vu,
  password: CHOSEN_PASSWORD,
  password_confirmation: CHOSEN_PASSWORD,
  family_name: 'Nouvelle',
  given_name: 'Dominique',
  step: 'valider',
});

async function countOf(table: string, where: Readonly<Record<string, string>>): Promise<number> {
  const [row] = await app.database.knex(table).count('* as n').where(where);
  return Number(row?.n);
}

const lines = (kind: string, { invitationId }: Invited) =>
  app.database.knex('audit_event').where({ kind }).whereRaw(`facts->>'invitation' = ?`, [invitationId]);

describe('50 at once over two processes', () => {
  test('acceptances by one link, without an account: one answer, one mail to the administrator', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(linkTo(issuer, one));
    const body = formOf(valueOn(page, 'vu'), one);
    const answers = await spread(nodes, MANY, (node) => submit(node, visitor, `${issuer}/invitation`, body));
    expect(leadingTo(answers, 'demande-envoyee')).toBe(1);
    expect(answers.filter(({ status }) => status === 500)).toEqual([]);
    expect(await lines('delegation_accepted', one)).toHaveLength(1);
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === one.giver.email)).toHaveLength(1);
  });

  test('acceptances signed in: one', async () => {
    const one = await invited();
    await one.world.account({ email: one.email });
    const visitor = await signedInAt(issuer, new Visitor(), one.email);
    const page = await visitor.get(linkTo(issuer, one));
    const body = { vu: valueOn(page, 'vu') };
    const answers = await spread(nodes, MANY, (node) => submit(node, visitor, page.url, body));
    expect(leadingTo(answers, 'demande-envoyee')).toBe(1);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(MANY - 1);
    expect(await lines('delegation_accepted', one)).toHaveLength(1);
  });

  test('confirmations: one account, one activation, one mail', async () => {
    const one = await invited();
    const person = new Visitor();
    await acceptAsNew(person, await person.get(linkTo(issuer, one)));
    const visitor = await signedInAt(issuer, new Visitor(), one.giver.email);
    const demand = await visitor.get(demandOf(issuer, one.site, one));
    const body = { vu: valueOn(demand, 'vu'), decision: 'accepter' };
    const answers = await spread(nodes, MANY, (node) => submit(node, visitor, demand.url, body));
    expect(leadingTo(answers, 'fait=confirmation')).toBe(1);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(MANY - 1);
    expect(await statusesOf(one.world, one)).toEqual(['active']);
    expect(await countOf('account', { email_key: one.email })).toBe(1);
    expect(await lines('delegation_confirmed', one)).toHaveLength(1);
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === one.email)).toHaveLength(1);
  });

  test('confirmations and refusals of the administrator: one of the two, whole', async () => {
    const one = await invited();
    const person = new Visitor();
    await acceptAsNew(person, await person.get(linkTo(issuer, one)));
    const visitor = await signedInAt(issuer, new Visitor(), one.giver.email);
    const demand = await visitor.get(demandOf(issuer, one.site, one));
    const vu = valueOn(demand, 'vu');
    let turn = 0;
    const answers = await spread(nodes, MANY, (node) => {
      turn += 1;
      const decision = turn % 2 === 0 ? 'accepter' : 'refuser';
      return submit(node, visitor, demand.url, { vu, decision });
    });
    const [confirmed, refused] = [leadingTo(answers, 'fait=confirmation'), leadingTo(answers, 'fait=refus')];
    expect(confirmed + refused).toBe(1);
    expect(await statusesOf(one.world, one)).toEqual([confirmed === 1 ? 'active' : 'refused']);
    expect(await countOf('account', { email_key: one.email })).toBe(confirmed);
  });

  test('confirmations of several invitations of one address: one account holds them all', async () => {
    const email = 'plusieurs-invitations@essai.test';
    const all: Awaited<ReturnType<typeof invited>>[] = [];
    for (let i = 0; i < 6; i++) all.push(await invited({ email }));
    const demands = await Promise.all(
      all.map(async (one) => {
        const person = new Visitor();
        await acceptAsNew(person, await person.get(linkTo(issuer, one)));
        const visitor = await signedInAt(issuer, new Visitor(), one.giver.email);
        const demand = await visitor.get(demandOf(issuer, one.site, one));
        return { visitor, url: demand.url, body: { vu: valueOn(demand, 'vu'), decision: 'accepter' } };
      }),
    );
    let turn = 0;
    const answers = await spread(nodes, demands.length, (node) => {
      const demand = demands[turn++];
      if (!demand) throw new Error('no demand');
      return submit(node, demand.visitor, demand.url, demand.body);
    });
    expect(leadingTo(answers, 'fait=confirmation')).toBe(demands.length);
    expect(await countOf('account', { email_key: email })).toBe(1);
    const rows = await app.database
      .knex('delegation')
      .select('grantee_account_id', 'status')
      .whereIn(
        'id',
        all.flatMap(({ delegations }) => delegations),
      );
    expect(new Set(rows.map((row) => row.grantee_account_id)).size).toBe(1);
    expect(rows.every(({ status }) => status === 'active')).toBe(true);
  });

  test('acceptance against withdrawal: one of the two, whole', async () => {
    const one = await invited();
    await one.world.account({ email: one.email });
    const person = await signedInAt(issuer, new Visitor(), one.email);
    const page = await person.get(linkTo(issuer, one));
    const admin = await signedInAt(issuer, new Visitor(), one.giver.email);
    const url = `${issuer}/droits-d-acces/${one.site.siret}/delegations/${one.delegations[0]}/retirer`;
    const vu = valueOn(await admin.get(url), 'vu');
    const [accepted, withdrawn] = await Promise.all([
      acceptSignedIn(person, page),
      submit(second, admin, url, { vu }),
    ]);
    const isAccepted = accepted.url.includes('demande-envoyee');
    const isWithdrawn = leadingTo([withdrawn], 'fait=retrait') === 1;
    expect([isAccepted, isWithdrawn].filter(Boolean)).toHaveLength(1);
    expect(await statusesOf(one.world, one)).toEqual([isWithdrawn ? 'closed' : 'awaiting_confirmation']);
  });
});

/** Whatever waits for a row that somebody else holds. */
const waiting = async (): Promise<readonly number[]> =>
  app.database
    .knex('pg_stat_activity')
    .whereRaw(`datname = current_database() and wait_event_type = 'Lock'`)
    .pluck('pid');

test('an account that is being closed is given nothing', async () => {
  const one = await invited();
  const accountId = await one.world.account({ email: one.email });
  const person = await signedInAt(issuer, new Visitor(), one.email);
  await acceptSignedIn(person, await person.get(linkTo(issuer, one)));
  const admin = await signedInAt(issuer, new Visitor(), one.giver.email);
  const demand = await admin.get(demandOf(issuer, one.site, one));
  const closing = await app.database.knex.transaction();
  await closing('account').where({ id: accountId }).forUpdate().select('id');
  await closing('account').where({ id: accountId }).update({ status: 'closed' });
  const confirming = submit(app, admin, demand.url, { vu: valueOn(demand, 'vu'), decision: 'accepter' });
  await expect.poll(waiting).toHaveLength(1);
  await closing.commit();
  expect((await confirming).status).toBe(409);
  expect(await statusesOf(one.world, one)).toEqual(['awaiting_confirmation']);
});
