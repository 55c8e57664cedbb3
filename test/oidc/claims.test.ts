import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { API, startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { redeemed, silently } from '../support/tokens.ts';
import { claimsOf, introspect, request, signInAndRedeem, userinfo, Visitor } from '../support/visitor.ts';
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

const ALL_RIGHTS = FEATURES.map(({ slug, scope }) =>
  scope === 'company' ? `${slug}:mise_a_jour` : `${slug}:mise_a_jour:ouvrier+etam+cadre`,
);

/** What the four places tell about a person: ID token, userinfo, access token for an API, introspection. */
async function told(accountId: string, siret?: string) {
  const visitor = new Visitor();
  const hint: Record<string, string> = siret === undefined ? {} : { siret_hint: siret };
  const opaque = await signInAndRedeem(
    visitor,
    { email: emailOf(accountId) },
    await request(issuer, 'portail', hint),
  );
  const forApi = { resource: API, scope: 'openid services' };
  const jwt = await redeemed(
    visitor,
    siret === undefined
      ? await request(issuer, 'portail', { prompt: 'none', ...forApi })
      : await silently(issuer, 'portail', siret, forApi),
  );
  return {
    idToken: claimsOf(opaque.id_token),
    userinfo: await userinfo(issuer, opaque.access_token),
    accessToken: claimsOf(jwt.access_token),
    introspection: await introspect(issuer, 'api', opaque.access_token),
  };
}

const PLACES = ['idToken', 'userinfo', 'accessToken', 'introspection'] as const;

async function expectToldEverywhere(
  person: { readonly accountId: string; readonly siret?: string },
  claims: Record<string, unknown>,
): Promise<void> {
  const all = await told(person.accountId, person.siret);
  for (const place of PLACES) {
    const { caisse, siret, site, roles, entitlements, cabinet } = all[place];
    expect({ caisse, siret, site, roles, entitlements, cabinet }, place).toEqual(claims);
  }
}

describe('the site and the rights, alike in ID token, userinfo, access token and introspection', () => {
  test('an administrator of the site holds every feature, spelled out', async () => {
    const { accountId, sites } = await world.administrator(1);
    const [site] = sites;
    await expectToldEverywhere(
      { accountId },
      {
        caisse: 'grand-est',
        siret: site?.siret,
        site: {
          id: site?.id,
          name: 'Site 1',
          identifiant_cibtp: site?.adherent.identifiant,
          raison_sociale: 'Maçonnerie du Test',
        },
        roles: ['administrateur'],
        entitlements: ALL_RIGHTS,
        cabinet: undefined,
      },
    );
  });

  test('a user holds what he was given, limited to his collèges where they matter', async () => {
    const rights = rightsOn(
      { documents: 'consultation', planning: 'mise_a_jour', telepaiements: 'mise_a_jour' },
      ['ouvrier', 'etam'],
    );
    const { user, site } = await chainOfThree(world, { rights });
    await expectToldEverywhere(
      { accountId: user },
      {
        ...placeOf(site),
        roles: ['utilisateur'],
        entitlements: [
          'telepaiements:mise_a_jour',
          'planning:mise_a_jour:ouvrier+etam',
          'documents:consultation',
        ],
      },
    );
  });

  test('two levels of one feature, by collège, are two entitlements', async () => {
    const { head, user, site, root } = await chainOfThree(world, {
      rights: rightsOn({ planning: 'mise_a_jour' }, ['ouvrier', 'etam']),
    });
    const rights = rightsOn({ planning: 'consultation', documents: 'consultation' }, ['etam', 'cadre']);
    await world.delegate(site, root, { from: head, to: user }, { rights });
    await expectToldEverywhere(
      { accountId: user },
      {
        ...placeOf(site),
        roles: ['utilisateur'],
        entitlements: [
          'planning:mise_a_jour:ouvrier+etam',
          'planning:consultation:cadre',
          'documents:consultation',
        ],
      },
    );
  });

  test('a firm’s manager may delegate what the firm holds, and holds no more', async () => {
    const rights = rightsOn({ declarations_salaires: 'mise_a_jour', documents: 'consultation' }, ['cadre']);
    const { manager, site, cabinetId } = await firm(world, { toFirm: { rights } });
    await expectToldEverywhere(
      { accountId: manager },
      {
        ...placeOf(site),
        roles: ['administrateur'],
        entitlements: ['declarations_salaires:mise_a_jour:cadre', 'documents:consultation'],
        cabinet: { id: cabinetId, name: 'Cabinet Essai' },
      },
    );
  });

  test('a firm’s staff hold what the firm gave them, within what it holds', async () => {
    const { staff, site, cabinetId } = await firm(world, {
      toFirm: { rights: rightsOn({ planning: 'consultation', documents: 'mise_a_jour' }) },
      toStaff: { rights: rightsOn({ planning: 'mise_a_jour', salaries: 'mise_a_jour' }, ['etam']) },
    });
    await expectToldEverywhere(
      { accountId: staff },
      {
        ...placeOf(site),
        roles: ['utilisateur'],
        entitlements: ['planning:consultation:etam'],
        cabinet: { id: cabinetId, name: 'Cabinet Essai' },
      },
    );
  });

  test.each(['agent', 'superviseur'] as const)(
    'the caisse’s %s acts for no site and holds no entitlement',
    async (staffRole) => {
      const accountId = await world.account({ staffRole });
      const nothing = { siret: undefined, site: undefined, cabinet: undefined, entitlements: [] };
      await expectToldEverywhere({ accountId }, { caisse: 'grand-est', roles: [staffRole], ...nothing });
    },
  );

  test('a feature that the caisse hides is in none of them', async () => {
    const there = app.world('nord-ouest');
    const { accountId } = await there.administrator(1);
    await there.store
      .sql('caisse')
      .where({ id: 'nord-ouest' })
      .update({ settings: there.store.sql.raw(`settings || '{"hiddenFeatures":["planning"]}'`) });
    const asked = await request(app.issuerOf('nord-ouest'), 'portail');
    const visitor = new Visitor();
    await signInAndRedeem(visitor, { email: emailOf(accountId) }, asked);
    await expect
      .poll(async () => {
        const again = await request(app.issuerOf('nord-ouest'), 'portail', { prompt: 'none' });
        return claimsOf((await redeemed(visitor, again)).id_token).entitlements;
      })
      .toEqual(ALL_RIGHTS.filter((entitlement) => !entitlement.startsWith('planning:')));
  });
});

const placeOf = (site: Awaited<ReturnType<World['site']>>) => ({
  caisse: 'grand-est',
  siret: site.siret,
  site: {
    id: site.id,
    name: site.name,
    identifiant_cibtp: site.adherent.identifiant,
    raison_sociale: site.adherent.raisonSociale,
  },
  cabinet: undefined,
});

describe('what else each of them tells', () => {
  test('the ID token: how and when the person signed in, and nothing that no scope asked', async () => {
    const { accountId } = await world.administrator(1);
    const asked = await request(issuer, 'portail', { scope: 'openid', nonce: 'n-1' });
    const tokens = await signInAndRedeem(new Visitor(), { email: emailOf(accountId) }, asked);
    expect(claimsOf(tokens.id_token)).toEqual({
      iss: issuer,
      sub: accountId,
      aud: 'portail',
      nonce: 'n-1',
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      acr: 'urn:caisse-id:acr:password',
      amr: ['pwd'],
      caisse: 'grand-est',
      siret: expect.any(String),
      site: expect.any(Object),
      roles: ['administrateur'],
      entitlements: ALL_RIGHTS,
    });
  });

  test('the access token for an API: the claims of RFC 9068, the site, and nothing about the person', async () => {
    const { accountId } = await world.administrator(1);
    const { accessToken } = await told(accountId);
    expect(accessToken).toEqual({
      iss: issuer,
      sub: accountId,
      aud: API,
      client_id: 'portail',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: expect.any(Number),
      scope: 'services',
      auth_time: expect.any(Number),
      acr: 'urn:caisse-id:acr:password',
      amr: ['pwd'],
      grant_id: expect.any(String),
      caisse: 'grand-est',
      siret: expect.any(String),
      site: expect.any(Object),
      roles: ['administrateur'],
      entitlements: ALL_RIGHTS,
    });
  });

  test('auth_time stays that of the sign-in when a token is issued later', async () => {
    const { accountId } = await world.administrator(1);
    const { idToken, userinfo, accessToken, introspection } = await told(accountId);
    for (const place of [userinfo, accessToken, introspection]) {
      expect(place).toMatchObject({ acr: idToken.acr, amr: idToken.amr, auth_time: idToken.auth_time });
    }
  });

  test('two services know the same person by the same sub', async () => {
    const { accountId } = await world.administrator(1);
    const visitor = new Visitor();
    const [one, two] = [await request(issuer, 'portail'), await request(issuer, 'autre')];
    const first = await signInAndRedeem(visitor, { email: emailOf(accountId) }, one);
    expect(claimsOf((await redeemed(visitor, two)).id_token).sub).toBe(claimsOf(first.id_token).sub);
  });
});
