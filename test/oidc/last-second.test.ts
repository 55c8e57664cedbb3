import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree } from '../support/chains.ts';
import { everythingOn } from '../support/tokens.ts';
import { claimsOf, refresh } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Somebody who holds tokens, and whose delegation is then given so many milliseconds more. */
async function endingIn(milliseconds: number) {
  const { user, site, leaf } = await chainOfThree(app.world());
  const issuer = app.issuerOf('grand-est');
  const { opaque } = await everythingOn(issuer, emailOf(user), site.siret);
  const end = app.clock.now() + milliseconds;
  await app.world().change('delegation', leaf, { ends_at: new Date(end).toISOString() });
  return { end, renewed: await refresh(issuer, 'portail', opaque.refresh_token ?? '') };
}

test('rights that end within a second renew nothing: no token is short enough for them', async () => {
  const { renewed } = await endingIn(500);
  expect(renewed).toMatchObject({ status: 400, error: 'invalid_grant' });
});

test.each([1_400, 2_600, 60_000])(
  'no token outlives a delegation that ends in %i ms',
  async (milliseconds) => {
    const { end, renewed } = await endingIn(milliseconds);
    // Slow enough, there is none at all.
    if (renewed.status === 400) return expect(renewed.error).toBe('invalid_grant');
    expect(Number(claimsOf(renewed.id_token).exp) * 1000).toBeLessThanOrEqual(end);
    expect(renewed.expires_in).toBeLessThanOrEqual(milliseconds / 1000);
  },
);
