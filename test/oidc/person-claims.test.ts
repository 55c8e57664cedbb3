import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { claimsOf, request, signInAndRedeem, userinfo, Visitor } from '../support/visitor.ts';
import { emailOf, type World } from '../support/world.ts';

let app: TestApp;
let issuer: string;
let world: World;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  world = app.world();
});
afterAll(() => app.close());

describe('the person, as the scopes ask', () => {
  const PERSON = {
    givenName: 'Zoé',
    familyName: 'Lefèvre-N’Guyen',
    mobile: '+33612345678',
    landline: '+33387000000',
  };

  async function tellsOf(scope: string, given: Parameters<World['account']>[0] = PERSON) {
    const { accountId } = await world.administrator(1, given);
    const asked = await request(issuer, 'portail', { scope });
    const tokens = await signInAndRedeem(new Visitor(), { email: emailOf(accountId) }, asked);
    const { status: _, ...told } = await userinfo(issuer, tokens.access_token);
    return { idToken: claimsOf(tokens.id_token), told, accountId };
  }

  const PERSONAL = ['name', 'given_name', 'family_name', 'email', 'email_verified', 'phone_number'];

  test('openid alone tells nothing of them', async () => {
    const { idToken, told } = await tellsOf('openid');
    for (const claim of PERSONAL) {
      expect(idToken).not.toHaveProperty(claim);
      expect(told).not.toHaveProperty(claim);
    }
  });

  test('profile tells the names', async () => {
    const names = { name: 'Zoé Lefèvre-N’Guyen', given_name: 'Zoé', family_name: 'Lefèvre-N’Guyen' };
    const { idToken, told } = await tellsOf('openid profile');
    expect(idToken).toMatchObject(names);
    expect(told).toMatchObject(names);
    expect(told).not.toHaveProperty('email');
  });

  test('email tells a certified address', async () => {
    const { told, accountId } = await tellsOf('openid email');
    expect(told).toMatchObject({ email: emailOf(accountId), email_verified: true });
    expect(told).not.toHaveProperty('name');
  });

  test('phone tells a certified mobile as verified', async () => {
    const { told, idToken } = await tellsOf('openid phone', { ...PERSON, mobileCertifiedAt: Date.now() });
    const phone = { phone_number: '+33612345678', phone_number_verified: true };
    expect(told).toMatchObject(phone);
    expect(idToken).toMatchObject(phone);
  });

  test('phone tells a mobile that was never certified as not verified', async () => {
    expect((await tellsOf('openid phone')).told).toMatchObject({
      phone_number: '+33612345678',
      phone_number_verified: false,
    });
  });

  test('phone tells the landline, never verified, of whom has no mobile', async () => {
    const { mobile: _, ...landlineOnly } = PERSON;
    expect((await tellsOf('openid phone', landlineOnly)).told).toMatchObject({
      phone_number: '+33387000000',
      phone_number_verified: false,
    });
  });

  test('phone tells nothing of whom gave no number', async () => {
    const { told } = await tellsOf('openid phone', {});
    expect(told).not.toHaveProperty('phone_number');
    expect(told).not.toHaveProperty('phone_number_verified');
  });
});
