/** A process that dies at any statement of an answer to an invitation: all of it or nothing, and again works. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { dyingAt } from '../support/dying.ts';
import { valueOn } from '../support/enrolment.ts';
import { acceptAsNew, decide, demandOf, inviteTo, linkTo, signedInAt } from '../support/invitations.ts';
import { type Page, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const TABLES = ['account', 'delegation', 'delegation_past', 'cabinet_member', 'audit_event', 'pgboss.job'];

/** Rows of everything that these acts write, but counters and what a browser typed. */
async function written(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const [row] = await app.database.knex(table).count('* as rows');
    counts[table] = Number(row?.rows);
  }
  return counts;
}

/** An administrator who has delegated two sites to his firm, by the address of one of its people. */
async function delegated() {
  const world = app.world();
  const giver = await world.administrator(1);
  const [first] = giver.sites;
  if (!first) throw new Error('no site');
  const beside = await world.site({ adherent: first.adherent });
  const roots = [giver.delegations[0] ?? '', await world.enrol(giver.accountId, beside)];
  const id = await world.cabinet();
  const attachmentId = await world.attach(id, first.adherent.id);
  const on = [first, beside].map((site, i) => ({ site, parentId: roots[i] ?? '' }));
  const cabinet = { id, attachmentId };
  const sent = await inviteTo(app, world, { kind: 'cabinet', inviterId: giver.accountId, on, cabinet });
  return { ...sent, world, giver, site: first };
}

type Act = {
  /** @returns the act, which may be done again. */
  readonly prepare: () => Promise<() => Promise<Page>>;
  readonly writes: Readonly<Record<string, number>>;
};

const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));

async function accepted() {
  const one = await delegated();
  const person = new Visitor();
  await acceptAsNew(person, await person.get(linkTo(issuer, one)));
  const admin = await signedInAt(issuer, new Visitor(), one.giver.email);
  return { ...one, admin, demand: await admin.get(demandOf(issuer, one.site, one)) };
}

const ACTS: Readonly<Record<string, Act>> = {
  acceptance: {
    async prepare() {
      const one = await delegated();
      const visitor = new Visitor();
      const page = await visitor.get(linkTo(issuer, one));
      return () => acceptAsNew(visitor, page);
    },
    writes: { ...nothing, delegation_past: 2, audit_event: 2, 'pgboss.job': 1 },
  },
  confirmation: {
    async prepare() {
      const { admin, demand } = await accepted();
      return () => decide(admin, demand, 'accepter');
    },
    // The account, its membership, two delegations of its own below the firm's.
    writes: {
      account: 1,
      delegation: 2,
      delegation_past: 2,
      cabinet_member: 1,
      audit_event: 3,
      'pgboss.job': 1,
    },
  },
  withdrawal: {
    async prepare() {
      const { admin, site, delegations } = await accepted();
      const url = `${issuer}/droits-d-acces/${site.siret}/delegations/${delegations[0]}/retirer`;
      const vu = valueOn(await admin.get(url), 'vu');
      return () => admin.post(url, { vu });
    },
    writes: { ...nothing, delegation_past: 2, audit_event: 2, 'pgboss.job': 1 },
  },
};

const difference = (after: Record<string, number>, before: Record<string, number>) =>
  Object.fromEntries(TABLES.map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)]));

/** Deaths between two preparations: what is counted would stop a person who tries more often. */
const DEATHS_IN_A_ROW = 8;

describe.each(Object.entries(ACTS))('killed at any statement of %s', (_, { prepare, writes }) => {
  test('it is done whole or not at all, and doing it again finishes it once', async () => {
    const begin = async () => ({ act: await prepare(), before: await written() });
    let { act, before } = await begin();
    let nothingDone = 0;
    for (let fatal = 1; ; fatal++) {
      const { page, statements } = await dyingAt(app, fatal, act);
      const done = difference(await written(), before);
      if (statements < fatal) {
        expect(done).toEqual(writes);
        break;
      }
      const whole = done.audit_event !== 0;
      expect(done).toEqual(whole ? writes : nothing);
      if (!whole) {
        nothingDone += 1;
        expect(page.status).toBe(500);
        if (fatal % DEATHS_IN_A_ROW > 0) continue;
        await act();
        expect(difference(await written(), before)).toEqual(writes);
      }
      ({ act, before } = await begin());
    }
    expect(nothingDone).toBeGreaterThan(10);
  }, 180_000);
});
