/** The acts themselves, asked past the screens: whoever calls them, they check again with the chain held. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Enforcer, makeEnforcer } from '../../policies/enforcer.ts';
import { EVERYTHING, type Vector } from '../../provider/domain/rights.ts';
import { give } from '../../provider/journeys/delegation/give.ts';
import { modifyDelegations, type Target } from '../../provider/journeys/delegation/modify.ts';
import { findAccount } from '../../provider/store/accounts.ts';
import { changeDelegation } from '../../provider/store/delegation-acts.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import { agentScope } from '../support/agent.ts';
import {
  colleagueOf,
  delegationOf,
  type Giver,
  givenBy,
  giverBelow,
  giverOf,
  newEmail,
  SOME_RIGHTS,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { rightsOn } from '../support/world.ts';

let app: TestApp;
let scope: Scope;
let enforcer: Enforcer;
beforeAll(async () => {
  app = await startApp();
  [scope, enforcer] = [await agentScope(app), await makeEnforcer()];
});
afterAll(() => app.close());

const sitesOf = ({ sites }: Giver) =>
  sites.map(({ id, siret, name, adherent: { id: adherentId, identifiant, raisonSociale } }) => ({
    id,
    siret,
    name,
    adherentId,
    identifiant,
    raisonSociale,
  }));

async function giving(giver: Giver, rights = { admin: false, vector: SOME_RIGHTS }) {
  const account = await findAccount(scope.store, giver.accountId);
  if (!account) throw new Error('no such account');
  const period = { from: app.clock.now(), to: null };
  return give(scope, enforcer, { giver: account, email: newEmail(), sites: sitesOf(giver), period, rights });
}

const invitations = () => app.database.knex('invitation').count().first();
const outbox = () => app.database.knex('pgboss.job').count().first();

describe('giving', () => {
  test('on several sites is refused whole when one of them is not the giver’s any more', async () => {
    const giver = await giverOf(app, ['Siège', 'Dépôt', 'Atelier']);
    await app.world().close(giver.delegations[1] ?? '');
    const before = [await invitations(), await outbox()];
    await expect(giving(giver)).rejects.toMatchObject({ code: 'beyond_giver' });
    expect(await givenBy(app, giver.delegations)).toEqual([]);
    expect([await invitations(), await outbox()]).toEqual(before);
    const { sites, delegations } = giver;
    await giving({ ...giver, sites: [sites[0], sites[2]].filter((site) => site !== undefined) });
    expect(await givenBy(app, delegations)).toHaveLength(2);
  });

  test('is refused on a site that somebody else administers, of another company as well', async () => {
    const [giver, stranger] = [await giverOf(app), await giverOf(app)];
    await expect(giving({ ...giver, sites: stranger.sites })).rejects.toMatchObject({ code: 'beyond_giver' });
    expect(await givenBy(app, stranger.delegations)).toEqual([]);
  });

  test('is refused to whoever has rights without the power to delegate', async () => {
    const head = await giverOf(app);
    const { accountId } = await colleagueOf(app, head, { rights: EVERYTHING });
    await expect(giving({ ...head, accountId })).rejects.toMatchObject({ code: 'beyond_giver' });
  });

  test.each([
    ['nothing', { admin: false, vector: { levels: 0n, colleges: 7 } }],
    ['bits that say nothing', { admin: false, vector: { levels: 0b10n, colleges: 7 } }],
    ['Administrateur of a part', { admin: true, vector: SOME_RIGHTS }],
  ])('a gift of %s is refused', async (_, rights) => {
    const giver = await giverOf(app);
    await expect(giving(giver, rights)).rejects.toMatchObject({ code: 'beyond_giver' });
    expect(await givenBy(app, giver.delegations)).toEqual([]);
  });
});

describe('modifying', () => {
  const target = async (id: string, rights: Vector, admin = false): Promise<Target> => {
    const seen = await delegationOf(app, id);
    return { seen, after: { admin, rights, from: seen.from, to: seen.to } };
  };
  const modify = (actorId: string, targets: readonly Target[]) =>
    modifyDelegations(scope, { enforcer, actorId, targets });

  test('beyond what the giver holds is refused, and with it all that came along', async () => {
    const head = await giverOf(app);
    const middle = await giverBelow(app, head);
    const [one, other] = [await colleagueOf(app, head), await colleagueOf(app, middle)];
    const above = await delegationOf(app, middle.delegations[0] ?? '');
    const narrowed = { admin: false, rights: rightsOn({ planning: 'consultation' }) };
    await changeDelegation(scope.store, above, narrowed, app.clock.now());
    const before = await Promise.all([delegationOf(app, one.id), delegationOf(app, other.id)]);
    const wider = rightsOn({ planning: 'mise_a_jour' });
    const targets = [await target(one.id, wider), await target(other.id, wider)];
    await expect(modify(head.accountId, targets)).rejects.toMatchObject({ code: 'beyond_giver' });
    expect(await Promise.all([delegationOf(app, one.id), delegationOf(app, other.id)])).toEqual(before);
    await modify(head.accountId, [await target(other.id, rightsOn({ planning: 'consultation' }))]);
    expect((await delegationOf(app, other.id)).rights).toEqual(rightsOn({ planning: 'consultation' }));
  });

  test('is refused to whoever does not stand above', async () => {
    const head = await giverOf(app);
    const beside = await giverBelow(app, head);
    const { id, accountId } = await colleagueOf(app, head, { admin: true });
    const narrower = [await target(id, rightsOn({ planning: 'consultation' }))];
    for (const actorId of [accountId, beside.accountId, (await giverOf(app)).accountId])
      await expect(modify(actorId, narrower)).rejects.toMatchObject({ code: 'beyond_giver' });
  });

  test('narrower and wider at once leaves what one of them asked, and the other is told', async () => {
    const head = await giverOf(app);
    const { id } = await colleagueOf(app, head);
    const asked = [rightsOn({ planning: 'consultation' }), EVERYTHING].map((rights) => target(id, rights));
    const targets = await Promise.all(asked);
    const outcomes = await Promise.allSettled(targets.map((one) => modify(head.accountId, [one])));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'changed_meanwhile' });
    const winner = targets[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect((await delegationOf(app, id)).rights).toEqual(winner?.after.rights);
  });
});
