import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { remindOfEnds } from '../../provider/jobs/remind-ends.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { openOutbox } from '../../provider/store/outbox.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { emailOf, type World } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
let world: World;
let start: number;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  world = app.world();
  // What other tests left has been told by then.
  app.clock.advance(400 * DAY);
  start = app.clock.now();
});

const remind = (at: number, slug: Slug = 'grand-est') =>
  remindOfEnds({
    store: handleOf(app.database.knex, slug),
    outbox: openOutbox(makeSealer([Buffer.from(app.secondNode.encryptionKey, 'base64')], randomBytes)),
    issuer: app.issuerOf(slug),
    now: at,
  });

async function mailTo(accountId: string) {
  await app.deliver();
  const { subject, text } = app.inbox.next(emailOf(accountId));
  return { subject, text: text.replaceAll('\u00a0', ' ') };
}

/** On which days from now mails leave, and how many. */
async function mailsByDay(days: number): Promise<[number, number][]> {
  const sent: [number, number][] = [];
  for (let day = 0; day <= days; day++) {
    const count = await remind(start + day * DAY);
    if (count > 0) sent.push([day, count]);
  }
  return sent;
}

/** An administrator and a colleague on a site of theirs. */
async function colleagues(given: Parameters<World['delegate']>[3] = {}) {
  const { accountId: giver, sites, delegations } = await world.administrator(1);
  const [site, root] = [sites[0] as (typeof sites)[0], delegations[0] as string];
  const beneficiary = await world.account({ givenName: 'Alix', familyName: 'Exemple' });
  const delegationId = await world.delegate(site, root, { from: giver, to: beneficiary }, given);
  return { giver, beneficiary, site, root, delegationId };
}

describe('both sides of a delegation', () => {
  test('are told 30 and 7 days before its end, once each, whoever runs the job', async () => {
    const { giver, beneficiary } = await colleagues({ to: start + 31 * DAY });
    const sent: [number, number][] = [];
    for (let day = 0; day <= 40; day++) {
      const runs = await Promise.all([remind(start + day * DAY), remind(start + day * DAY)]);
      const count = runs.reduce((sum, one) => sum + one, 0);
      if (count > 0) sent.push([day, count]);
    }
    expect(sent).toEqual([
      [1, 2],
      [24, 2],
    ]);
    const lines = await app.database
      .knex('audit_event')
      .select('facts')
      .where({ kind: 'delegation_end_reminded' })
      .whereIn('subject_id', [giver, beneficiary])
      .orderBy('id');
    expect(lines.map(({ facts }) => facts.days)).toEqual([30, 30, 7, 7]);
  });

  test('read whose rights end where, and the giver where to change it', async () => {
    const { giver, beneficiary } = await colleagues({ to: start + 5 * DAY });
    await remind(start);
    const given = await mailTo(giver);
    expect(given.subject).toContain('Une délégation prend fin d’ici 7 jours');
    expect(given.text).toContain('Maçonnerie du Test, Site 1, à Alix Exemple jusqu’au');
    expect(given.text).toContain(`${app.issuerOf('grand-est')}/droits-d-acces`);
    const received = await mailTo(beneficiary);
    expect(received.text).toContain('Maçonnerie du Test, Site 1, par Camille Essai jusqu’au');
    expect(received.text).not.toContain('http');
  });

  test('are told anew of an end that has moved', async () => {
    const { delegationId } = await colleagues({ to: start + 31 * DAY });
    expect(await remind(start + DAY)).toBe(2);
    await world.change('delegation', delegationId, {
      ends_at: new Date(start + 100 * DAY).toISOString(),
    });
    expect(await mailsByDay(110)).toEqual([
      [70, 2],
      [93, 2],
    ]);
  });
});

describe('nobody is told', () => {
  test.each(['suspended', 'closed', 'refused', 'to_renew'] as const)(
    'of a delegation that is %s',
    async (status) => {
      await colleagues({ to: start + 20 * DAY, status });
      expect(await mailsByDay(25)).toEqual([]);
    },
  );

  test('of one that hangs on a link that is over', async () => {
    const { root } = await colleagues({ to: start + 20 * DAY });
    await world.close(root);
    expect(await mailsByDay(25)).toEqual([]);
  });

  test('of an end that has passed, and of none', async () => {
    await colleagues({ to: start - DAY });
    await colleagues();
    expect(await mailsByDay(5)).toEqual([]);
  });

  test('at 30 days of what lasts less than that, and at all of what lasts less than 7', async () => {
    await colleagues({ from: start, to: start + 20 * DAY });
    await colleagues({ from: start, to: start + 6 * DAY });
    expect(await mailsByDay(25)).toEqual([[13, 2]]);
  });

  test('of a date that was chosen later than the reminder would have come', async () => {
    const { delegationId } = await colleagues({ to: start + 90 * DAY });
    await world.change('delegation', delegationId, {
      ends_at: new Date(start + 12 * DAY).toISOString(),
      changed_at: new Date(start).toISOString(),
    });
    expect(await mailsByDay(15)).toEqual([[5, 2]]);
  });

  test('whose account is deactivated, or whom the neighbouring caisse knows', async () => {
    const { beneficiary } = await colleagues({ to: start + 5 * DAY });
    await world.change('account', beneficiary, { status: 'deactivated' });
    expect(await remind(start, 'nord-ouest')).toBe(0);
    expect(await remind(start)).toBe(1);
  });
});

describe('a person with many delegations', () => {
  test('gets one mail a run: the first ten, and how many others', async () => {
    const { accountId: giver, sites, delegations } = await world.administrator(12);
    const beneficiary = await world.account();
    for (const [i, site] of sites.entries())
      await world.delegate(
        site,
        delegations[i] as string,
        { from: giver, to: beneficiary },
        { to: start + (i < 2 ? 6 : 20) * DAY },
      );
    expect(await remind(start)).toBe(2);
    const { subject, text } = await mailTo(giver);
    expect(subject).toContain('12 délégations prennent fin d’ici 30 jours');
    expect(text.match(/jusqu’au/g)).toHaveLength(10);
    expect(text).toContain('et 2 autres');
    expect(await remind(start)).toBe(0);
  });

  test('of a firm: its managers are told of what it received and of what it gave, its staff of theirs', async () => {
    const { accountId: client, sites, delegations } = await world.administrator(1);
    const site = sites[0] as (typeof sites)[0];
    const cabinetId = await world.cabinet('Cabinet des Remparts');
    const attachmentId = await world.attach(cabinetId, site.adherent.id);
    const [manager, staff] = [await world.account(), await world.account()];
    await world.join(cabinetId, manager, 'manager');
    const membershipId = await world.join(cabinetId, staff, 'staff');
    const ending = { to: start + 6 * DAY };
    const firm = await world.link(
      site,
      {
        kind: 'cabinet',
        parentId: delegations[0] as string,
        grantorAccountId: client,
        granteeCabinetId: cabinetId,
        attachmentId,
      },
      ending,
    );
    await world.link(
      site,
      {
        kind: 'staff',
        parentId: firm,
        grantorCabinetId: cabinetId,
        granteeAccountId: staff,
        membershipId,
      },
      ending,
    );
    expect(await remind(start)).toBe(3);
    const told = await mailTo(manager);
    expect(told.subject).toContain('2 délégations');
    expect(told.text).toMatch(/accordées : .* à Camille Essai/);
    expect(told.text).toMatch(/reçues : .* par Camille Essai/);
    expect(told.text).toContain('/mon-cabinet');
    expect((await mailTo(client)).text).toContain('à Cabinet des Remparts jusqu’au');
    expect((await mailTo(staff)).text).toContain('par Cabinet des Remparts jusqu’au');
  });
});
