import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Vector } from '../../provider/domain/rights.ts';
import { changeDelegation } from '../../provider/store/delegation-acts.ts';
import {
  colleagueOf,
  dayOf,
  delegationOf,
  formOf,
  giverBelow,
  giverOf,
  modificationPage,
  modify,
  refusedAt,
  rightsPage,
  SOME_RIGHTS,
  signedIn,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { readableText } from '../support/visitor.ts';
import { rightsOn } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();

describe('a modification is refused', () => {
  test.each([
    ['without a right', { droit_planning: 'none', droit_documents: 'none' }, 'droits'],
    ['until a day that has passed', { date_fin: '2026-01-01' }, 'date_fin'],
    ['without a collège', { college_ouvrier: null, college_etam: null, college_cadre: null }, 'colleges'],
  ])('%s, at the field, and everything else is kept', async (_, wrong, at) => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const before = await delegationOf(app, id);
    for (const path of ['/recapitulatif', '']) {
      const page = await modify(app, { giver, id, chosen: { college_cadre: null, ...wrong } }, path);
      expect([page.status, refusedAt(page)]).toEqual([422, [at]]);
      expect(formOf(page)).not.toHaveProperty('college_cadre');
      expect(formOf(page)).toMatchObject({ date_effet: dayOf(before.from) });
    }
    expect(await delegationOf(app, id)).toEqual(before);
  });

  test('when nothing changes', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const before = await delegationOf(app, id);
    expect(readableText(await modify(app, { giver, id, chosen: {} }, '/recapitulatif'))).toContain(
      'Rien n’a changé',
    );
    expect((await modify(app, { giver, id, chosen: {} })).status).toBe(303);
    expect(await delegationOf(app, id)).toEqual(before);
  });

  test('when somebody else has modified it meanwhile; pressed twice, it is made once', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    const stale = {
      ...formOf(await giver.visitor.get(modificationPage(app, giver, id))),
      droit_planning: 'none',
    };
    await modify(app, { giver, id, chosen: { droit_documents: 'mise_a_jour' } });
    for (const path of ['', '/recapitulatif'])
      expect((await giver.visitor.post(modificationPage(app, giver, id, path), stale)).status).toBe(409);
    const fresh = {
      ...formOf(await giver.visitor.get(modificationPage(app, giver, id))),
      droit_salaries: 'consultation',
    };
    const twice = await Promise.all(
      [1, 2, 3, 4].map(() => giver.visitor.postOnce(modificationPage(app, giver, id), fresh)),
    );
    expect(twice.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    const lines = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_modified', site_id: giver.site.id });
    expect(lines).toHaveLength(2);
    expect((await delegationOf(app, id)).rights).toEqual(
      rightsOn({ planning: 'mise_a_jour', documents: 'mise_a_jour', salaries: 'consultation' }),
    );
  });

  test('beyond what the one above holds, by whoever stands higher still', async () => {
    const head = await giverOf(app);
    const middle = await giverBelow(app, head);
    const { id } = await colleagueOf(app, middle, { rights: SOME_RIGHTS });
    const above = await delegationOf(app, middle.delegations[0] ?? '');
    const narrow = async (rights: Vector) => {
      const seen = await delegationOf(app, above.id);
      await changeDelegation(world().store, seen, { admin: false, rights }, app.clock.now());
    };
    await narrow(rightsOn({ planning: 'consultation' }, ['etam']));
    const form = await head.visitor.get(modificationPage(app, head, id));
    expect(formOf(form)).toMatchObject({ college_etam: 'oui', droit_planning: 'consultation' });
    expect(form.text).not.toContain('droit_documents');
    expect(form.text).not.toContain('name="administrateur"');
    const before = await delegationOf(app, id);
    for (const beyond of [
      { droit_planning: 'mise_a_jour' },
      { droit_documents: 'consultation' },
      { college_cadre: 'oui' },
      { administrateur: 'oui', droit_planning: 'mise_a_jour' },
    ])
      expect((await modify(app, { giver: head, id, chosen: beyond })).status).toBe(422);
    expect(await delegationOf(app, id)).toEqual(before);
    await modify(app, { giver: head, id, chosen: {} });
    expect((await delegationOf(app, id)).rights).toEqual(rightsOn({ planning: 'consultation' }, ['etam']));
  });

  test('to the beneficiary, to a neighbour, and to whoever stands beside', async () => {
    const head = await giverOf(app);
    const one = await giverBelow(app, head);
    const other = await giverBelow(app, head);
    const { id } = await colleagueOf(app, one);
    const form = {
      ...formOf(await head.visitor.get(modificationPage(app, head, id))),
      droit_planning: 'none',
    };
    const own = one.delegations[0] ?? '';
    const before = await delegationOf(app, id);
    expect((await other.visitor.post(modificationPage(app, other, id), form)).status).toBe(404);
    expect((await one.visitor.post(modificationPage(app, one, own), form)).status).toBe(404);
    const stranger = await giverOf(app);
    expect((await stranger.visitor.post(modificationPage(app, stranger, id), form)).status).toBe(404);
    expect((await stranger.visitor.post(modificationPage(app, head, id), form)).status).toBe(404);
    const colleague = await signedIn(app, (await colleagueOf(app, head)).accountId);
    expect((await colleague.visitor.post(modificationPage(app, head, id), form)).status).toBe(403);
    expect(await delegationOf(app, id)).toEqual(before);
  });

  test('of an enrolment, of an unknown delegation, and of one that is over', async () => {
    const giver = await giverOf(app);
    const { id } = await colleagueOf(app, giver);
    for (const none of [giver.delegations[0] ?? '', randomUUID(), 'nimporte'])
      expect((await giver.visitor.get(modificationPage(app, giver, none))).status).toBe(404);
    await world().close(id);
    const over = await giver.visitor.once(modificationPage(app, giver, id));
    expect([over.status, over.location]).toEqual([303, rightsPage(app, giver.site, `/delegations/${id}`)]);
  });

  test('once the administrator has lost his own rights', async () => {
    const giver = await giverBelow(app, await giverOf(app));
    const { id } = await colleagueOf(app, giver);
    const form = {
      ...formOf(await giver.visitor.get(modificationPage(app, giver, id))),
      droit_planning: 'none',
    };
    const before = await delegationOf(app, id);
    await world().close(giver.delegations[0] ?? '');
    expect((await giver.visitor.post(modificationPage(app, giver, id), form)).status).toBe(404);
    expect(await delegationOf(app, id)).toEqual(before);
  });
});
