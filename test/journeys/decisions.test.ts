import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { feature, type Service, serviceAt, user } from '../support/decisions.ts';
import { newSiret, rightsOn, type World } from '../support/world.ts';

let app: TestApp;
let service: Service;
let world: World;
beforeAll(async () => {
  app = await startApp();
  world = app.world();
  service = await serviceAt(app, app.issuerOf('grand-est'));
});
afterAll(() => app.close());

type Asked = {
  readonly of: string;
  readonly action?: string;
  readonly feature?: string;
  readonly siret: string;
  readonly college?: string | null;
};

async function may({ of, action = 'read', feature: slug = 'documents', ...where }: Asked): Promise<boolean> {
  const asked = { subject: user(of), action: { name: action }, resource: feature(slug, where) };
  const { status, body } = await service.ask('evaluation', asked);
  expect([status, typeof body.decision]).toEqual([200, 'boolean']);
  return body.decision;
}

describe('a decision', () => {
  test('is what the chain leaves: level by level, feature by feature', async () => {
    const rights = rightsOn({ documents: 'consultation', comptes_bancaires: 'mise_a_jour' });
    const { user: of, head, site } = await chainOfThree(world, { rights });
    const { siret } = site;
    expect(await may({ of, siret })).toBe(true);
    expect(await may({ of, siret, action: 'update' })).toBe(false);
    expect(await may({ of, siret, feature: 'comptes_bancaires', action: 'update' })).toBe(true);
    expect(await may({ of, siret, feature: 'planning' })).toBe(false);
    expect(await may({ of: head, siret, feature: 'planning', action: 'update' })).toBe(true);
  });

  test('is for the collège asked about, or else for all of them', async () => {
    const rights = rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }, ['ouvrier', 'etam']);
    const { user: of, site } = await chainOfThree(world, { rights });
    const planning = { of, siret: site.siret, feature: 'planning', action: 'update' };
    expect(await may({ ...planning, college: 'etam' })).toBe(true);
    expect(await may({ ...planning, college: 'cadre' })).toBe(false);
    expect(await may(planning)).toBe(false);
    expect(await may({ ...planning, college: null })).toBe(false);
    // What concerns the company has no collège.
    expect(await may({ of, siret: site.siret, college: 'cadre' })).toBe(true);
  });

  test('changes with any link of the chain, at once', async () => {
    const { user: of, site, middle } = await chainOfThree(world);
    const asked = { of, siret: site.siret };
    expect(await may(asked)).toBe(true);
    await world.change('delegation', middle, { status: 'suspended' });
    expect(await may(asked)).toBe(false);
    await world.change('delegation', middle, { status: 'active' });
    expect(await may(asked)).toBe(true);
    await world.change('delegation', middle, { ends_at: new Date(app.clock.now() - 1).toISOString() });
    expect(await may(asked)).toBe(false);
  });

  test('reaches through a firm, and not past it', async () => {
    const toFirm = { rights: rightsOn({ documents: 'consultation' }) };
    const held = await firm(world, { toFirm });
    for (const of of [held.manager, held.staff]) {
      expect(await may({ of, siret: held.site.siret })).toBe(true);
      expect(await may({ of, siret: held.site.siret, action: 'update' })).toBe(false);
    }
    await world.change('cabinet_member', held.membershipId, {
      ends_at: new Date(app.clock.now() - 1).toISOString(),
    });
    expect(await may({ of: held.staff, siret: held.site.siret })).toBe(false);
    expect(await may({ of: held.manager, siret: held.site.siret })).toBe(true);
  });

  test('is no for a feature that the caisse hides', async () => {
    const { head: of, site } = await chainOfThree(world);
    expect(await may({ of, siret: site.siret, feature: 'planning' })).toBe(true);
    await hide(['planning']);
    await expect.poll(() => may({ of, siret: site.siret, feature: 'planning' })).toBe(false);
    expect(await may({ of, siret: site.siret })).toBe(true);
    await hide([]);
    await expect.poll(() => may({ of, siret: site.siret, feature: 'planning' })).toBe(true);
  });

  test.each([
    ['an account that is not active', { status: 'deactivated' }],
    ['the caisse’s staff', { staff_role: 'agent' }],
  ])('is no for %s, whatever was delegated to it', async (_, columns) => {
    const { user: of, site } = await chainOfThree(world);
    expect(await may({ of, siret: site.siret })).toBe(true);
    await world.change('account', of, columns);
    expect(await may({ of, siret: site.siret })).toBe(false);
  });
});

async function hide(hiddenFeatures: readonly string[]): Promise<void> {
  const { sql, caisseId } = world.store;
  await sql('caisse')
    .update({ settings: sql.raw('settings || ?::jsonb', [JSON.stringify({ hiddenFeatures })]) })
    .where({ id: caisseId });
}

describe('who and what nobody knows', () => {
  test('is denied in the very words of what is not held', async () => {
    const { user: of, site } = await chainOfThree(world, { rights: rightsOn({ planning: 'consultation' }) });
    const elsewhere = await app.world('nord-ouest').administrator(1);
    const stranger = elsewhere.accountId;
    const foreign = elsewhere.sites[0]?.siret;
    const ask = (id: string, slug: string, siret: string | undefined) =>
      service.ask('evaluation', {
        subject: user(id),
        action: { name: 'read' },
        resource: feature(slug, { siret }),
      });
    const { siret } = site;
    for (const answer of [
      await ask(of, 'documents', siret),
      await ask(randomUUID(), 'documents', siret),
      await ask('nobody', 'documents', siret),
      await ask(of.toUpperCase(), 'planning', siret),
      await ask(`${of}\u0000`, 'planning', siret),
      await ask('\ud800', 'planning', siret),
      await ask(of, 'documents', newSiret()),
      await ask(of, 'rien', siret),
      await ask(stranger, 'documents', siret),
      await ask(stranger, 'documents', foreign),
      await ask(of, 'documents', foreign),
    ]) {
      expect([answer.status, answer.body]).toEqual([200, { decision: false }]);
    }
  });

  test.each([
    ['resource.properties', { resource: feature('documents') }],
    ['resource.properties', { resource: { ...feature('documents'), properties: null } }],
    ['resource.properties.siret', { resource: feature('documents', { college: 'etam' }) }],
    ['resource.properties.siret', { resource: feature('documents', { siret: 73282932000074 }) }],
    ['resource.properties.siret', { resource: feature('documents', { siret: '732 829 320 00074' }) }],
    ['resource.properties.college', { resource: feature('planning', { siret: newSiret(), college: 'x' }) }],
    ['resource.type', { resource: { type: 'record', id: 'record-1' } }],
    ['subject.type', { subject: { type: 'machine', id: '1' } }],
    ['action.name', { action: { name: 'delete' } }],
  ])('is denied with the reason when the request itself can mean nothing: %s', async (where, members) => {
    const { user: of, site } = await chainOfThree(world);
    const { siret } = site;
    const whole = { subject: user(of), action: { name: 'read' }, resource: feature('documents', { siret }) };
    const { status, body } = await service.ask('evaluation', { ...whole, ...members });
    expect([status, body.decision]).toEqual([200, false]);
    expect(body.context.reason).toMatch(new RegExp(`^${where}: `));
  });
});

test('what else a request tells decides nothing', async () => {
  const {
    user: of,
    head,
    site,
  } = await chainOfThree(world, { rights: rightsOn({ documents: 'consultation' }) });
  const { siret } = site;
  const asked = {
    subject: { ...user(of), properties: { role: 'administrator', id: head } },
    action: { name: 'update', properties: { level: 'mise_a_jour' } },
    resource: feature('documents', { siret, caisse: 'nord-ouest', hidden: false, rights: -1 }),
    context: { time: '2020-01-01T00:00Z', administrator: true },
    caisse: 'nord-ouest',
    decision: true,
  };
  expect((await service.ask('evaluation', asked)).body).toEqual({ decision: false });
  const { body } = await service.ask('evaluation', { ...asked, action: { name: 'read' } });
  expect(body).toEqual({ decision: true });
});
