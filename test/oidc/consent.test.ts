import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, startApp, type TestApp } from '../support/app.ts';
import {
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
  Visitor,
} from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const SCOPE = 'openid profile';
const decide = (visitor: Visitor, page: Page, decision: string): Promise<Page> =>
  visitor.post(page.url, { decision });

/** Somebody in front of the consent screen of the third-party service. */
async function asked(extra: Record<string, string> = {}, count = 1) {
  const person = await app.world().administrator(count);
  const visitor = new Visitor();
  const first = await request(issuer, 'essai-tiers', { scope: SCOPE, ...extra });
  let page = await signInOn(visitor, await visitor.get(first.url), person.email);
  if (count > 1) page = await chooseOn(visitor, page, person.sites[1]?.id ?? '');
  return { visitor, page, request: first, ...person };
}

const askAgain = async (visitor: Visitor, extra: Record<string, string> = {}) => {
  const again = await request(issuer, 'essai-tiers', { scope: SCOPE, ...extra });
  return { request: again, page: await visitor.get(again.url) };
};

describe('a third-party service', () => {
  test('is let in only once its person has agreed, then gets what was asked', async () => {
    const there = await asked();
    expect(there.page.url).toContain('/autorisation/');
    const back = await decide(there.visitor, there.page, 'accept');
    const tokens = await redeem(there.request, returned(back).get('code') ?? '');
    expect(claimsOf(tokens.id_token)).toMatchObject({
      sub: there.accountId,
      siret: there.sites[0]?.siret,
      given_name: 'Camille',
    });
  });

  test('is shown with its name, what it wants and the site that was chosen', async () => {
    const { page, sites } = await asked({}, 2);
    const text = readableText(page);
    expect(text).toContain('Service essai-tiers');
    expect(text).toContain('Vos nom et prénom');
    expect(text).not.toContain('Votre numéro de téléphone');
    expect(text.replaceAll(' ', '')).toContain(sites[1]?.siret);
    expect(text.replaceAll(' ', '')).not.toContain(sites[0]?.siret);
  });

  test('is not asked about a second time', async () => {
    const { visitor, page } = await asked();
    await decide(visitor, page, 'accept');
    expect(returned((await askAgain(visitor)).page).get('code')).toBeTruthy();
    expect(returned((await askAgain(visitor, { prompt: 'none' })).page).get('code')).toBeTruthy();
  });

  test('is not asked about a second time in another browser', async () => {
    const { visitor, page, email, sites } = await asked();
    await decide(visitor, page, 'accept');
    const elsewhere = await request(issuer, 'essai-tiers', { scope: SCOPE });
    const tokens = await signInAndRedeem(new Visitor(), { email }, elsewhere);
    expect(claimsOf(tokens.id_token).siret).toBe(sites[0]?.siret);
  });

  test('is not asked about again for another site', async () => {
    const { visitor, page, sites } = await asked({}, 2);
    await decide(visitor, page, 'accept');
    const again = await askAgain(visitor, { siret_hint: sites[0]?.siret ?? '' });
    const tokens = await redeem(again.request, returned(again.page).get('code') ?? '');
    expect(claimsOf(tokens.id_token).siret).toBe(sites[0]?.siret);
  });

  test('is asked about again when it wants more', async () => {
    const { visitor, page } = await asked();
    await decide(visitor, page, 'accept');
    const { page: more } = await askAgain(visitor, { scope: `${SCOPE} phone` });
    expect(more.url).toContain('/autorisation/');
    expect(readableText(more)).toContain('Votre numéro de téléphone');
  });

  test('keeps what was agreed before when it is allowed something else', async () => {
    const { visitor, page } = await asked({ scope: 'openid phone' });
    await decide(visitor, page, 'accept');
    await decide(visitor, (await askAgain(visitor)).page, 'accept');
    const { page: back } = await askAgain(visitor, { scope: 'openid phone' });
    expect(returned(back).get('code')).toBeTruthy();
  });

  test('is asked about again when it wants to act at an API', async () => {
    const { visitor, page } = await asked();
    await decide(visitor, page, 'accept');
    const { page: more } = await askAgain(visitor, { scope: `${SCOPE} services`, resource: API });
    expect(more.url).toContain('/autorisation/');
  });

  test('is asked about again with prompt=consent', async () => {
    const { visitor, page } = await asked();
    await decide(visitor, page, 'accept');
    const again = await askAgain(visitor, { prompt: 'consent' });
    expect(again.page.url).toContain('/autorisation/');
    const back = await decide(visitor, again.page, 'accept');
    expect((await redeem(again.request, returned(back).get('code') ?? '')).status).toBe(200);
  });

  test('without an agreement answers consent_required to prompt=none', async () => {
    const { visitor } = await asked();
    const { page } = await askAgain(visitor, { prompt: 'none' });
    expect(returned(page).get('error')).toBe('consent_required');
  });

  test('by another person’s agreement is not let in', async () => {
    const one = await asked();
    await decide(one.visitor, one.page, 'accept');
    expect((await asked()).page.url).toContain('/autorisation/');
  });
});

describe('a refusal', () => {
  test('goes back to the service as access_denied', async () => {
    const { visitor, page, request: first } = await asked();
    const back = returned(await decide(visitor, page, 'refuse'));
    expect(back.get('error')).toBe('access_denied');
    expect(back.get('state')).toBe(new URL(first.url).searchParams.get('state'));
  });

  test('is asked again at the next visit', async () => {
    const { visitor, page } = await asked();
    await decide(visitor, page, 'refuse');
    expect((await askAgain(visitor)).page.url).toContain('/autorisation/');
  });

  test('of prompt=consent leaves what was agreed before as it was', async () => {
    const { visitor, page, request: first } = await asked();
    const back = await decide(visitor, page, 'accept');
    const tokens = await redeem(first, returned(back).get('code') ?? '');
    await decide(visitor, (await askAgain(visitor, { prompt: 'consent' })).page, 'refuse');
    expect((await refresh(issuer, 'essai-tiers', tokens.refresh_token ?? '')).status).toBe(200);
  });

  test.each(['', 'yes', 'ACCEPT'])('neither a yes nor a no (%j): the question again', async (decision) => {
    const { visitor, page } = await asked();
    const again = await decide(visitor, page, decision);
    expect(again.location).toBeNull();
    expect(readableText(again)).toContain('Autoriser Service essai-tiers');
  });

  test('posted from a foreign page is no answer', async () => {
    const { visitor, page } = await asked();
    const forged = await visitor.post(page.url, { decision: 'accept' }, { Origin: 'https://ailleurs.test' });
    expect(forged.status).toBe(403);
    expect((await askAgain(visitor)).page.url).toContain('/autorisation/');
  });
});

describe('the caisse’s own service', () => {
  test('is never asked about', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const first = await request(issuer, 'portail', {
      scope: 'openid profile email phone services',
      resource: API,
    });
    const back = await signInOn(visitor, await visitor.get(first.url), email);
    expect(returned(back).get('code')).toBeTruthy();
  });

  test('is not asked about with prompt=consent either: there is nothing to agree to', async () => {
    const { email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const first = await request(issuer, 'portail', { prompt: 'consent' });
    const back = await signInOn(visitor, await visitor.get(first.url), email);
    expect(returned(back).get('code')).toBeTruthy();
  });
});
