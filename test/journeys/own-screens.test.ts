import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const start = (issuer: string, state: string): string =>
  `${issuer}/auth?${new URLSearchParams({
    client_id: 'mon-compte',
    response_type: 'none',
    scope: 'openid',
    redirect_uri: `${issuer}/mon-compte/retour`,
    state,
  })}`;

test('our own screens send people through the sign-in, without a choice of site, and back to their path', async () => {
  const issuer = app.issuerOf('grand-est');
  const person = await app.world().administrator(2);
  const visitor = new Visitor();
  const form = await visitor.get(start(issuer, '/theme.css'));
  expect(form.url).toContain('/connexion/');
  const back = await signInOn(visitor, form, person.email);
  expect(back.url).toBe(`${issuer}/theme.css`);
});

test.each(['//ailleurs.test/', '/\\ailleurs.test', 'https://ailleurs.test/', '/a\nb'])(
  'the way back from a sign-in leads to no other host: %j',
  async (state) => {
    const issuer = app.issuerOf('grand-est');
    const page = await new Visitor().once(`${issuer}/mon-compte/retour?${new URLSearchParams({ state })}`);
    expect(page.location).toBe(`${issuer}/`);
  },
);
