/** Rights given, narrowed and taken at the same moment; and every button pressed twice before the first answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Enforcer, makeEnforcer } from '../../policies/enforcer.ts';
import { chainRights, covers, EVERYTHING, type Vector } from '../../provider/domain/rights.ts';
import { give } from '../../provider/journeys/delegation/give.ts';
import { modifyDelegations } from '../../provider/journeys/delegation/modify.ts';
import { closeDelegation, suspendDelegation } from '../../provider/journeys/turn-delegation.ts';
import { Refusal } from '../../provider/refusal.ts';
import { findAccount } from '../../provider/store/accounts.ts';
import { readChain } from '../../provider/store/chains.ts';
import { findDelegation } from '../../provider/store/delegation-acts.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree } from '../support/chains.ts';
import { signedInOn } from '../support/closing.ts';
import { ACTS, everythingHeld, familyOf, requestFor } from '../support/family.ts';
import { givenBy } from '../support/giving.ts';
import { asked } from '../support/rights-scene.ts';
import { emailOf, rightsOn } from '../support/world.ts';

let app: TestApp;
let scope: Scope;
let enforcer: Enforcer;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  scope = await agentScope(app);
  enforcer = await makeEnforcer();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const ROUNDS = Array.from({ length: 8 }, (_, i) => i);
const READING = rightsOn({ documents: 'consultation' });
const WRITING = rightsOn({ documents: 'mise_a_jour', planning: 'mise_a_jour' });

/** Whether it was done; anything but our own refusals is a fault. */
const done = (act: Promise<unknown>): Promise<boolean> =>
  act.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refusal) return false;
      throw error;
    },
  );

type Said = { readonly rights: Vector; readonly admin?: boolean };

/** As the page of a modification that was opened just before. */
async function modify(actorId: string, id: string, { rights, admin = false }: Said): Promise<boolean> {
  const seen = await findDelegation(scope.store, id);
  if (!seen) throw new Error('no such delegation');
  const after = { admin, rights, from: seen.from, to: seen.to };
  return done(modifyDelegations(scope, { enforcer, actorId, targets: [{ seen, after }] }));
}

async function turning(actorId: string, delegationId: string) {
  const seen = (await findDelegation(scope.store, delegationId))?.changedAt ?? 0;
  return { enforcer, actorId, delegationId, seen };
}

async function worthOf(id: string): Promise<Vector | null> {
  const chain = await readChain(scope.store, id);
  return chainRights(chain, scope.now())?.vector ?? null;
}

describe('narrowed and widened at once', () => {
  test('one delegation says one of the two, whole', async () => {
    for (const _ of ROUNDS) {
      const { head, leaf } = await chainOfThree(app.world(), {
        rights: rightsOn({ planning: 'consultation' }),
      });
      const outcomes = await Promise.all([
        modify(head, leaf, { rights: READING }),
        modify(head, leaf, { rights: WRITING }),
      ]);
      expect(outcomes).toContain(true);
      expect([READING, WRITING]).toContainEqual((await findDelegation(scope.store, leaf))?.rights);
    }
  });

  test('a giver who is narrowed while he widens what he gave: nobody below holds more than he', async () => {
    for (const _ of ROUNDS) {
      const { head, deputy, middle, leaf } = await chainOfThree(app.world(), { rights: READING });
      const [narrowed, widened] = await Promise.all([
        modify(head, middle, { rights: READING }),
        modify(deputy, leaf, { rights: WRITING }),
      ]);
      expect(narrowed).toBe(true);
      // Either order leaves the same.
      expect(await worthOf(leaf)).toEqual(READING);
      expect((await findDelegation(scope.store, leaf))?.rights).toEqual(widened ? WRITING : READING);
    }
  });

  test('what is read meanwhile is never more than what stood before or stands after', async () => {
    const { head, middle, leaf } = await chainOfThree(app.world(), { rights: WRITING });
    for (const round of ROUNDS) {
      const rights = round % 2 === 0 ? READING : EVERYTHING;
      const admin = rights === EVERYTHING;
      const [done, ...read] = await Promise.all([
        modify(head, middle, { rights, admin }),
        ...Array.from({ length: 10 }, () => worthOf(leaf)),
      ]);
      expect(done).toBe(true);
      for (const worth of read) expect(worth && covers(WRITING, worth)).toBe(true);
      expect(await worthOf(leaf)).toEqual(round % 2 === 0 ? READING : WRITING);
    }
  });
});

describe('a giver who loses it while he gives', () => {
  test.each([
    ['closed', closeDelegation],
    ['put on standby', suspendDelegation],
  ] as const)('%s: what he gave is refused, or is worth nothing', async (_, take) => {
    for (const _ of ROUNDS) {
      const { head, deputy, middle, site } = await chainOfThree(app.world());
      const before = await givenBy(app, [middle]);
      const giver = await findAccount(scope.store, deputy);
      if (!giver) throw new Error('no such account');
      const [person, act] = [await app.world().account(), await turning(head, middle)];
      const rights = { admin: false, vector: READING };
      const period = { from: scope.now(), to: null };
      const [given, taken] = await Promise.all([
        done(give(scope, enforcer, { giver, email: emailOf(person), sites: [asked(site)], period, rights })),
        done(take(scope, act)),
      ]);
      expect(taken).toBe(true);
      const after = await givenBy(app, [middle]);
      expect(after).toHaveLength(before.length + (given ? 1 : 0));
      for (const { id } of after) expect(await worthOf(id)).toBeNull();
    }
  });
});

describe('a button pressed twice before the first answer', () => {
  test.each(ACTS)('%s: done once, told once', async (act) => {
    const family = await familyOf(app);
    const request = await requestFor(app, family, { act });
    const visitor = await signedInOn(issuer, emailOf(family.deputy));
    await app.deliver();
    const before = app.inbox.all().length;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => visitor.postOnce(issuer + request.path, request.fields)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(303);
    expect(statuses.filter((status) => ![303, 404, 409, 410, 422].includes(status))).toEqual([]);
    const { kinds } = await linesOn(family.site.id);
    expect(kinds).toEqual([...new Set(kinds)]);
    expect(kinds).toHaveLength(1);
    await app.deliver();
    expect(app.inbox.all().length - before).toBeLessThanOrEqual(1);
    const held = await everythingHeld(app);
    const again = await visitor.postOnce(issuer + request.path, request.fields);
    expect(again.status).not.toBe(500);
    expect(await everythingHeld(app)).toBe(held);
  });
});

/** What has been written down of that site, but for the acceptance that the scene begins with. */
async function linesOn(siteId: string): Promise<{ readonly kinds: readonly string[] }> {
  const lines = await app.database.knex('audit_event').where({ site_id: siteId }).orderBy('at');
  return { kinds: lines.map(({ kind }) => kind).filter((kind) => kind !== 'delegation_accepted') };
}
