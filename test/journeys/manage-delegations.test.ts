import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atHome } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { firm } from '../support/chains.ts';
import { formOf } from '../support/giving.ts';
import {
  claimsOf,
  discover,
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');
const ask = (extra: Record<string, string> = {}) =>
  request(issuer(), 'portail', { prompt: 'manage_delegations', ...extra });

/** The interaction that the pages carry on with. */
const uidOf = (page: Page): string => new URL(page.url).searchParams.get('depuis') ?? '';
const wayBack = (uid: string) => `${issuer()}/droits-d-acces/depuis/${uid}`;

async function administrator(sites: number) {
  const person = await app.world().administrator(sites);
  const visitor = new Visitor();
  const sirets = person.sites.map(({ siret }) => siret);
  return { ...person, visitor, sirets };
}

describe('prompt=manage_delegations', () => {
  test('brings an administrator to the site that the service names, and back for that site', async () => {
    const { visitor, email, sirets } = await administrator(2);
    const asked = await ask({ siret_hint: sirets[1] as string });
    const page = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(new URL(page.url).pathname).toBe(`/grand-est/droits-d-acces/${sirets[1]}`);
    expect(readableText(page)).toContain('Revenir à Espace sécurisé');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' http://127.0.0.1:9");
    const back = returned(await visitor.post(wayBack(uidOf(page)), {}));
    expect(back.get('state')).toBe(new URL(asked.url).searchParams.get('state'));
    const { status, id_token } = await redeem(asked, back.get('code') ?? '');
    expect([status, claimsOf(id_token).siret]).toEqual([200, sirets[1]]);
  });

  test('keeps the way back through My account, and what is changed there', async () => {
    const { visitor, email, sirets } = await administrator(1);
    const asked = await ask({ siret_hint: sirets[0] as string });
    const page = await signInOn(visitor, await visitor.get(asked.url), email);
    const uid = uidOf(page);
    const account = `${issuer()}/mon-compte`;
    const home = await visitor.get(`${account}?depuis=${uid}`);
    expect(readableText(home)).toContain('Revenir à Espace sécurisé');
    expect(home.text).toContain(`href="/grand-est/droits-d-acces?depuis=${uid}"`);
    const form = await visitor.get(`${account}/coordonnees?depuis=${uid}`);
    const changed = { ...formOf(form), given_name: 'Dominique', family_name: 'Exemple' };
    const done = await visitor.post(form.url, changed);
    expect(done.url.split('?')[0]).toBe(account);
    expect(readableText(done)).toContain('Vos coordonnées sont');
    const back = returned(await visitor.post(wayBack(uidOf(done)), {}));
    expect((await redeem(asked, back.get('code') ?? '')).status).toBe(200);
  });

  test('gives the service, when they come back, the rights as they are then', async () => {
    const { visitor, accountId, siteId } = await atHome(app, issuer());
    const world = app.world();
    const page = await visitor.get((await ask()).url);
    await app.database
      .knex('delegation')
      .update({ status: 'closed' })
      .where({ caisse_id: 'grand-est', grantee_account_id: accountId, site_id: siteId });
    const other = await world.site();
    await world.enrol(accountId, other);
    const asked = await ask({ siret_hint: other.siret });
    const again = await visitor.get(asked.url);
    const back = returned(await visitor.post(wayBack(uidOf(again)), {}));
    const { id_token } = await redeem(asked, back.get('code') ?? '');
    expect(claimsOf(id_token).siret).toBe(other.siret);
    const lost = await visitor.post(wayBack(uidOf(page)), {});
    expect(returned(lost).get('code')).not.toBeNull();
  });

  test.each([
    ['one that somebody else administers', async () => (await app.world().administrator(1)).sites[0]?.siret],
    ['one that the caisse does not know', async () => '73282932000074'],
  ])('says so of a site that he does not administer, and offers his: %s', async (_, siretOf) => {
    const { visitor, email, sirets } = await administrator(1);
    const asked = await ask({ siret_hint: (await siretOf()) as string });
    const page = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(readableText(page)).toContain('Vous n’administrez pas ce site');
    expect(page.text).toContain(`/droits-d-acces/${sirets[0]}?depuis=`);
    expect(page.text).toContain('Revenir à Espace sécurisé');
  });

  test('tells whoever administers nothing, who goes back as he came', async () => {
    const world = app.world();
    const { accountId, sites, delegations } = await world.administrator(1);
    const user = await world.account({ email: `lecteur-${accountId}@essai.test` });
    await world.delegate(sites[0] as (typeof sites)[0], delegations[0] as string, {
      from: accountId,
      to: user,
    });
    const visitor = new Visitor();
    const asked = await ask();
    const page = await signInOn(visitor, await visitor.get(asked.url), `lecteur-${accountId}@essai.test`);
    expect(readableText(page)).toContain('Vous n’administrez aucun site');
    const back = returned(await visitor.post(page.url, {}));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
  });

  test('lets him choose among his sites when the service names none, or go back', async () => {
    const { visitor, email, sirets } = await administrator(2);
    const asked = await ask();
    const page = await signInOn(visitor, await visitor.get(asked.url), email);
    expect(new URL(page.url).pathname).toBe('/grand-est/droits-d-acces');
    for (const siret of sirets) expect(page.text).toContain(`/droits-d-acces/${siret}?depuis=`);
    expect(readableText(page)).toContain('Revenir à Espace sécurisé');
    expect(page.headers['content-security-policy']).toContain('http://127.0.0.1:9');
  });

  test('brings a firm’s manager to the client that the service names, and back for that client', async () => {
    const { site, manager } = await firm(app.world());
    const visitor = new Visitor();
    const asked = await ask({ siret_hint: site.siret });
    const page = await signInOn(visitor, await visitor.get(asked.url), emailOf(manager));
    expect([page.status, new URL(page.url).pathname]).toEqual([
      200,
      `/grand-est/mon-cabinet/clients/${site.siret}`,
    ]);
    const back = returned(await visitor.post(wayBack(uidOf(page)), {}));
    const { id_token } = await redeem(asked, back.get('code') ?? '');
    expect(claimsOf(id_token)).toMatchObject({ siret: site.siret, cabinet: expect.any(Object) });
  });

  test('brings whoever manages a firm, and no company, to his firm', async () => {
    const world = app.world();
    const manager = await world.account();
    await world.join(await world.cabinet(), manager, 'manager');
    const visitor = new Visitor();
    const page = await signInOn(visitor, await visitor.get((await ask()).url), emailOf(manager));
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/grand-est/mon-cabinet']);
    expect(readableText(page)).toContain('Revenir à Espace sécurisé');
  });

  test('keeps the way back through a sign-in that a page asks for meanwhile', async () => {
    const { visitor, email, sirets } = await administrator(1);
    const asked = await ask({ siret_hint: sirets[0] as string });
    const page = await signInOn(visitor, await visitor.get(asked.url), email);
    app.clock.advance(60_000);
    const again = `${issuer()}/auth?${new URLSearchParams({
      client_id: 'mon-compte',
      response_type: 'none',
      scope: 'openid',
      redirect_uri: `${issuer()}/mon-compte/retour`,
      state: `/droits-d-acces/${sirets[0]}?depuis=${uidOf(page)}`,
      prompt: 'login',
    })}`;
    const after = await signInOn(visitor, await visitor.get(again), email);
    expect(readableText(after)).toContain('Revenir à Espace sécurisé');
    const back = returned(await visitor.post(wayBack(uidOf(after)), {}));
    expect(await redeem(asked, back.get('code') ?? '')).toMatchObject({ status: 200 });
    const silent = await visitor.get((await request(issuer(), 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('code')).not.toBeNull();
  });

  test('whoever gives up goes back with access_denied', async () => {
    const { visitor } = await atHome(app, issuer());
    const page = await visitor.get((await ask()).url);
    const uid = uidOf(page);
    expect(returned(await visitor.get(`${wayBack(uid)}/annuler`)).get('error')).toBe('access_denied');
  });

  test('leads whoever comes too late on to the default service', async () => {
    const { visitor } = await atHome(app, issuer());
    const late = await visitor.get(wayBack('ancienne-demande-d-hier'));
    expect(late.location).toContain('http://127.0.0.1:9/connexion');
  });

  test('is not for another browser', async () => {
    const { visitor } = await atHome(app, issuer());
    const uid = uidOf(await visitor.get((await ask()).url));
    const stranger = await atHome(app, issuer());
    const answer = await stranger.visitor.postOnce(wayBack(uid), {});
    expect(answer.location ?? '').not.toContain('code=');
    const list = await stranger.visitor.get(`${issuer()}/droits-d-acces?depuis=${uid}`);
    expect([list.status, readableText(list).includes('Revenir à')]).toEqual([200, false]);
    expect(returned(await visitor.post(wayBack(uid), {})).get('code')).not.toBeNull();
  });

  test('never shows a screen to whoever asked for none', async () => {
    const { visitor } = await atHome(app, issuer());
    const both = await visitor.get((await ask({ prompt: 'none manage_delegations' })).url);
    expect(returned(both).get('error')).toBe('invalid_request');
  });

  test('is told by discovery', async () => {
    expect((await discover(issuer())).prompt_values_supported).toEqual(
      expect.arrayContaining(['none', 'login', 'consent', 'select_organization', 'manage_delegations']),
    );
  });
});
