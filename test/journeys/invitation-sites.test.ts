import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweep } from '../../provider/jobs/sweep.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { valueOn } from '../support/enrolment.ts';
import {
  acceptAsNew,
  acceptSignedIn,
  decide,
  demandOf,
  inviteTo,
  linkTo,
  newAddress,
  signedInAt,
  statusesOf,
} from '../support/invitations.ts';
import { readableText, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const DAY = 86_400_000;

/** An administrator of two sites of one adhérent, a firm attached to it with a manager, and a second administrator of the first site alone. */
async function company() {
  const world = app.world();
  const giver = await world.administrator(1, { givenName: 'Alix', familyName: 'Donneur' });
  const [first] = giver.sites;
  if (!first) throw new Error('no site');
  const second = await world.site({ name: 'Dépôt de Toul', adherent: first.adherent });
  const roots = [giver.delegations[0] ?? '', await world.enrol(giver.accountId, second)];
  const cabinetId = await world.cabinet('Cabinet du Test');
  const attachmentId = await world.attach(cabinetId, first.adherent.id);
  const on = [
    { site: first, parentId: roots[0] ?? '' },
    { site: second, parentId: roots[1] ?? '' },
  ];
  const cabinet = { id: cabinetId, attachmentId };
  const asGiver = () => signedInAt(issuer, new Visitor(), giver.email);
  return { world, giver, inviterId: giver.accountId, first, second, roots, on, cabinet, asGiver };
}

type Company = Awaited<ReturnType<typeof company>>;

async function acceptedBy(one: Company, given: Partial<Parameters<typeof inviteTo>[2]> = {}) {
  const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on, ...given });
  const visitor = new Visitor();
  await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
  return sent;
}

const memberships = (cabinetId: string) =>
  app.database.knex('cabinet_member').select('*').where({ cabinet_id: cabinetId }).orderBy('effective_at');
const staffBelow = (ids: readonly string[]) =>
  app.database
    .knex('delegation')
    .select('*')
    .where({ kind: 'staff' })
    .whereIn('parent_id', [...ids]);

describe('several sites in one invitation', () => {
  test('are accepted and confirmed by one answer each', async () => {
    const one = await company();
    const sent = await acceptedBy(one);
    const admin = await one.asGiver();
    const demand = await admin.get(demandOf(issuer, one.second, sent));
    expect(readableText(demand)).toContain('2 sites déclarants');
    expect(readableText(demand)).toContain('votre décision vaut pour tous');
    await decide(admin, demand, 'accepter');
    expect(await statusesOf(one.world, sent)).toEqual(['active', 'active']);
  });

  test('are confirmed by whoever stands above, site by site, for one account', async () => {
    const one = await company();
    const { world, first, second } = one;
    const middle = await world.administrator(0, { givenName: 'Mina' });
    const people = { from: one.inviterId, to: middle.accountId };
    const parents: string[] = [];
    for (const { site, parentId } of one.on) {
      parents.push(await world.delegate(site, parentId, people, { admin: true }));
    }
    // Stands above on the first site alone.
    const other = await world.administrator(0);
    const above = await world.delegate(
      first,
      one.roots[0] ?? '',
      { from: one.inviterId, to: other.accountId },
      { admin: true },
    );
    const below = await world.delegate(
      first,
      above,
      { from: other.accountId, to: middle.accountId },
      { admin: true },
    );
    const sent = await inviteTo(app, world, {
      inviterId: middle.accountId,
      on: [
        { site: first, parentId: below },
        { site: second, parentId: parents[1] ?? '' },
      ],
    });
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    const half = await signedInAt(issuer, new Visitor(), other.email);
    const demand = await half.get(demandOf(issuer, first, sent));
    expect(readableText(demand)).toContain('concerne aussi Dépôt de Toul');
    const done = await decide(half, demand, 'accepter');
    expect(done.url).toContain('fait=confirmation-partie');
    expect(await statusesOf(world, sent)).toEqual(['active', 'awaiting_confirmation']);

    const admin = await signedInAt(issuer, new Visitor(), middle.email);
    await decide(admin, await admin.get(demandOf(issuer, second, sent)), 'accepter');
    expect(await statusesOf(world, sent)).toEqual(['active', 'active']);
    const rows = await app.database
      .knex('delegation')
      .select('grantee_account_id')
      .whereIn('id', [...sent.delegations]);
    expect(new Set(rows.map((row) => row.grantee_account_id)).size).toBe(1);
    const [accounts] = await app.database.knex('account').count('* as n').where({ email_key: sent.email });
    expect(Number(accounts?.n)).toBe(1);
  });
});

describe('through a firm', () => {
  test('the person whom the client named serves that client alone', async () => {
    const one = await company();
    const sent = await acceptedBy(one, { kind: 'cabinet', cabinet: one.cabinet });
    const admin = await one.asGiver();
    const demand = await admin.get(demandOf(issuer, one.first, sent));
    expect(readableText(demand)).toContain('Cabinet du Test');
    await decide(admin, demand, 'accepter');
    expect(await statusesOf(one.world, sent)).toEqual(['active', 'active']);
    const [member, ...others] = await memberships(one.cabinet.id);
    expect(others).toEqual([]);
    expect([member.role, member.adherent_id]).toEqual(['staff', one.first.adherent.id]);
    const staff = await staffBelow(sent.delegations);
    expect(
      staff.map(({ status, admin: isAdmin, cabinet_member_id }) => [status, isAdmin, cabinet_member_id]),
    ).toEqual([
      ['active', false, member.id],
      ['active', false, member.id],
    ]);
  });

  test('always waits for the confirmation, whatever the caisse has set for colleagues', async () => {
    const one = await company();
    const sent = await inviteTo(app, one.world, {
      inviterId: one.inviterId,
      on: one.on,
      kind: 'cabinet',
      cabinet: one.cabinet,
      needsConfirmation: false,
    });
    const visitor = new Visitor();
    const after = await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    expect(after.url).toContain('demande-envoyee');
    expect(await memberships(one.cabinet.id)).toEqual([]);
  });

  test('a manager needs no delegation of his own, and somebody of the whole firm no second membership', async () => {
    for (const role of ['manager', 'staff'] as const) {
      const one = await company();
      const email = newAddress();
      const accountId = await one.world.account({ email });
      await one.world.join(one.cabinet.id, accountId, role);
      const sent = await inviteTo(app, one.world, {
        inviterId: one.inviterId,
        email,
        on: one.on,
        kind: 'cabinet',
        cabinet: one.cabinet,
      });
      const visitor = await signedInAt(issuer, new Visitor(), email);
      await acceptSignedIn(visitor, await visitor.get(linkTo(issuer, sent)));
      const admin = await one.asGiver();
      await decide(admin, await admin.get(demandOf(issuer, one.first, sent)), 'accepter');
      expect(await statusesOf(one.world, sent)).toEqual(['active', 'active']);
      expect(await memberships(one.cabinet.id)).toHaveLength(1);
      expect(await staffBelow(sent.delegations)).toHaveLength(role === 'manager' ? 0 : 2);
    }
  });
});

describe('to a firm', () => {
  const invitedTo = async (one: Company, managerId: string, email = newAddress()) =>
    inviteTo(app, one.world, {
      kind: 'member',
      inviterId: managerId,
      email,
      on: [],
      cabinet: { ...one.cabinet },
      needsConfirmation: false,
    });

  test('whoever accepts belongs to it, and holds nothing yet', async () => {
    const one = await company();
    const managerId = await one.world.account();
    await one.world.join(one.cabinet.id, managerId, 'manager');
    const sent = await invitedTo(one, managerId);
    const visitor = new Visitor();
    const page = await visitor.get(linkTo(issuer, sent));
    expect(readableText(page)).toContain('Rejoindre un cabinet');
    const after = await acceptAsNew(visitor, page);
    expect(after.url).toBe(`${issuer}/invitation/cabinet-rejoint`);
    const joined = (await memberships(one.cabinet.id)).filter(({ role }) => role === 'staff');
    expect(joined.map(({ adherent_id }) => adherent_id)).toEqual([null]);
  });

  test('an invitation of somebody who no longer manages it is worth nothing', async () => {
    const one = await company();
    const managerId = await one.world.account();
    const membership = await one.world.join(one.cabinet.id, managerId, 'manager');
    const sent = await invitedTo(one, managerId);
    await one.world.change('cabinet_member', membership, {
      ends_at: new Date(app.clock.now() - 1).toISOString(),
    });
    const visitor = new Visitor();
    const answer = await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    expect(answer.status).toBe(409);
    expect(await memberships(one.cabinet.id)).toHaveLength(1);
  });
});

describe('sending again and taking back', () => {
  const page = (one: Company, id: string, what: string) =>
    `${issuer}/droits-d-acces/${one.first.siret}/delegations/${id}/${what}`;

  test('a new mail leaves, the former link is dead, and the new one waits its full time', async () => {
    const one = await company();
    const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
    const admin = await one.asGiver();
    const url = page(one, sent.delegations[0] ?? '', 'renvoyer');
    const ask = await admin.get(url);
    expect(readableText(ask)).toContain(sent.email);
    await admin.post(url, { vu: valueOn(ask, 'vu') });
    const old = await new Visitor().get(linkTo(issuer, sent));
    expect(old.status).toBe(404);
    await app.deliver();
    const { link } = app.inbox.next(sent.email);
    const visitor = new Visitor();
    const after = await acceptAsNew(visitor, await visitor.get(link));
    expect(after.url).toContain('demande-envoyee');
    expect(await statusesOf(one.world, sent)).toEqual(['awaiting_confirmation', 'awaiting_confirmation']);
  });

  test('what lapsed waits again', async () => {
    const one = await company();
    const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
    await app.database
      .knex('invitation')
      .update({ expires_at: new Date(app.clock.now() - 1).toISOString() })
      .where({ id: sent.invitationId });
    expect((await new Visitor().get(linkTo(issuer, sent))).status).toBe(410);
    const admin = await one.asGiver();
    const url = page(one, sent.delegations[1] ?? '', 'renvoyer').replace(one.first.siret, one.second.siret);
    await admin.post(url, { vu: valueOn(await admin.get(url), 'vu') });
    await app.deliver();
    expect((await new Visitor().get(app.inbox.next(sent.email).link)).status).toBe(200);
  });

  test('a demand that nobody confirmed in time is opened again without the beneficiary', async () => {
    const one = await company();
    const sent = await acceptedBy(one);
    await app.database
      .knex('invitation')
      .update({ expires_at: new Date(app.clock.now() - 1).toISOString() })
      .where({ id: sent.invitationId });
    const admin = await one.asGiver();
    const late = await admin.get(demandOf(issuer, one.first, sent));
    expect(late.status).toBe(410);
    const url = page(one, sent.delegations[0] ?? '', 'renvoyer');
    const ask = await admin.get(url);
    expect(readableText(ask)).toContain('Rouvrir la demande');
    await admin.post(url, { vu: valueOn(ask, 'vu') });
    await decide(admin, await admin.get(demandOf(issuer, one.first, sent)), 'accepter');
    expect(await statusesOf(one.world, sent)).toEqual(['active', 'active']);
  });

  test.each([false, true])(
    'taken back, the invited hears of it (accepted: %s), and nothing is confirmed',
    async (accepted) => {
      const one = await company();
      const sent = accepted
        ? await acceptedBy(one)
        : await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
      const admin = await one.asGiver();
      const url = page(one, sent.delegations[0] ?? '', 'retirer');
      const ask = await admin.get(url);
      expect(await statusesOf(one.world, sent)).not.toContain('closed');
      const done = await admin.post(url, { vu: valueOn(ask, 'vu') });
      expect(done.url).toContain('fait=retrait');
      expect(await statusesOf(one.world, sent)).toEqual(['closed', 'closed']);
      await app.deliver();
      expect(app.inbox.all().filter(({ to }) => to === sent.email)).toHaveLength(1);
      const dead = await new Visitor().get(linkTo(issuer, sent));
      expect(readableText(dead)).toContain('Cette invitation a été retirée');
      const row = await app.database.knex('invitation').first().where({ id: sent.invitationId });
      expect(row.password_hash).toBeNull();
    },
  );

  test('is for whoever stands above, on that site, at that caisse, and nobody else', async () => {
    const one = await company();
    const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
    const stranger = await one.world.administrator(1);
    const visitor = await signedInAt(issuer, new Visitor(), stranger.email);
    const [own] = stranger.sites;
    const [id = ''] = sent.delegations;
    for (const what of ['renvoyer', 'retirer']) {
      expect((await visitor.get(page(one, id, what))).status).toBe(404);
      expect((await visitor.post(page(one, id, what), { vu: 'x' })).status).toBe(404);
      const moved = page(one, id, what).replace(one.first.siret, own?.siret ?? '');
      expect((await visitor.get(moved)).status).toBe(404);
    }
    expect((await visitor.get(demandOf(issuer, one.first, sent))).status).toBe(404);
    expect((await visitor.get(demandOf(issuer, own ?? one.first, sent))).status).toBe(404);
    // Administrator of the same site by another branch: he does not stand above.
    const beside = await one.world.administrator(0);
    const people = { from: one.inviterId, to: beside.accountId };
    await one.world.delegate(one.first, one.roots[0] ?? '', people, { admin: true });
    const branch = await signedInAt(issuer, new Visitor(), beside.email);
    expect((await branch.get(page(one, id, 'retirer'))).status).toBe(404);
    expect((await branch.post(page(one, id, 'retirer'), { vu: 'x' })).status).not.toBe(200);
    expect(await statusesOf(one.world, sent)).toEqual(['awaiting_beneficiary', 'awaiting_beneficiary']);
  });

  test('a stale page acts on nothing', async () => {
    const one = await company();
    const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
    const admin = await one.asGiver();
    const url = page(one, sent.delegations[0] ?? '', 'retirer');
    const ask = await admin.get(url);
    await one.world.change('delegation', sent.delegations[1] ?? '', {
      ends_at: new Date(app.clock.now() + DAY).toISOString(),
      changed_at: new Date(app.clock.now() + 1).toISOString(),
    });
    expect((await admin.post(url, { vu: valueOn(ask, 'vu') })).status).toBe(409);
  });
});

test('what an account was to be made of goes sixty days after the delay, and the invitation may be sent again', async () => {
  const one = await company();
  const sent = await acceptedBy(one);
  const answered = () => app.database.knex('invitation').first().where({ id: sent.invitationId });
  await sweep(app.database.knex, app.clock.now() + 89 * DAY);
  expect((await answered()).password_hash).not.toBeNull();
  await sweep(app.database.knex, app.clock.now() + 91 * DAY);
  expect(await answered()).toMatchObject({ password_hash: null, given_name: null, accepted_at: null });
  app.clock.advance(91 * DAY);
  const admin = await one.asGiver();
  const url = `${issuer}/droits-d-acces/${one.first.siret}/delegations/${sent.delegations[0]}/renvoyer`;
  const ask = await admin.get(url);
  expect(readableText(ask)).toContain('Renvoyer l’invitation');
  await admin.post(url, { vu: valueOn(ask, 'vu') });
  expect(await statusesOf(one.world, sent)).toEqual(['awaiting_beneficiary', 'awaiting_beneficiary']);
  await app.deliver();
  const visitor = new Visitor();
  const after = await acceptAsNew(visitor, await visitor.get(app.inbox.next(sent.email).link));
  expect(after.url).toContain('demande-envoyee');
});

test('the delay is that of the clock alone: no job has to run for an invitation to lapse', async () => {
  const one = await company();
  const sent = await inviteTo(app, one.world, { inviterId: one.inviterId, on: one.on });
  app.clock.advance(30 * DAY - 60_000);
  expect((await new Visitor().get(linkTo(issuer, sent))).status).toBe(200);
  app.clock.advance(60_000);
  const page = await new Visitor().get(linkTo(issuer, sent));
  expect(readableText(page)).toContain('Cette invitation a expiré');
  const answer = await acceptAsNew(new Visitor(), { ...page, text: '' }, { jeton: sent.token });
  expect(answer.status).toBe(410);
});
