import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { claimsOf, redeem, request, returned, signInAndRedeem, Visitor } from '../support/visitor.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** What a third party is told when it asks silently about a SIRET. */
async function probe(visitor: Visitor, siret: string) {
  const asked = await request(issuer, 'essai-tiers', { prompt: 'none', siret_hint: siret });
  return { asked, told: returned(await visitor.get(asked.url)) };
}

describe.each([1, 3])('a third party without agreement, of a visitor who acts for %i site(s)', (count) => {
  test('gets one answer to every SIRET', async () => {
    const person = await app.world().administrator(count);
    const stranger = await app.world().administrator(1);
    const visitor = new Visitor();
    const siteId = person.sites[0]?.id ?? '';
    await signInAndRedeem(visitor, { ...person, siteId }, await request(issuer, 'portail'));
    const sirets = [...person.sites, ...stranger.sites].map(({ siret }) => siret);
    const answers = await Promise.all([...sirets, '73282932000074'].map((siret) => probe(visitor, siret)));
    const errors = new Set(
      answers.map(({ told }) => `${told.get('error')} ${told.get('error_description')}`),
    );
    expect(errors.size).toBe(1);
    expect([...errors][0]).toMatch(/^(consent|interaction)_required /);
  });
});

test('with its agreement, a third party is switched silently to a site that is held, and to no other', async () => {
  const person = await app.world().administrator(2);
  const stranger = await app.world().administrator(1);
  const visitor = new Visitor();
  const [first, second] = person.sites;
  await signInAndRedeem(visitor, { ...person, siteId: first?.id ?? '' }, await request(issuer, 'portail'));
  const asked = await request(issuer, 'essai-tiers', { siret_hint: first?.siret ?? '' });
  await visitor.post((await visitor.get(asked.url)).url, { decision: 'accept' });

  const switched = await probe(visitor, second?.siret ?? '');
  const tokens = await redeem(switched.asked, switched.told.get('code') ?? '');
  expect(claimsOf(tokens.id_token)).toMatchObject({ siret: second?.siret });
  const refused = await probe(visitor, stranger.sites[0]?.siret ?? '');
  expect(refused.told.get('error')).toBe('interaction_required');
});
