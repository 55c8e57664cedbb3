import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chooseOn, claimsOf, redeem, request, returned, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('from the service to its tokens', () => {
  test.each(['grand-est', 'ile-de-france'] as const)('%s: e-mail, password, site, tokens', async (slug) => {
    const issuer = app.issuerOf(slug);
    const person = await app.world(slug).administrator(3);
    const [, second] = person.sites;
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail');
    const form = await visitor.get(asked.url);
    expect(form.text).toContain('Se connecter');
    expect(form.text).toContain('Espace sécurisé');
    const list = await signInOn(visitor, form, person.email);
    expect(list.text).toContain('Site 2');
    const back = await chooseOn(visitor, list, second?.id ?? '');
    const tokens = await redeem(asked, returned(back).get('code') ?? '');
    expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer' });
    expect(claimsOf(tokens.id_token)).toMatchObject({
      iss: issuer,
      sub: person.accountId,
      caisse: slug,
      siret: second?.siret,
      roles: ['administrateur'],
      acr: 'urn:caisse-id:acr:password',
      amr: ['pwd'],
    });
  });
});
