import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { type Endpoint, feature, type Service, serviceAt, user } from '../support/decisions.ts';
import { rightsOn, type World } from '../support/world.ts';

let app: TestApp;
let service: Service;
let world: World;
beforeAll(async () => {
  app = await startApp();
  world = app.world();
  service = await serviceAt(app, app.issuerOf('grand-est'));
});
afterAll(() => app.close());

const READ = { name: 'read' };
const UPDATE = { name: 'update' };

type Found = { readonly type: string; readonly id: string; readonly properties?: { readonly siret: string } };
type Page = {
  readonly page: { readonly next_token: string; readonly count: number };
  readonly results: readonly Found[];
};

async function search(endpoint: Endpoint, asked: object): Promise<Page> {
  const { status, body } = await service.ask(endpoint, asked);
  expect([status, body.results?.length]).toEqual([200, body.page?.count]);
  return body;
}

/** Every page, as a service follows them. */
async function pagesOf(endpoint: Endpoint, asked: object, limit?: number): Promise<Page[]> {
  const pages = [await search(endpoint, limit === undefined ? asked : { ...asked, page: { limit } })];
  for (let token = pages[0]?.page.next_token; token; token = pages.at(-1)?.page.next_token) {
    pages.push(await search(endpoint, { ...asked, page: { token } }));
  }
  return pages;
}

const resultsOf = (pages: readonly Page[]) => pages.flatMap(({ results }) => results);

async function queriesOf<T>(act: () => Promise<T>): Promise<readonly string[]> {
  const queries: string[] = [];
  const note = ({ sql }: { sql: string }) => void queries.push(sql);
  app.database.knex.on('query', note);
  await act();
  app.database.knex.off('query', note);
  return queries;
}

/** The caller's token, then the answer. */
const expectOneBesideTheToken = (queries: readonly string[]) => {
  expect(queries).toHaveLength(2);
  expect(queries.filter((sql) => sql.includes('oidc_artifact'))).toHaveLength(1);
};

describe('what it costs', () => {
  test('one query a decision, a batch of a hundred and a page of any search, and one for the token', async () => {
    const { site, user: of } = await chainOfThree(world);
    const throughFirm = await firm(world);
    const people = [of, throughFirm.manager, throughFirm.staff, throughFirm.head, 'nobody'];
    const sirets = [site.siret, throughFirm.site.siret];
    const evaluations = Array.from({ length: 100 }, (_, i) => ({
      subject: user(people[i % people.length] ?? ''),
      action: i % 3 ? READ : UPDATE,
      resource: feature(FEATURES[i % FEATURES.length]?.slug ?? '', { siret: sirets[i % 2] }),
    }));
    const asked = evaluations[0] as object;
    const calls: readonly [Endpoint, object][] = [
      ['evaluation', asked],
      ['evaluations', { evaluations }],
      ['evaluations', { evaluations, options: { evaluations_semantic: 'deny_on_first_deny' } }],
      ['subject', asked],
      ['resource', asked],
      ['resource', { subject: user(of), action: READ, resource: { type: 'feature' } }],
      ['action', asked],
    ];
    for (const [endpoint, body] of calls) {
      expectOneBesideTheToken(await queriesOf(() => service.ask(endpoint, body)));
    }
  });

  test('nothing but the token when nothing can be meant', async () => {
    const meaningless = {
      subject: { type: 'machine', id: 'x' },
      action: READ,
      resource: feature('documents'),
    };
    for (const endpoint of ['evaluation', 'subject', 'resource', 'action'] as const) {
      expect(await queriesOf(() => service.ask(endpoint, meaningless))).toHaveLength(1);
    }
  });
});

describe('who may', () => {
  test('are those whom an evaluation permits, firms’ managers and staff among them', async () => {
    const held = await firm(world, {
      toFirm: { rights: rightsOn({ documents: 'mise_a_jour', planning: 'consultation' }) },
      toStaff: { rights: rightsOn({ documents: 'consultation' }) },
    });
    const { siret } = held.site;
    const who = async (action: object, slug: string, college?: string) => {
      const asked = { subject: { type: 'user' }, action, resource: feature(slug, { siret, college }) };
      return (await search('subject', asked)).results.map(({ id }) => id);
    };
    const { head, manager, staff } = held;
    expect(await who(READ, 'documents')).toEqual([head, manager, staff].toSorted());
    expect(await who(UPDATE, 'documents')).toEqual([head, manager].toSorted());
    expect(await who(READ, 'planning', 'etam')).toEqual([head, manager].toSorted());
    expect(await who(UPDATE, 'planning')).toEqual([head]);
    await world.change('account', manager, { status: 'deactivated' });
    await world.change('account', staff, { staff_role: 'agent' });
    expect(await who(READ, 'documents')).toEqual([head]);
  });

  test('are looked for among a thousand a page: one may be empty and not the last', async () => {
    const { site, head, root, user: model } = await chainOfThree(world);
    await world.store.sql.raw(
      `with person as (
         insert into account (caisse_id, id, email, email_key, given_name, family_name, status, created_at)
         select caisse_id, p.id, p.id::text, p.id::text, given_name, family_name, status, created_at
         from account cross join (select gen_random_uuid() as id from generate_series(1, 1200)) p
         where caisse_id = :caisse and account.id = :model returning caisse_id, id)
       insert into delegation (caisse_id, id, adherent_id, site_id, kind, parent_id, grantor_account_id,
         grantee_account_id, admin, colleges, levels, status, effective_at, created_at)
       select caisse_id, gen_random_uuid(), :adherent::uuid, :site::uuid, 'user', :root::uuid, :head::uuid,
         id, false, 7, 1, 'active', now() - interval '1 day', now() from person`,
      { caisse: 'grand-est', adherent: site.adherent.id, site: site.id, model, root, head },
    );
    const whoMay = (action: object, slug: string) => ({
      subject: { type: 'user' },
      action,
      resource: feature(slug, { siret: site.siret }),
    });
    const everybody = await pagesOf('subject', whoMay(READ, 'informations_adherent'), 500);
    expect(everybody.map(({ results }) => results.length)).toEqual([500, 500, 203]);
    expect(new Set(resultsOf(everybody).map(({ id }) => id)).size).toBe(1_203);
    const few = await pagesOf('subject', whoMay(UPDATE, 'documents'));
    expect(few).toHaveLength(2);
    expect(resultsOf(few)).toHaveLength(3);
  });
});

describe('on what', () => {
  const onWhat = (of: string, action = READ, properties?: object) => ({
    subject: user(of),
    action,
    resource: { type: 'feature', ...(properties ? { properties } : {}) },
  });

  test('is every feature of the site that an evaluation permits', async () => {
    const rights = rightsOn(
      { documents: 'consultation', planning: 'mise_a_jour', salaries: 'consultation' },
      ['ouvrier', 'cadre'],
    );
    const { user: of, head, site } = await chainOfThree(world, { rights });
    const { siret } = site;
    const found = async (action: typeof READ, college?: string) =>
      (await search('resource', onWhat(of, action, { siret, college }))).results;
    expect(await found(READ)).toEqual([feature('documents', { siret })]);
    expect(await found(UPDATE, 'cadre')).toEqual([feature('planning', { siret, college: 'cadre' })]);
    expect((await found(READ, 'cadre')).map(({ id }) => id)).toEqual(['salaries', 'planning', 'documents']);
    const all = await search('resource', onWhat(head, UPDATE, { siret }));
    expect(all.results.map(({ id }) => id)).toEqual(FEATURES.map(({ slug }) => slug));
  });

  test('is, without a site, everything on all of them: by SIRET, each once, in pages of any size', async () => {
    const { accountId, sites } = await world.administrator(60);
    const sirets = sites.map(({ siret }) => siret).toSorted();
    const expected = sirets.flatMap((siret) => FEATURES.map(({ slug }) => feature(slug, { siret })));
    for (const limit of [undefined, 7, 17, 1_000, 5_000]) {
      const pages = await pagesOf('resource', onWhat(accountId), limit);
      expect(resultsOf(pages)).toEqual(expected);
      const most = Math.min(limit ?? 100, 850);
      for (const { results } of pages.slice(0, -1)) expect(results).toHaveLength(most);
    }
  });

  test('leaves out sites where nothing is left, however many come first', async () => {
    const { accountId, sites, delegations } = await world.administrator(120);
    const last = sites.toSorted((a, b) => (a.siret < b.siret ? -1 : 1)).at(-1);
    for (const [i, one] of sites.entries()) {
      if (one === last) continue;
      const ended = new Date(app.clock.now() - 1).toISOString();
      await world.change('delegation', delegations[i] ?? '', { ends_at: ended });
    }
    const pages = await pagesOf('resource', onWhat(accountId));
    expect(pages.length).toBeGreaterThan(1);
    expect(resultsOf(pages)).toEqual(FEATURES.map(({ slug }) => feature(slug, { siret: last?.siret })));
  });

  test('reaches a firm’s clients for its manager, and for its staff their own', async () => {
    const held = await firm(world, { toFirm: { rights: rightsOn({ documents: 'consultation' }) } });
    const found = [feature('documents', { siret: held.site.siret })];
    for (const of of [held.manager, held.staff]) {
      expect((await search('resource', onWhat(of))).results).toEqual(found);
      expect((await search('resource', onWhat(of, UPDATE))).results).toEqual([]);
    }
  });

  test('is nothing for one who left, and nothing of another caisse', async () => {
    const { accountId } = await world.administrator(2);
    await world.change('account', accountId, { status: 'closed' });
    expect((await search('resource', onWhat(accountId))).results).toEqual([]);
    const there = await app.world('nord-ouest').administrator(2);
    expect((await search('resource', onWhat(there.accountId))).results).toEqual([]);
    await world.account({ id: there.accountId });
    expect((await search('resource', onWhat(there.accountId))).results).toEqual([]);
  });
});

describe('a token of a page', () => {
  const asked = (of: string, action = READ) => ({
    subject: user(of),
    action,
    resource: { type: 'feature' },
  });
  const refusal = async (endpoint: Endpoint, body: object, by = service) => {
    const { status, body: told } = await by.ask(endpoint, body);
    return [status, typeof told === 'string' ? told.split(':')[0] : told];
  };

  test('goes on with the question and the size that it was given for, and no other', async () => {
    const { accountId, sites } = await world.administrator(2);
    const other = (await world.administrator(2)).accountId;
    const first = await search('resource', { ...asked(accountId), page: { limit: 3 } });
    const token = first.page.next_token;
    const next = await search('resource', { ...asked(accountId), page: { token, limit: 3 } });
    expect(next.results).toHaveLength(3);
    expect(next.results).not.toEqual(first.results);
    const refused = (spoilt: object) =>
      refusal('resource', { ...asked(accountId), page: { token }, ...spoilt });
    expect(await refused({ subject: user(other) })).toEqual([400, 'page.token']);
    expect(await refused({ action: UPDATE })).toEqual([400, 'page.token']);
    const { siret } = sites[0] as { siret: string };
    const there = { type: 'feature', properties: { siret } };
    expect(await refused({ resource: there })).toEqual([400, 'page.token']);
    expect(await refused({ page: { token, limit: 4 } })).toEqual([400, 'page.limit']);
    const elsewhere = await serviceAt(app, app.issuerOf('nord-ouest'));
    const carried = { ...asked(accountId), page: { token } };
    expect(await refusal('resource', carried, elsewhere)).toEqual([400, 'page.token']);
    expect(await refusal('subject', { ...carried, resource: feature('documents', { siret }) })).toEqual([
      400,
      'page.token',
    ]);
  });

  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test.each([
    '',
    'x',
    '1',
    '𝕏',
    'bnVsbA',
    forged({}),
    forged([]),
    forged(['', -1, 'x']),
    forged(['', 1e9, 'x']),
    forged([1, 1, 'x']),
    forged(['', 1, 'x']),
    '['.repeat(10_000),
  ])('that is not ours is a bad request: %s', async (token) => {
    const { accountId } = await world.administrator(1);
    const body = { ...asked(accountId), page: { token } };
    expect(await refusal('resource', body)).toEqual([400, 'page.token']);
  });

  test('that was tampered with shows nothing that is not permitted', async () => {
    const { accountId } = await world.administrator(2);
    const { page } = await search('resource', { ...asked(accountId), page: { limit: 1 } });
    const [, , question] = JSON.parse(Buffer.from(page.next_token, 'base64url').toString());
    const from = (after: string) =>
      service.ask('resource', { ...asked(accountId), page: { token: forged([after, 10, question]) } });
    for (const after of ['\u0000', '\ud800', "' or 1=1 --", '0'.repeat(65)]) {
      expect([after, (await from(after)).status]).toEqual([after, 400]);
    }
    for (const after of ['zzz', '99999999999999/99']) {
      const { status, body } = await from(after);
      expect([status, body.results]).toEqual([200, []]);
    }
  });

  test('of a page of none begins at the beginning', async () => {
    const { accountId } = await world.administrator(1);
    const none = await search('resource', { ...asked(accountId), page: { limit: 0 } });
    expect([none.results, none.page.next_token === '']).toEqual([[], false]);
  });
});
