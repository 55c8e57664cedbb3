import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { everythingOn, redeemed, silently } from '../support/tokens.ts';
import {
  claimsOf,
  introspect,
  refresh,
  request,
  returned,
  signInAndRedeem,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { emailOf, rightsOn, type World } from '../support/world.ts';

let app: TestApp;
let issuer: string;
let world: World;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  world = app.world();
});
afterAll(() => app.close());

const iso = (instant: number): string => new Date(instant).toISOString();

describe('rights that change without ending', () => {
  test('narrowed two above, they are narrow in the next ID, access and userinfo claims', async () => {
    const { user, site, middle } = await chainOfThree(world);
    const held = await everythingOn(issuer, emailOf(user), site.siret);
    const { levels, colleges } = rightsOn({ planning: 'consultation', documents: 'mise_a_jour' }, ['etam']);
    // An administrator reaches everything: to narrow him is to take that away.
    await world.change('delegation', middle, {
      admin: 'false',
      levels: levels.toString(),
      colleges,
    });
    const narrow = ['planning:consultation:etam', 'documents:mise_a_jour'];
    const fresh = await refresh(issuer, 'portail', held.jwt.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).entitlements).toEqual(narrow);
    expect(claimsOf(fresh.access_token).entitlements).toEqual(narrow);
    expect(await userinfo(issuer, held.opaque.access_token)).toMatchObject({ entitlements: narrow });
  });

  test('a user who becomes administrator is one in the next ID token', async () => {
    const { user, site, leaf } = await chainOfThree(world);
    const held = await everythingOn(issuer, emailOf(user), site.siret);
    expect(claimsOf(held.opaque.id_token).roles).toEqual(['utilisateur']);
    await world.change('delegation', leaf, { admin: 'true' });
    const fresh = await refresh(issuer, 'portail', held.opaque.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).roles).toEqual(['administrateur']);
  });

  test('a site renamed is told under its new name', async () => {
    const { accountId, sites } = await world.administrator(1);
    const held = await everythingOn(issuer, emailOf(accountId), sites[0]?.siret ?? '');
    await world.store.sql('site').update({ name: 'Nouveau nom' }).where({ id: sites[0]?.id });
    const fresh = await refresh(issuer, 'portail', held.opaque.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).site).toMatchObject({ name: 'Nouveau nom' });
  });
});

describe('a date ahead', () => {
  const MINUTE = 60_000;

  /** Where in the chain the date stands. @returns a person with rights up to that date. */
  const BOUNDARIES: readonly (readonly [string, (at: number) => Promise<readonly [string, string]>])[] = [
    [
      'of the delegation itself',
      async (at) => {
        const { user, site, leaf } = await chainOfThree(world);
        await world.change('delegation', leaf, { ends_at: iso(at) });
        return [user, site.siret];
      },
    ],
    [
      'of a delegation above',
      async (at) => {
        const { user, site, root } = await chainOfThree(world);
        await world.change('delegation', root, { ends_at: iso(at) });
        return [user, site.siret];
      },
    ],
    [
      'of the firm’s attachment',
      async (at) => {
        const { manager, site, attachmentId } = await firm(world);
        await world.change('cabinet_client', attachmentId, { ends_at: iso(at) });
        return [manager, site.siret];
      },
    ],
    [
      'of the membership',
      async (at) => {
        const { staff, site, membershipId } = await firm(world);
        await world.change('cabinet_member', membershipId, { ends_at: iso(at) });
        return [staff, site.siret];
      },
    ],
  ];

  test.each(BOUNDARIES)('%s clips tokens, and at that instant all is dead', async (_, setUp) => {
    const boundary = app.clock.now() + MINUTE;
    const [accountId, siret] = await setUp(boundary);
    const held = await everythingOn(issuer, emailOf(accountId), siret);
    const fresh = await refresh(issuer, 'portail', held.opaque.refresh_token ?? '');
    for (const tokens of [held.opaque, held.jwt, held.rotating, fresh]) {
      expect(tokens.expires_in).toBeGreaterThan(0);
      expect(tokens.expires_in).toBeLessThanOrEqual(60);
      expect(expiryOf(tokens.id_token)).toBeLessThanOrEqual(boundary);
    }
    expect(expiryOf(held.jwt.access_token)).toBeLessThanOrEqual(boundary);

    app.clock.advance(boundary - app.clock.now());
    expect((await refresh(issuer, 'portail', held.opaque.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await held.redeemCode()).error).toBe('invalid_grant');
    expect((await userinfo(issuer, held.opaque.access_token)).status).toBe(401);
    for (const token of [held.opaque.access_token, held.opaque.refresh_token, held.jwt.access_token]) {
      expect(await introspect(issuer, 'api', token)).toEqual({ status: 200, active: false });
    }
  });

  test('at which rights begin gives nothing before, and all from then on', async () => {
    const site = await world.site();
    const accountId = await world.account();
    const from = app.clock.now() + MINUTE;
    await world.enrol(accountId, site, { from });
    const visitor = new Visitor();
    const other = await world.site();
    await world.enrol(accountId, other);
    const asked = await request(issuer, 'portail');
    await signInAndRedeem(visitor, { email: emailOf(accountId) }, asked);
    const early = await visitor.get((await silently(issuer, 'portail', site.siret)).url);
    expect(returned(early).get('error')).toBe('interaction_required');
    app.clock.advance(from - app.clock.now());
    const tokens = await redeemed(visitor, await silently(issuer, 'portail', site.siret));
    expect(claimsOf(tokens.id_token).siret).toBe(site.siret);
  });

  test('at which rights widen clips tokens too: they tell what is held until then', async () => {
    const { head, user, site, root } = await chainOfThree(world);
    const from = app.clock.now() + 90_000;
    await world.delegate(site, root, { from: head, to: user }, { admin: true, from });
    const held = await everythingOn(issuer, emailOf(user), site.siret);
    expect(held.opaque.expires_in).toBeLessThanOrEqual(90);
    expect(expiryOf(held.jwt.access_token)).toBeLessThanOrEqual(from);
    app.clock.advance(from - app.clock.now());
    const fresh = await refresh(issuer, 'portail', held.opaque.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).roles).toEqual(['administrateur']);
    expect(fresh.expires_in).toBe(300);
  });
});

/** Tokens bear the library's own clock, which the test's has left behind. */
const expiryOf = (jwt: string | undefined): number => Number(claimsOf(jwt).exp) * 1000;
