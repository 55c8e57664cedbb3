import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listDsnAlerts } from '../../provider/store/adherents.ts';
import { SECRET, type Slug, startApp, type TestApp, type TestClient } from '../support/app.ts';
import { tokenOf } from '../support/decisions.ts';
import { sendTo } from '../support/second-node.ts';
import { atTheList } from '../support/site-list.ts';
import { readableText } from '../support/visitor.ts';
import { newSiret } from '../support/world.ts';

const machine = (clientId: string, scope: string): TestClient => ({
  clientId,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: clientId,
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope,
    resources: [],
  },
});

let app: TestApp;
let tokens: Record<'grand-est' | 'nord-ouest', string>;
beforeAll(async () => {
  app = await startApp({ clients: [machine('si', 'alerts')] });
  const ask = (slug: Slug) => tokenOf(app, app.issuerOf(slug), { client: 'si', scope: 'alerts' });
  tokens = { 'grand-est': await ask('grand-est'), 'nord-ouest': await ask('nord-ouest') };
});
afterAll(() => app.close());

const ADDRESS = '/api/v1/alertes-dsn';

type Call = {
  readonly method?: 'PUT' | 'POST';
  readonly path?: string;
  readonly token?: string;
  readonly at?: Slug;
};

async function call(body: unknown, { method = 'PUT', path = ADDRESS, token, at = 'grand-est' }: Call = {}) {
  const answer = await sendTo(app, app.issuerOf(at) + path, {
    method,
    headers: {
      authorization: `Bearer ${token ?? tokens[at as keyof typeof tokens]}`,
      'content-type': 'application/json',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { ...answer, body: JSON.parse(answer.text) };
}

const put = (...sites: unknown[]) => call({ sites });
const add = (...sites: unknown[]) => call({ sites }, { method: 'POST' });
const clear = (...sites: unknown[]) => call({ sites }, { method: 'POST', path: `${ADDRESS}/effacement` });
const said = (siret: string, slug: Slug = 'grand-est') => listDsnAlerts(app.world(slug).store, siret);

describe('the information system of a caisse', () => {
  test('puts what a site is to be told, seen on the next selection screen', async () => {
    const { visitor, list, sites } = await atTheList(app, [{ name: 'Un' }, { name: 'Deux' }]);
    const siret = sites[0]?.siret ?? '';
    const { status, body } = await put({
      siret,
      messages: ['DSN août : à rectifier <vite>.', 'DSN juin : reçue.'],
    });
    expect([status, body]).toEqual([
      200,
      { written: 1, unchanged: 0, refused: 0, results: [{ siret, messages: 2, status: 'written' }] },
    ]);
    const text = readableText(await visitor.get(list.url));
    expect(text).toContain('2 alertes');
    expect(text).toContain('DSN août : à rectifier <vite>.');
    await clear({ siret });
    expect(readableText(await visitor.get(list.url))).not.toContain('DSN août');
  });

  test('replaces all that a site was told, adds to it, and clears it', async () => {
    const { siret } = await app.world().site();
    await put({ siret, messages: ['un', 'deux'] });
    await put({ siret, messages: ['trois'] });
    expect(await said(siret)).toEqual(['trois']);
    await add({ siret, messages: ['quatre', 'trois'] });
    expect(await said(siret)).toEqual(['quatre', 'trois']);
    await put({ siret, messages: [] });
    expect(await said(siret)).toEqual([]);
  });

  test('may make every call again: nothing changes, nothing is audited twice', async () => {
    const { siret } = await app.world().site();
    const lines = async () =>
      (await app.database.knex('audit_event').where({ kind: 'alerts_put', client_id: 'si' })).length;
    const before = await lines();
    await put({ siret, messages: ['un', 'deux'] });
    const again = await put({ siret, messages: ['un', 'deux'] });
    expect(again.body).toMatchObject({ written: 0, unchanged: 1 });
    expect((await add({ siret, messages: ['deux'] })).body).toMatchObject({ unchanged: 1 });
    expect(await said(siret)).toEqual(['un', 'deux']);
    await clear({ siret });
    expect((await clear({ siret })).body).toMatchObject({ written: 0, unchanged: 1 });
    expect(await lines()).toBe(before + 2);
  });

  test('leaves a line in the log of each site, and one alone where they are many, which names the first', async () => {
    const lines = (sites: readonly { readonly id: string }[]) =>
      app.database
        .knex('audit_event')
        .select('facts')
        .where({ kind: 'alerts_put' })
        .whereIn(
          'site_id',
          sites.map(({ id }) => id),
        );
    const few = await app.world().sites([{}, {}]);
    await put(...few.map(({ siret }) => ({ siret, messages: ['un', 'deux'] })));
    const facts = { verb: 'replace', refused: 0, messages_before: 0, messages_after: 2 };
    expect(await lines(few)).toEqual([{ facts }, { facts }]);
    const many = await app.world().sites(Array.from({ length: 51 }, () => ({})));
    await put(...many.map(({ siret }) => ({ siret, messages: ['un'] })));
    expect(await lines(many)).toEqual([]);
    const last = await app.database
      .knex('audit_event')
      .where({ kind: 'alerts_put' })
      .orderBy('id', 'desc')
      .first();
    expect(last.facts).toMatchObject({ verb: 'replace', sites: 51, refused: 0, unnamed: 1 });
    const named = many.slice(0, 50).map(({ siret }) => siret);
    expect(last.facts.sirets.split(', ')).toEqual(named);
  });

  test('hears of each item that cannot be: the others are written', async () => {
    const { siret } = await app.world().site();
    const unknown = newSiret();
    const { body } = await put(
      { siret, messages: ['écrit'] },
      { siret: unknown, messages: ['x'] },
      { siret: '73282932000075', messages: ['x'] },
      { siret, messages: ['encore'] },
      'rien',
      { siret: newSiret(), messages: ['x'], caisse: 'nord-ouest' },
      { siret: newSiret(), messages: 'x' },
      { siret: newSiret(), messages: [' \n '] },
      { siret: newSiret(), messages: ['x'.repeat(301)] },
      { siret: newSiret(), messages: Array.from({ length: 21 }, (_, n) => `n° ${n}`) },
    );
    expect(body.results.map(({ error }: { error?: string }) => error ?? 'ok')).toEqual([
      'ok',
      'unknown_siret',
      'invalid_siret',
      'duplicate_siret',
      'invalid_item',
      'invalid_item',
      'invalid_messages',
      'message_empty',
      'message_too_long',
      'too_many_messages',
    ]);
    expect(await said(siret)).toEqual(['écrit']);
  });

  test('cannot pile up more than a screen bears, however it adds', async () => {
    const { siret } = await app.world().site();
    await put({ siret, messages: Array.from({ length: 20 }, (_, n) => `n° ${n}`) });
    const { body } = await add({ siret, messages: ['de trop'] });
    expect(body.results[0]).toMatchObject({ status: 'refused', error: 'too_many_messages' });
    expect(await said(siret)).toHaveLength(20);
  });

  test('shows no control character and no turned writing', async () => {
    const { siret } = await app.world().site();
    await put({ siret, messages: ['DSN\u0000 août\r\n : \u202eà rectifier'] });
    expect(await said(siret)).toEqual(['DSN août : à rectifier']);
  });

  test('takes a thousand sites in one call, and no more', async () => {
    const sites = await app.world().sites(Array.from({ length: 1_000 }, () => ({})));
    const all = sites.map(({ siret }) => ({ siret, messages: ['DSN août : à rectifier.'] }));
    expect((await put(...all)).body).toMatchObject({ written: 1_000, refused: 0 });
    const more = await put(...all, { siret: newSiret(), messages: [] });
    expect([more.status, more.body.error]).toEqual([400, 'invalid_request']);
  });

  test('two calls at once about the same sites leave what one of them said', async () => {
    const sites = await app.world().sites(Array.from({ length: 20 }, () => ({})));
    const saying = (word: string, order: typeof sites) =>
      put(...order.map(({ siret }) => ({ siret, messages: [word] })));
    await Promise.all([saying('a', sites), saying('b', [...sites].reverse()), saying('c', sites)]);
    const left = await Promise.all(sites.map(({ siret }) => said(siret)));
    expect(new Set(left.map((messages) => messages.join())).size).toBe(1);
  });
});

describe('who may put alerts', () => {
  test('is a service with the scope, at its own caisse alone', async () => {
    const here = await app.world().site();
    const elsewhere = await call({ sites: [] }, { at: 'nord-ouest', token: tokens['grand-est'] });
    expect([elsewhere.status, elsewhere.body.error]).toEqual([401, 'invalid_token']);
    const decisions = await call({ sites: [] }, { token: await tokenOf(app, app.issuerOf('grand-est')) });
    expect([decisions.status, decisions.body.error]).toEqual([403, 'insufficient_scope']);
    const none = await sendTo(app, app.issuerOf('grand-est') + ADDRESS, { method: 'PUT', body: '{}' });
    expect([none.status, JSON.parse(none.text).error]).toEqual([401, 'token_required']);
    const foreign = await call({ sites: [{ siret: here.siret, messages: ['x'] }] }, { at: 'nord-ouest' });
    expect(foreign.body.results[0]).toEqual({ siret: here.siret, status: 'refused', error: 'unknown_siret' });
    expect(await said(here.siret)).toEqual([]);
  });

  test.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'invalid_request'],
    ['an array', [], 400, 'invalid_request'],
    ['nothing in it', { sites: [] }, 400, 'invalid_request'],
    [
      'a member more',
      { sites: [{ siret: '1', messages: [] }], caisse: 'nord-ouest' },
      400,
      'invalid_request',
    ],
    ['a prototype', '{"__proto__":{"sites":[]},"sites":[]}', 400, 'invalid_request'],
    ['3 MB', `{"sites":["${'x'.repeat(3_000_000)}"]}`, 413, 'too_large'],
  ])('is told in JSON what was wrong with %s', async (_, body, status, error) => {
    const answer = await call(body);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  });

  test('is told of another method', async () => {
    const answer = await sendTo(app, app.issuerOf('grand-est') + ADDRESS);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'PUT, POST']);
  });
});
