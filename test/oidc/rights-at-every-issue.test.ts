import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type Everything, everythingOn, redeemed, silently } from '../support/tokens.ts';
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
type Scene = {
  readonly accountId: string;
  readonly siret: string;
  readonly end: () => Promise<void>;
  readonly giveBack: () => Promise<void>;
};
type Ended = { readonly end: Record<string, string>; readonly back: Record<string, string | null> };

const CLOSED: Ended = { end: { status: 'closed' }, back: { status: 'active' } };
const SUSPENDED: Ended = { end: { status: 'suspended' }, back: { status: 'active' } };
const over = (): Ended => ({ end: { ends_at: iso(app.clock.now() - 1) }, back: { ends_at: null } });

const scene = (
  accountId: string,
  siret: string,
  [table, id, { end, back }]: readonly [Parameters<World['change']>[0], string, Ended],
): Scene => ({
  accountId,
  siret,
  end: () => world.change(table, id, end),
  giveBack: () => world.change(table, id, back),
});

const ENDINGS: readonly (readonly [string, () => Promise<Scene>])[] = [
  [
    'the delegation is closed',
    async () => {
      const { accountId, sites, delegations } = await world.administrator(1);
      return scene(accountId, sites[0]?.siret ?? '', ['delegation', delegations[0] ?? '', CLOSED]);
    },
  ],
  [
    'the delegation is suspended',
    async () => {
      const { user, site, leaf } = await chainOfThree(world);
      return scene(user, site.siret, ['delegation', leaf, SUSPENDED]);
    },
  ],
  [
    'the delegation two above is closed',
    async () => {
      const { user, site, root } = await chainOfThree(world);
      return scene(user, site.siret, ['delegation', root, CLOSED]);
    },
  ],
  [
    'the delegation above ends',
    async () => {
      const { user, site, middle } = await chainOfThree(world);
      return scene(user, site.siret, ['delegation', middle, over()]);
    },
  ],
  [
    'the firm is no longer attached to its client, for its manager',
    async () => {
      const { manager, site, attachmentId } = await firm(world);
      return scene(manager, site.siret, ['cabinet_client', attachmentId, over()]);
    },
  ],
  [
    'the firm is no longer attached to its client, for its staff',
    async () => {
      const { staff, site, attachmentId } = await firm(world);
      return scene(staff, site.siret, ['cabinet_client', attachmentId, over()]);
    },
  ],
  [
    'the client closes what it gave the firm, for its manager',
    async () => {
      const { manager, site, toFirm } = await firm(world);
      return scene(manager, site.siret, ['delegation', toFirm, CLOSED]);
    },
  ],
  [
    'the manager leaves the firm',
    async () => {
      const { manager, site, managerMembership } = await firm(world);
      return scene(manager, site.siret, ['cabinet_member', managerMembership, over()]);
    },
  ],
  [
    'the manager becomes staff without a delegation',
    async () => {
      const { manager, site, managerMembership } = await firm(world);
      return scene(manager, site.siret, [
        'cabinet_member',
        managerMembership,
        { end: { role: 'staff' }, back: { role: 'manager' } },
      ]);
    },
  ],
  [
    'a person of the staff leaves the firm',
    async () => {
      const { staff, site, membershipId } = await firm(world);
      return scene(staff, site.siret, ['cabinet_member', membershipId, over()]);
    },
  ],
  [
    'the account is deactivated',
    async () => {
      const { accountId, sites } = await world.administrator(1);
      const deactivated = { end: { status: 'deactivated' }, back: { status: 'active' } };
      return scene(accountId, sites[0]?.siret ?? '', ['account', accountId, deactivated]);
    },
  ],
];

describe.each(ENDINGS)('when %s', (_, setUp) => {
  let played: Scene;
  let held: Everything;
  beforeAll(async () => {
    played = await setUp();
    held = await everythingOn(issuer, emailOf(played.accountId), played.siret);
    await played.end();
  });

  test('no refresh token works', async () => {
    for (const [clientId, { refresh_token = '' }] of [
      ['portail', held.opaque],
      ['portail', held.jwt],
      ['essai', held.rotating],
    ] as const) {
      expect(await refresh(issuer, clientId, refresh_token)).toMatchObject({
        status: 400,
        error: 'invalid_grant',
      });
    }
  });

  test('a code not redeemed yet does not work', async () => {
    expect(await held.redeemCode()).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('introspection tells nothing but that the tokens are inactive', async () => {
    const { opaque, jwt } = held;
    for (const token of [opaque.access_token, opaque.refresh_token, jwt.access_token, jwt.refresh_token]) {
      expect(await introspect(issuer, 'api', token)).toEqual({ status: 200, active: false });
    }
  });

  test('userinfo refuses the access token', async () => {
    expect(await userinfo(issuer, held.opaque.access_token)).toMatchObject({
      status: 401,
      error: 'invalid_token',
    });
  });

  test('a silent request gets no code', async () => {
    const back = returned(await held.visitor.get((await silently(issuer, 'portail', played.siret)).url));
    expect(back.get('code')).toBeNull();
    expect(back.get('error')).toMatch(/^(interaction|login)_required$/);
  });

  describe('and given back', () => {
    beforeAll(() => played.giveBack());

    test('the refusals have burnt no refresh token', async () => {
      for (const [clientId, { refresh_token = '' }] of [
        ['portail', held.opaque],
        ['portail', held.jwt],
        ['essai', held.rotating],
      ] as const) {
        const fresh = await refresh(issuer, clientId, refresh_token);
        expect(fresh.status).toBe(200);
        expect(claimsOf(fresh.id_token).siret).toBe(played.siret);
      }
    });

    test('introspection and userinfo know the site again', async () => {
      const { opaque, jwt } = held;
      for (const token of [opaque.access_token, jwt.access_token]) {
        expect(await introspect(issuer, 'api', token)).toMatchObject({ active: true, siret: played.siret });
      }
      expect(await userinfo(issuer, opaque.access_token)).toMatchObject({
        status: 200,
        siret: played.siret,
      });
    });
  });
});

describe('the end of rights on one site', () => {
  test('leaves the tokens of the same person on another site alone', async () => {
    const { accountId, sites, delegations } = await world.administrator(2);
    const [lost, kept] = [sites[0]?.siret ?? '', sites[1]?.siret ?? ''];
    const there = await everythingOn(issuer, emailOf(accountId), lost);
    const here = await redeemed(there.visitor, await silently(issuer, 'portail', kept));
    await world.close(delegations[0] ?? '');
    expect((await refresh(issuer, 'portail', there.opaque.refresh_token ?? '')).error).toBe('invalid_grant');
    const fresh = await refresh(issuer, 'portail', here.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).siret).toBe(kept);
    expect(await userinfo(issuer, here.access_token)).toMatchObject({ status: 200, siret: kept });
    expect(await introspect(issuer, 'api', here.access_token)).toMatchObject({ active: true });
  });

  test('leaves the tokens of other people on that site alone', async () => {
    const { head, user, site, leaf, root } = await chainOfThree(world);
    const other = await world.account();
    await world.delegate(
      site,
      root,
      { from: head, to: other },
      { rights: rightsOn({ documents: 'consultation' }) },
    );
    const theirs = await everythingOn(issuer, emailOf(other), site.siret);
    const his = await everythingOn(issuer, emailOf(user), site.siret);
    await world.close(leaf);
    expect((await refresh(issuer, 'portail', his.opaque.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await refresh(issuer, 'portail', theirs.opaque.refresh_token ?? '')).status).toBe(200);
  });

  test('is none as long as another chain holds', async () => {
    const { head, user, site, leaf, root } = await chainOfThree(world);
    await world.delegate(
      site,
      root,
      { from: head, to: user },
      { rights: rightsOn({ documents: 'consultation' }) },
    );
    const held = await everythingOn(issuer, emailOf(user), site.siret);
    await world.close(leaf);
    const fresh = await refresh(issuer, 'portail', held.opaque.refresh_token ?? '');
    expect(claimsOf(fresh.id_token).entitlements).toEqual(['documents:consultation']);
  });
});

describe('the caisse’s staff', () => {
  test('who leave it hold nothing any more', async () => {
    const accountId = await world.account({ staffRole: 'agent' });
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail');
    const tokens = await signInAndRedeem(visitor, { email: emailOf(accountId) }, asked);
    expect((await userinfo(issuer, tokens.access_token)).roles).toEqual(['agent']);
    await world.change('account', accountId, { staff_role: null });
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await userinfo(issuer, tokens.access_token)).status).toBe(401);
    expect(await introspect(issuer, 'api', tokens.access_token)).toEqual({ status: 200, active: false });
  });

  test('who were not staff before lose what they held for a site', async () => {
    const { accountId, sites } = await world.administrator(1);
    const { opaque } = await everythingOn(issuer, emailOf(accountId), sites[0]?.siret ?? '');
    await world.change('account', accountId, { staff_role: 'agent' });
    expect((await refresh(issuer, 'portail', opaque.refresh_token ?? '')).error).toBe('invalid_grant');
    expect((await userinfo(issuer, opaque.access_token)).status).toBe(401);
  });
});
