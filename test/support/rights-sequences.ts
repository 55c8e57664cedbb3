/** Sequences of acts on scenes of their own, every face compared with the rules after each act. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import { chainRights } from '../../provider/domain/rights.ts';
import { readChains } from '../../provider/store/chains.ts';
import type { TestApp } from './app.ts';
import { type Service, serviceAt } from './decisions.ts';
import { expectReachKept } from './reach.ts';
import { acts, type Due, type Played, play, type Real } from './rights-commands.ts';
import {
  claims,
  decisions,
  type Pair,
  pairsOf,
  QUESTIONS,
  reached,
  selectable,
  token,
} from './rights-faces.ts';
import { readRights } from './rights-facts.ts';
import { chainOf, contains, type Facts, type Held, heldBy, may, type Row, worthOf } from './rights-oracle.ts';
import { openScene, openStage, type Scene, STEP, type Stage } from './rights-scene.ts';
import { listed, shown } from './rights-screens.ts';

/** How often anything happened: a property that never saw a thing proves nothing of it. */
export type Seen = Record<string, number>;

export type Playing = {
  readonly seed: number;
  readonly sequences: number;
  /** Acts that are drawn for each; fewer when shrinking. */
  readonly most: number;
  /** Looks for the shortest that fails, which plays many more. */
  readonly shrink?: boolean;
  /** Hears of each sequence that has been played. */
  readonly told?: (acts: number) => void;
};

export async function playSequences(
  app: TestApp,
  { seed, sequences, most, shrink = false, told }: Playing,
): Promise<Seen> {
  const stage = await openStage(app);
  const seen: Seen = {};
  let turns = 0;
  await fc.assert(
    fc.asyncProperty(acts(shrink ? 1 : most, most), fc.boolean(), async (drawn, either) => {
      // Both in turn, where they are not shortened.
      const confirmed = shrink ? either : turns++ % 2 === 0;
      const scene = await openScene(stage, { confirmed });
      const played: Played[] = [];
      const compare = comparing(stage, scene, played);
      try {
        await playAll({ scene, compare }, played, drawn);
        await compareBrowsers(scene, await scene.facts(), oneOfEach(scene));
      } catch (error) {
        const lines = played.map(({ label, done }, i) => `${i + 1}. ${label}${done ? '' : ': refused'}`);
        throw new Error(`after\n${lines.join('\n')}\n${(error as Error).message}`, { cause: error });
      }
      for (const { act, done } of played) {
        const name = done ? act : `${act}, refused`;
        seen[name] = (seen[name] ?? 0) + 1;
      }
      told?.(played.length);
    }),
    { seed, numRuns: sequences, endOnFailure: !shrink },
  );
  return seen;
}

/** In their order; what is due and could not happen yet, after each of the others. */
async function playAll(real: Real, played: Played[], drawn: readonly Due[]): Promise<void> {
  let before = await real.scene.facts();
  let due: Due[] = [];
  for (const draw of drawn) {
    const waiting = [draw, ...due];
    due = [];
    for (const one of waiting) {
      const after = await play(real, { played, before }, one);
      if (after) before = after;
      else if (one.due) due.push(one);
    }
  }
}

function comparing({ app }: Stage, scene: Scene, played: readonly Played[]) {
  const pairs = pairsOf(scene);
  let service: Service | null = null;
  let since = 0;
  return async (before: Facts, after: Facts): Promise<void> => {
    if (service === null || app.clock.now() - since > 60_000) {
      service = await serviceAt(app, app.issuerOf('grand-est'));
      since = app.clock.now();
    }
    const step = played.length;
    const expected = pairs.map(({ person, siteId }) => {
      const { rights, administers } = heldBy(after, person.id, siteId);
      return {
        yes: QUESTIONS.map(({ slug, level, college }) => may(rights, slug, level, college)),
        administers,
      };
    });
    const [told] = await Promise.all([
      claims(scene, pairs),
      compareReach(scene, after),
      compareChains(scene, after),
      expectReachKept(
        app.database.knex,
        scene.sites.map(({ id }) => id),
      ),
    ]);
    expect(told, 'claims').toEqual(expected);
    // What nothing was written for says what it said.
    if (sameFacts(before, after)) return;
    // Of whom it has changed something for, and of others in turn: each answer costs requests.
    const struck = (_: Pair, i: number) => !sameHeld(heldIn(before, pairs[i]), heldIn(after, pairs[i]));
    const some = pairs.filter((pair, i) => struck(pair, i) || i % 4 === step % 4);
    const asked = some.map((pair) => expected[pairs.indexOf(pair)]?.yes);
    expect(await decisions(service, some), 'decisions').toEqual(asked);
    const one = pairs.find(struck) ?? (step % 4 === 0 ? pairs[step % pairs.length] : undefined);
    if (one) await compareBrowsers(scene, after, [one]);
    await compareScreens(scene, after, step);
  };
}

/** Nobody has written, nor has time brought a date: but for the moment at which they were read. */
const sameFacts = (before: Facts, after: Facts): boolean =>
  isDeepStrictEqual({ ...before, now: 0 }, { ...after, now: 0 }) && after.now - before.now < STEP;

const heldIn = (facts: Facts, pair: Pair | undefined) =>
  heldBy(facts, pair?.person.id ?? '', pair?.siteId ?? '');

const sameHeld = (a: Held, b: Held): boolean =>
  a.administers === b.administers && a.rights.size === b.rights.size && contains(a.rights, b.rights);

const oneOfEach = (scene: Scene): Pair[] =>
  pairsOf(scene).filter(({ person, siteId }) => {
    const { people, sites } = scene;
    return siteId === sites[people.indexOf(person) % sites.length]?.id;
  });

async function compareReach(scene: Scene, facts: Facts): Promise<void> {
  const told = await Promise.all(scene.people.map((person) => reached(scene, person)));
  for (const [i, person] of scene.people.entries()) {
    const held = scene.sites
      .filter(({ id }) => heldBy(facts, person.id, id).rights.size > 0)
      .map(({ id }) => id);
    expect(told[i], 'the selection screen').toEqual(held.sort());
  }
}

/** What each delegation leaves is what the rules say, and never more than any link above it gives. */
async function compareChains({ scope }: Scene, facts: Facts): Promise<void> {
  const chains = await readChains(scope.store, [...facts.rows.keys()]);
  for (const row of facts.rows.values()) {
    const left = chainRights(chains.get(row.id) ?? [], facts.now);
    const worth = left ? readRights(`${left.vector.levels}`, left.vector.colleges) : new Set<string>();
    expect([...worth].sort(), 'a chain').toEqual([...worthOf(facts, row)].sort());
    expect(chainOf(facts, row).every(({ rights }) => contains(rights, worth))).toBe(true);
  }
}

async function compareBrowsers(scene: Scene, facts: Facts, pairs: readonly Pair[]): Promise<void> {
  for (const pair of pairs) {
    const { rights, administers } = heldBy(facts, pair.person.id, pair.siteId);
    const { told, questions } = await token(scene, pair);
    const yes = questions.map(({ slug, level, college }) => may(rights, slug, level, college));
    expect(told, 'a token').toEqual({ yes, administers });
  }
  const [last] = pairs.slice(-1);
  if (!last) return;
  const held = scene.sites
    .filter(({ id }) => heldBy(facts, last.person.id, id).rights.size > 0)
    .map(({ id }) => id);
  if (held.length > 1)
    expect(await selectable(scene, last.person), 'the page of selection').toEqual(held.sort());
}

async function compareScreens(scene: Scene, facts: Facts, step: number): Promise<void> {
  const rows = [...facts.rows.values()];
  const given = rows.filter(({ kind }) => kind !== 'staff' && kind !== 'enrolment');
  const row = given[(step * 7) % Math.max(1, given.length)] as Row | undefined;
  if (!row) return;
  const root = rows.find(
    (one) => one.kind === 'enrolment' && one.siteId === row.siteId && one.status === 'active',
  );
  const head = scene.people.find(({ id }) => id === root?.granteeId);
  if (!head) throw new Error('a site without a head');
  if (step % 2 === 0) {
    const page = await shown(scene, facts, { head, row });
    expect(page.told, 'the page of a delegation').toEqual(page.expected);
  } else {
    const list = await listed(scene, facts, { head, siteId: row.siteId });
    expect(list.told, 'the list').toEqual(list.expected);
  }
}
