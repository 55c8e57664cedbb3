import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  type AuthorizationRequest,
  chooseOn,
  claimsOf,
  type Page,
  readableText,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  sitesOn,
  type Tokens,
  Visitor,
} from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const siretOf = (tokens: Tokens): unknown => claimsOf(tokens.id_token).siret;

async function redeemed(asked: AuthorizationRequest, back: Page): Promise<Tokens> {
  return redeem(asked, returned(back).get('code') ?? '');
}

async function siretAfterRefresh(clientId: string, tokens: Tokens): Promise<unknown> {
  const fresh = await refresh(issuer, clientId, tokens.refresh_token ?? '');
  expect(fresh.status).toBe(200);
  return siretOf(fresh);
}

/** A person with that many sites, signed in for the first of them at a service. */
async function signedIn(count: number, clientId = 'portail') {
  const person = await app.world().administrator(count);
  const visitor = new Visitor();
  const tokens = await signInAndRedeem(
    visitor,
    { email: person.email, siteId: person.sites[0]?.id ?? '' },
    await request(issuer, clientId),
  );
  const sirets = person.sites.map(({ siret }) => siret);
  const ids = person.sites.map(({ id }) => id);
  return { visitor, tokens, sirets, ids, ...person };
}

describe('one browser on several sites', () => {
  test('two tabs, each at its own step, keep their own site through every refresh', async () => {
    const { email, sites } = await app.world().administrator(3);
    const visitor = new Visitor();
    const [one, two] = [await request(issuer, 'portail'), await request(issuer, 'portail')];
    const [formOne, formTwo] = [await visitor.get(one.url), await visitor.get(two.url)];
    const listOne = await signInOn(visitor, formOne, email);
    const listTwo = await signInOn(visitor, formTwo, email);
    const tokensTwo = await redeemed(two, await chooseOn(visitor, listTwo, sites[1]?.id ?? ''));
    const tokensOne = await redeemed(one, await chooseOn(visitor, listOne, sites[0]?.id ?? ''));
    expect(siretOf(tokensOne)).toBe(sites[0]?.siret);
    expect(siretOf(tokensTwo)).toBe(sites[1]?.siret);
    for (let round = 0; round < 2; round++) {
      expect(await siretAfterRefresh('portail', tokensOne)).toBe(sites[0]?.siret);
      expect(await siretAfterRefresh('portail', tokensTwo)).toBe(sites[1]?.siret);
    }
  });

  test('two services keep their own site, in refreshes and in silent requests', async () => {
    const { visitor, tokens, sirets, ids } = await signedIn(2, 'portail');
    const asked = await request(issuer, 'autre');
    const other = await redeemed(asked, await chooseOn(visitor, await visitor.get(asked.url), ids[1] ?? ''));
    expect(await siretAfterRefresh('portail', tokens)).toBe(sirets[0]);
    expect(await siretAfterRefresh('autre', other)).toBe(sirets[1]);
    for (const [clientId, siret] of [
      ['portail', sirets[0]],
      ['autre', sirets[1]],
    ] as const) {
      const silent = await request(issuer, clientId, { prompt: 'none' });
      expect(siretOf(await redeemed(silent, await visitor.get(silent.url)))).toBe(siret);
    }
  });

  test('a silent request with siret_hint switches its own tab and leaves the other one alone', async () => {
    const { visitor, tokens, sirets } = await signedIn(3);
    const asked = await request(issuer, 'portail', { prompt: 'none', siret_hint: sirets[2] ?? '' });
    const switched = await redeemed(asked, await visitor.get(asked.url));
    expect(siretOf(switched)).toBe(sirets[2]);
    expect(await siretAfterRefresh('portail', tokens)).toBe(sirets[0]);
    expect(await siretAfterRefresh('portail', switched)).toBe(sirets[2]);
  });

  test('going back to a site left before keeps its first tokens alive', async () => {
    const { visitor, tokens, sirets } = await signedIn(2);
    for (const siret of [sirets[1], sirets[0]]) {
      const asked = await request(issuer, 'portail', { prompt: 'none', siret_hint: siret ?? '' });
      expect(siretOf(await redeemed(asked, await visitor.get(asked.url)))).toBe(siret);
    }
    expect(await siretAfterRefresh('portail', tokens)).toBe(sirets[0]);
  });
});

describe('which site a request is for', () => {
  test('prompt=select_organization shows the list again, without a new sign-in', async () => {
    const { visitor, sirets, ids } = await signedIn(2);
    const asked = await request(issuer, 'portail', { prompt: 'select_organization' });
    const list = await visitor.get(asked.url);
    expect(list.url).toContain('/choix-du-site/');
    expect(sitesOn(list).listed.sort()).toEqual([...ids].sort());
    const tokens = await redeemed(asked, await chooseOn(visitor, list, ids[1] ?? ''));
    expect(siretOf(tokens)).toBe(sirets[1]);
  });

  test('prompt=select_organization shows the list even to whom has one site', async () => {
    const { visitor, ids } = await signedIn(1);
    const list = await visitor.get((await request(issuer, 'portail', { prompt: 'select_organization' })).url);
    expect(sitesOn(list).listed).toEqual(ids);
  });

  test('whoever leaves the list without choosing goes back to the service with access_denied', async () => {
    const { visitor } = await signedIn(2);
    const asked = await request(issuer, 'portail', { prompt: 'select_organization' });
    const list = await visitor.get(asked.url);
    const back = await visitor.get(`${list.url}/annuler`);
    expect(returned(back).get('error')).toBe('access_denied');
    expect(returned(back).get('state')).toBe(new URL(asked.url).searchParams.get('state'));
  });

  test('prompt=login select_organization asks for the password, then for the site', async () => {
    const { visitor, email, sirets, ids } = await signedIn(2);
    const asked = await request(issuer, 'portail', { prompt: 'login select_organization' });
    const form = await visitor.get(asked.url);
    expect(form.url).toContain('/connexion/');
    const list = await signInOn(visitor, form, email);
    expect(list.url).toContain('/choix-du-site/');
    const tokens = await redeemed(asked, await chooseOn(visitor, list, ids[1] ?? ''));
    expect(siretOf(tokens)).toBe(sirets[1]);
  });

  test('prompt=login alone keeps the site that the service had', async () => {
    const { visitor, email, sirets } = await signedIn(2);
    const asked = await request(issuer, 'portail', { prompt: 'login' });
    const back = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(siretOf(await redeemed(asked, back))).toBe(sirets[0]);
  });

  test('with one site there is no selection screen', async () => {
    const person = await app.world().administrator(1);
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), person.email);
    expect(siretOf(await redeemed(asked, back))).toBe(person.sites[0]?.siret);
  });

  test('a hint spares the selection screen', async () => {
    const { email, sites } = await app.world().administrator(3);
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail', { siret_hint: sites[1]?.siret ?? '' });
    const back = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(siretOf(await redeemed(asked, back))).toBe(sites[1]?.siret);
  });

  test('several sites and none settled: prompt=none answers interaction_required', async () => {
    const { visitor } = await signedIn(2, 'portail');
    const silent = await visitor.get((await request(issuer, 'autre', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('interaction_required');
  });

  test('nobody signed in: prompt=none answers login_required', async () => {
    const silent = await new Visitor().get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('login_required');
  });
});

describe('no right on the site', () => {
  test('a person without any site is told so on the list', async () => {
    const accountId = await app.world().account();
    const visitor = new Visitor();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    const list = await signInOn(visitor, form, `p${accountId.slice(0, 8)}@essai.test`);
    expect(list.status).toBe(200);
    expect(readableText(list)).toContain('Aucun site ne vous est ouvert pour le moment');
  });

  test('a person without any site answers interaction_required to prompt=none', async () => {
    const { visitor, delegations } = await signedIn(1);
    await app.world().close(delegations[0] ?? '');
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('interaction_required');
  });

  test.each([
    ['of a stranger', async () => (await app.world().site()).siret],
    ['of another caisse', async () => (await app.world('nord-ouest').site()).siret],
    ['that no caisse knows', async () => '73282932000074'],
  ])('a hint %s answers interaction_required to prompt=none', async (_, siret) => {
    const { visitor } = await signedIn(2);
    const asked = await request(issuer, 'portail', { prompt: 'none', siret_hint: await siret() });
    expect(returned(await visitor.get(asked.url)).get('error')).toBe('interaction_required');
  });

  test('a hint without rights shows the list to a person who can choose', async () => {
    const { visitor, ids, sirets } = await signedIn(2);
    const stranger = await app.world().site();
    const asked = await request(issuer, 'portail', { siret_hint: stranger.siret });
    const list = await visitor.get(asked.url);
    expect(list.text).toContain('Vous n’avez pas de droits sur le site que votre service a demandé.');
    expect(sitesOn(list).listed.sort()).toEqual([...ids].sort());
    const tokens = await redeemed(asked, await chooseOn(visitor, list, ids[1] ?? ''));
    expect(siretOf(tokens)).toBe(sirets[1]);
  });

  test('rights lost on the site that the service had: the list, with the sites that are left', async () => {
    const { visitor, delegations, ids } = await signedIn(3);
    await app.world().close(delegations[0] ?? '');
    const list = await visitor.get((await request(issuer, 'portail')).url);
    expect(sitesOn(list).listed.sort()).toEqual(ids.slice(1).sort());
  });

  test.each(['732829320', '73282932000075', 'abcdefghijklmn', '732 829 320 00074'])(
    'a malformed hint (%j) is an invalid request',
    async (hint) => {
      const back = await new Visitor().get((await request(issuer, 'portail', { siret_hint: hint })).url);
      expect(returned(back).get('error')).toBe('invalid_request');
    },
  );
});
