/** What a sign-in and a change of site cost the database: a statement more is a round trip more for everybody. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type AuthorizationRequest, redeem, request, returned, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** Statements of each request that the visit takes, in their order, the one for tokens at last. */
async function visit(
  visitor: Visitor,
  asked: AuthorizationRequest,
  person: { email: string; siteId: string },
) {
  const each: number[] = [];
  let statements = 0;
  const count = () => {
    statements += 1;
  };
  const counting = async <T>(exchange: Promise<T>): Promise<T> => {
    statements = 0;
    const answer = await exchange;
    each.push(statements);
    return answer;
  };
  app.database.knex.on('query', count);
  try {
    let page = await counting(visitor.once(asked.url));
    while (!page.location || page.location.startsWith(issuer)) {
      const fields = page.url.includes('/choix-du-site/')
        ? { site: person.siteId }
        : { email: person.email, password: PASSWORD };
      const next = page.location ? visitor.once(page.location) : visitor.postOnce(page.url, fields);
      page = await counting(next);
    }
    const tokens = await counting(redeem(asked, returned(page).get('code') ?? ''));
    expect(tokens).toMatchObject({ status: 200 });
  } finally {
    app.database.knex.off('query', count);
  }
  return each;
}

test('a sign-in with a choice of site takes 23 statements beside its limits, a change of site without a screen 6', async () => {
  const { email, sites } = await app.world().administrator(2);
  const [first, second] = sites.map(({ id, siret }) => ({ email, siteId: id, siret }));
  if (!first || !second) throw new Error('two sites');
  // What is read once for all.
  await visit(new Visitor(), await request(issuer, 'portail'), first);

  const visitor = new Visitor();
  // Authorization request, form, credentials, on, selection, choice, on, tokens. The limiter's own four are not seen here.
  expect(await visit(visitor, await request(issuer, 'portail'), first)).toEqual([1, 1, 5, 3, 3, 4, 2, 4]);

  const elsewhere = { prompt: 'none', siret_hint: second.siret };
  expect(await visit(visitor, await request(issuer, 'portail', elsewhere), second)).toEqual([2, 4]);
  const back = { prompt: 'none', siret_hint: first.siret };
  expect(await visit(visitor, await request(issuer, 'portail', back), first)).toEqual([2, 4]);
});
