import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Enforcer, makeEnforcer } from '../../policies/enforcer.ts';
import { chainRights, EVERYTHING } from '../../provider/domain/rights.ts';
import { requireGiver } from '../../provider/journeys/giving.ts';
import { accept } from '../../provider/journeys/invitation/accept.ts';
import { seenOf } from '../../provider/journeys/invited.ts';
import {
  closeDelegation,
  resumeDelegation,
  suspendDelegation,
} from '../../provider/journeys/turn-delegation.ts';
import { Refusal } from '../../provider/refusal.ts';
import { readChain } from '../../provider/store/chains.ts';
import { changeDelegation, findDelegation, findInvited } from '../../provider/store/delegation-acts.ts';
import { insertDelegations } from '../../provider/store/delegations.ts';
import { type Handle, transaction } from '../../provider/store/handle.ts';
import { succeed } from '../../provider/store/succession.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree } from '../support/chains.ts';
import { inviteTo } from '../support/invitations.ts';
import { emailOf, rightsOn } from '../support/world.ts';

let app: TestApp;
let scope: Scope;
let enforcer: Enforcer;
beforeAll(async () => {
  app = await startApp();
  scope = await agentScope(app);
  enforcer = await makeEnforcer();
});
afterAll(() => app.close());

type Family = Awaited<ReturnType<typeof chainOfThree>>;

const statusOf = async (id: string) => (await findDelegation(scope.store, id))?.status;

async function turning(actorId: string, delegationId: string) {
  const seen = (await findDelegation(scope.store, delegationId))?.changedAt ?? 0;
  return { enforcer, actorId, delegationId, seen };
}

/** « done », or the code of the refusal: anything else is a fault. */
const outcome = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return error.code;
      throw error;
    },
  );

/** As every gift is: the check and the row in one act. */
const give = ({ site, deputy, middle }: Family, id: string, to: string) =>
  transaction(scope.store, async (inside) => {
    const gift = { kind: 'user' as const, cabinetId: null, admin: false, vector: EVERYTHING };
    const asking = { enforcer, now: scope.now(), accountId: deputy, parentId: middle, gift };
    await requireGiver(inside, asking, 'create');
    const row = {
      kind: 'user' as const,
      id,
      parentId: middle,
      grantorAccountId: deputy,
      granteeAccountId: to,
      adherentId: site.adherent.id,
      siteId: site.id,
      admin: false,
      rights: EVERYTHING,
      status: 'active' as const,
      from: scope.now(),
      to: null,
    };
    await insertDelegations(inside, [row], scope.now());
  });

const narrow = (id: string, seen: number) =>
  transaction(scope.store, async (inside: Handle) => {
    const change = { rights: rightsOn({ documents: 'consultation' }), admin: false };
    if (!(await changeDelegation(inside, { id, changedAt: seen }, change, scope.now())))
      throw new Refusal('changed_meanwhile');
  });

const times = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('acts on one delegation at once', () => {
  test('suspended while it is narrowed, it is one of the two, and never more than either', async () => {
    for (const _ of times(10)) {
      const family = await chainOfThree(app.world());
      const act = await turning(family.head, family.leaf);
      const outcomes = await Promise.all([
        outcome(suspendDelegation(scope, act)),
        outcome(narrow(family.leaf, act.seen)),
      ]);
      expect(outcomes.toSorted()).toEqual(['changed_meanwhile', 'done']);
      const chain = await readChain(scope.store, family.leaf);
      expect(chainRights(chain, scope.now())?.vector ?? null).not.toEqual(EVERYTHING);
    }
  });

  test('closed twice at once, it is closed once', async () => {
    const family = await chainOfThree(app.world());
    const act = await turning(family.head, family.leaf);
    const outcomes = await Promise.all(times(10).map(() => outcome(closeDelegation(scope, act))));
    expect(outcomes.filter((one) => one === 'done')).toHaveLength(1);
    const lines = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_closed', site_id: family.site.id });
    expect(lines).toHaveLength(1);
  });

  test('resumed while its giver is narrowed, it never gives what the giver has lost', async () => {
    for (const _ of times(10)) {
      const family = await chainOfThree(app.world(), { status: 'suspended' });
      const act = await turning(family.head, family.leaf);
      const { seen } = await turning(family.head, family.middle);
      await Promise.all([outcome(resumeDelegation(scope, act)), outcome(narrow(family.middle, seen))]);
      const chain = await readChain(scope.store, family.leaf);
      const { vector } = chainRights(chain, scope.now()) ?? { vector: null };
      if ((await statusOf(family.leaf)) === 'active')
        expect(vector).toEqual(rightsOn({ documents: 'consultation' }));
      else expect(vector).toBeNull();
    }
  });
});

describe('a site that changes hands while something else happens below', () => {
  test('whatever was given stands below the successor, whatever was refused stands nowhere', async () => {
    for (const _ of times(10)) {
      const family = await chainOfThree(app.world());
      const [successor, other] = [await app.world().account(), await app.world().account()];
      const id = randomUUID();
      const handing = { formerId: family.root, successorId: successor, awaitedId: null, now: scope.now() };
      const [given, handed] = await Promise.all([
        outcome(give(family, id, other)),
        transaction(scope.store, (inside) => succeed(inside, handing)),
      ]);
      expect(handed?.carried).toBe(given === 'done' ? 3 : 2);
      const theirs = await app.database
        .knex('delegation')
        .where({ site_id: family.site.id, grantee_account_id: other, status: 'active' });
      expect(theirs).toHaveLength(given === 'done' ? 1 : 0);
      for (const { id } of theirs) {
        const chain = await readChain(scope.store, id);
        expect(chain[0]?.granteeId).toBe(successor);
        expect(chainRights(chain, scope.now())).not.toBeNull();
      }
    }
  });

  test('what was closed at that moment is not carried along, what was not closed goes on', async () => {
    for (const _ of times(10)) {
      const family = await chainOfThree(app.world());
      const successor = await app.world().account();
      const act = await turning(family.head, family.leaf);
      const handing = { formerId: family.root, successorId: successor, awaitedId: null, now: scope.now() };
      const [closed] = await Promise.all([
        outcome(closeDelegation(scope, act)),
        transaction(scope.store, (inside) => succeed(inside, handing)),
      ]);
      const theirs = await app.database
        .knex('delegation')
        .where({ site_id: family.site.id, grantee_account_id: family.user, status: 'active' });
      expect(theirs).toHaveLength(closed === 'done' ? 0 : 1);
    }
  });

  test('an invitation accepted at that moment is accepted, or waits still, below whoever holds the site then', async () => {
    const world = app.world();
    for (const _ of times(6)) {
      const [head, successor, guest] = [await world.account(), await world.account(), await world.account()];
      const site = await world.site();
      const root = await world.enrol(head, site);
      const on = [{ site, parentId: root }];
      const { invitationId } = await inviteTo(app, world, { inviterId: head, email: emailOf(guest), on });
      const seen = seenOf(await findInvited(scope.store, invitationId));
      const handing = { formerId: root, successorId: successor, awaitedId: null, now: scope.now() };
      const [accepted, handed] = await Promise.all([
        accept(scope, { invitationId, seen, by: { accountId: guest }, signInHref: null }),
        transaction(scope.store, (inside) => succeed(inside, handing)),
      ]);
      expect(handed?.carried).toBe(1);
      const standing = (await findInvited(scope.store, invitationId)).filter(
        ({ status }) => status !== 'closed',
      );
      const status = accepted.kind === 'waits' ? 'awaiting_confirmation' : 'awaiting_beneficiary';
      expect(standing).toMatchObject([{ status, parentId: handed?.enrolmentId }]);
    }
  });
});
