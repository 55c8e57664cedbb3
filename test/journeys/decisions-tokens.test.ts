/** One source of rights, several faces: what tokens tell is what decisions say, and what an oracle makes of the chains. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { may } from '../../clients/entitlements.ts';
import { FEATURES } from '../../policies/catalogue.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import {
  ALL_COLLEGES,
  type ChainSpec,
  chainSpec,
  type LinkSpec,
  mayOracle,
  NOW,
  vector,
} from '../domain/chains.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { feature, type Service, serviceAt, user } from '../support/decisions.ts';
import { claimsOf, refresh, request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import type { Given, World } from '../support/world.ts';

let app: TestApp;
let issuer: string;
let service: Service;
let world: World;
let me: string;
let site: NewSite;
let refreshToken: string;
let strangers: readonly string[];
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  service = await serviceAt(app, issuer);
  world = app.world();
  const person = await world.administrator(1);
  me = person.accountId;
  site = person.sites[0] as NewSite;
  const tokens = await signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
  refreshToken = tokens.refresh_token ?? '';
  strangers = await Promise.all(Array.from({ length: 12 }, () => world.account()));
});
afterAll(() => app.close());

const MINUTE = 60_000;
const ALWAYS = { from: 0, to: null };
const never = ({ from, to }: { from: number; to: number | null }) => to !== null && to <= from;

/** The nearest that the database takes, for its constraints refuse the rest: the oracle judges what was written. */
function writable(spec: LinkSpec): LinkSpec {
  const { kind } = spec;
  const isPerson = kind === 'enrolment' || kind === 'user';
  const everything = spec.admin && isPerson;
  const dead = never(spec);
  const stands = kind === 'cabinet' || kind === 'staff' ? [spec.standsOn[0] ?? ALWAYS] : [];
  const levels = spec.colleges.length === 0 ? FEATURES.map(() => 'none' as const) : spec.levels;
  return {
    ...spec,
    levels: everything ? 'everything' : levels,
    colleges: everything || spec.colleges.length === 0 ? ALL_COLLEGES : spec.colleges,
    ...(dead ? { from: 0, to: kind === 'membership' ? 0 : null } : {}),
    status: kind === 'membership' ? 'active' : dead ? 'closed' : spec.status,
    standsOn: stands.map((window) => (never(window) ? { from: 0, to: 0 } : window)),
  };
}

/** One active enrolment a person and site. */
const withOneRoot = (specs: readonly ChainSpec[]): ChainSpec[] =>
  specs.filter((spec, i) => spec.length > 1 || specs.findIndex(({ length }) => length === 1) === i);

/** Writes the chain with me at its end; everyone else in it is a stranger. */
async function write(spec: ChainSpec, others: readonly string[], base: number): Promise<void> {
  const window = ({ from, to }: { from: number; to: number | null }) => {
    const at = (time: number) => base + (time - NOW) * MINUTE;
    return { from: at(from), to: to === null ? null : at(to) };
  };
  const given = (one: LinkSpec): Given => ({
    rights: vector(one),
    admin: one.admin,
    status: one.status,
    ...window(one),
  });
  let [parentId, giver, cabinetId] = ['', '', ''];
  for (const [i, one] of spec.entries()) {
    const to = i === spec.length - 1 ? me : (others[i] ?? '');
    const stands = window(one.standsOn[0] ?? ALWAYS);
    if (one.kind === 'enrolment') parentId = await world.enrol(to, site, given(one));
    if (one.kind === 'user') parentId = await world.delegate(site, parentId, { from: giver, to }, given(one));
    if (one.kind === 'cabinet') {
      cabinetId = await world.cabinet();
      const attachmentId = await world.attach(cabinetId, site.adherent.id, stands);
      const firm = { granteeCabinetId: cabinetId, attachmentId };
      parentId = await world.link(
        site,
        { kind: 'cabinet', parentId, grantorAccountId: giver, ...firm },
        given(one),
      );
    }
    if (one.kind === 'membership') await world.join(cabinetId, me, 'manager', window(one));
    if (one.kind === 'staff') {
      const membershipId = await world.join(cabinetId, me, 'staff', stands);
      const staff = { grantorCabinetId: cabinetId, granteeAccountId: me, membershipId };
      await world.link(site, { kind: 'staff', parentId, ...staff }, given(one));
    }
    giver = to;
  }
}

const ACTIONS = [
  ['read', 'consultation'],
  ['update', 'mise_a_jour'],
] as const;

/** Everything that can be asked of one person on one site. */
const QUESTIONS = FEATURES.flatMap(({ slug }, index) =>
  ACTIONS.flatMap(([action, level]) =>
    [undefined, ...ALL_COLLEGES].map((college) => ({ slug, index, action, level, college })),
  ),
);

type Question = (typeof QUESTIONS)[number];

async function decisions(): Promise<boolean[]> {
  const { body } = await service.ask('evaluations', {
    subject: user(me),
    evaluations: QUESTIONS.map(({ slug, action, college }) => ({
      action: { name: action },
      resource: feature(slug, { siret: site.siret, college }),
    })),
  });
  return body.evaluations.map(({ decision }: { decision: boolean }) => decision);
}

/** As a service reads a token issued now, by the few lines that it copies from us; no token, no right. */
async function told(): Promise<boolean[]> {
  const { status, id_token: idToken, error } = await refresh(issuer, 'portail', refreshToken);
  expect([undefined, 'invalid_grant']).toContain(error);
  const held = status === 200 ? (claimsOf(idToken).entitlements as string[]) : [];
  return QUESTIONS.map(({ slug, level, college }) => may(held, slug, level, college));
}

/** The questions that differ from one in their feature alone, by a search for features. */
async function searched({ action, college }: Question): Promise<string[]> {
  const { body } = await service.ask('resource', {
    subject: user(me),
    action: { name: action },
    resource: { type: 'feature', properties: { siret: site.siret, college } },
  });
  return body.results.map(({ id }: { id: string }) => id);
}

/** Whether a search for people finds me. */
async function isFound({ slug, action, college }: Question): Promise<boolean> {
  const resource = feature(slug, { siret: site.siret, college });
  const { body } = await service.ask('subject', {
    subject: { type: 'user' },
    action: { name: action },
    resource,
  });
  return body.results.some(({ id }: { id: string }) => id === me);
}

const severalChains = fc.array(chainSpec, { minLength: 1, maxLength: 3 });

test('tokens, decisions, searches and an oracle agree, whatever chains reach a person', async () => {
  const seen = { nothing: 0, something: 0, several: 0 };
  await fc.assert(
    fc.asyncProperty(severalChains, fc.constantFrom(...QUESTIONS), async (drawn, chosen) => {
      const specs = withOneRoot(drawn).map((spec) => spec.map(writable));
      const { caisseId, sql } = world.store;
      await sql('delegation')
        .update({ status: 'closed' })
        .where({ caisse_id: caisseId, site_id: site.id, status: 'active' });
      const base = app.clock.now();
      for (const [i, spec] of specs.entries()) await write(spec, strangers.slice(i * 4, i * 4 + 4), base);

      const expected = QUESTIONS.map(({ index, level, college }) =>
        mayOracle(specs, college === undefined ? { index, level } : { index, level, college }),
      );
      expect(await decisions()).toEqual(expected);
      expect(await told()).toEqual(expected);
      const alike = QUESTIONS.filter(
        ({ action, college }, i) => expected[i] && action === chosen.action && college === chosen.college,
      );
      expect(await searched(chosen)).toEqual(alike.map(({ slug }) => slug));
      expect(await isFound(chosen)).toBe(expected[QUESTIONS.indexOf(chosen)]);
      seen[expected.includes(true) ? 'something' : 'nothing'] += 1;
      if (specs.length > 1) seen.several += 1;
    }),
    { numRuns: 40 },
  );
  expect(seen.nothing).toBeGreaterThan(0);
  expect(seen.something).toBeGreaterThan(5);
  expect(seen.several).toBeGreaterThan(5);
}, 300_000);
