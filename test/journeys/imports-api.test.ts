import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MOST_IMPORT_BYTES } from '../../provider/domain/import.ts';
import { runImports } from '../../provider/jobs/run-imports.ts';
import { SECRET, type Slug, startApp, type TestApp, type TestClient } from '../support/app.ts';
import { tokenOf } from '../support/decisions.ts';
import { csv } from '../support/imports.ts';
import { sendTo } from '../support/second-node.ts';

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
  app = await startApp({ clients: [machine('si', 'imports')] });
  const ask = (slug: Slug) => tokenOf(app, app.issuerOf(slug), { client: 'si', scope: 'imports' });
  tokens = { 'grand-est': await ask('grand-est'), 'nord-ouest': await ask('nord-ouest') };
});
afterAll(() => app.close());

const PATH = '/api/v1/imports';
const work = () => runImports({ sql: app.database.knex, now: app.clock.now });

type Call = {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly at?: 'grand-est' | 'nord-ouest';
  readonly token?: string;
};

async function call(
  path: string,
  { at = 'grand-est', token = tokens[at], headers = {}, ...sent }: Call = {},
) {
  const answer = await sendTo(app, app.issuerOf(at) + PATH + path, {
    ...sent,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const isJson = answer.headers['content-type']?.startsWith('application/json');
  return { ...answer, body: isJson ? JSON.parse(answer.text) : answer.text };
}

const post = (path: string, body: string | Buffer, given: Call = {}) =>
  call(path, { method: 'POST', body, ...given, headers: { 'content-type': 'text/csv', ...given.headers } });

const names = async (identifiant: string) =>
  (await app.database.knex('adherent').where({ identifiant })).map(({ caisse_id }) => caisse_id);

test('a file is sent, followed, and applied when its sender says so', async () => {
  const sent = await post('/adherents', csv('identifiant;raison sociale', 'Q-1;Un'));
  expect(sent.status).toBe(202);
  expect(sent.body).toMatchObject({ kind: 'adherents', state: 'received', lines: 1 });
  expect(sent.headers.location).toBe(`${app.issuerOf('grand-est')}${PATH}/${sent.body.id}`);
  await work();
  expect((await call(`/${sent.body.id}`)).body).toMatchObject({ state: 'checked', added: 1, total_after: 1 });
  const asked = await post(`/${sent.body.id}/application`, '');
  expect(asked).toMatchObject({ status: 202, body: { state: 'approved' } });
  await work();
  expect((await call(`/${sent.body.id}`)).body).toMatchObject({ state: 'applied', added: 1 });
  expect(await names('Q-1')).toEqual(['grand-est']);
  expect((await post(`/${sent.body.id}/application`, '')).body).toMatchObject({ state: 'applied' });
  const lines = await app.database.knex('audit_event').where({ kind: 'import_applied' });
  expect(lines).toMatchObject([{ client_id: 'si', actor_id: null }]);
  const approved = await app.database.knex('audit_event').where({ kind: 'import_approved' });
  expect(approved).toMatchObject([{ client_id: 'si', facts: { before: 'checked', after: 'approved' } }]);
});

test('with « appliquer » it is applied at once, unless a line is wrong', async () => {
  const good = await post('/adherents?appliquer=oui', csv('identifiant;raison sociale', 'Q-2;Deux'));
  const blank = await post(
    '/adherents?appliquer=oui',
    csv('identifiant;raison sociale', 'Q-3;Trois', ';'.repeat(4)),
  );
  await work();
  expect((await call(`/${good.body.id}`)).body).toMatchObject({ state: 'applied' });
  const { body } = await call(`/${blank.body.id}`);
  expect(body).toMatchObject({ state: 'applied', lines: 1 });
  const wrong = await post(
    '/adherents?appliquer=oui',
    csv('identifiant;raison sociale', 'Q-4;Quatre', 'Q-5;'),
  );
  await work();
  const told = (await call(`/${wrong.body.id}`)).body;
  expect(told).toMatchObject({ state: 'faulty', faults: 1 });
  expect(told.first_faults).toMatchObject([{ line: 3, code: 'missing' }]);
  expect(await names('Q-4')).toEqual([]);
  const file = await call(`/${wrong.body.id}/erreurs`);
  expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(file.text).toMatch(/^ligne;motif\r\n3;/);
  expect(await post(`/${wrong.body.id}/application`, '')).toMatchObject({ status: 409 });
});

test('its difference is read as a file, or page by page, until it is applied', async () => {
  const file = (name: string) =>
    csv('identifiant;raison sociale', ...Array.from({ length: 101 }, (_, i) => `S-${i};${name} ${i}`));
  await post('/adherents?appliquer=oui', csv('identifiant;raison sociale', 'S-100;Ancienne'));
  await work();
  const sent = await post('/adherents', file('Nouvelle'));
  const path = `/${sent.body.id}/difference`;
  expect(await call(path)).toMatchObject({ status: 409, body: { error: 'conflict' } });
  await work();
  expect((await call(`/${sent.body.id}`)).body.difference_url).toBe(
    `${app.issuerOf('grand-est')}${PATH}${path}`,
  );
  const whole = await call(path);
  expect(whole.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(whole.text.trim().split('\r\n')).toHaveLength(102);
  const json = { headers: { accept: 'application/json' } };
  const first = (await call(path, json)).body;
  expect(first.changes).toHaveLength(100);
  expect(first.changes[0]).toEqual({
    line: 102,
    change: 'changed',
    about: 'S-100, Ancienne',
    cells: [{ column: 'raison sociale', before: 'Ancienne', after: 'Nouvelle 100' }],
  });
  expect(first.next).toBe(`${app.issuerOf('grand-est')}${PATH}${path}?page=2`);
  const last = (await call(`${path}?page=2`, json)).body;
  expect(last).toMatchObject({ changes: [{ line: 101, change: 'added', about: 'S-99' }], next: null });
  await post(`/${sent.body.id}/application`, '');
  await work();
  expect((await call(path)).status).toBe(409);
});

test('an import of one caisse is none of another', async () => {
  const sent = await post('/adherents', csv('identifiant;raison sociale', 'Q-9;Neuf'));
  await work();
  const elsewhere = { at: 'nord-ouest' } as const;
  const answers = [
    await call(`/${sent.body.id}`, elsewhere),
    await call(`/${sent.body.id}/erreurs`, elsewhere),
    await call(`/${sent.body.id}/difference`, elsewhere),
    await post(`/${sent.body.id}/application`, '', elsewhere),
    await call(`/${crypto.randomUUID()}`, elsewhere),
    await call('/rien', elsewhere),
  ];
  for (const { status, body } of answers)
    expect({ status, body }).toEqual({ status: 404, body: answers.at(-1)?.body });
  expect((await call(`/${sent.body.id}`, { token: tokens['nord-ouest'] })).status).toBe(401);
  expect((await call(`/${sent.body.id}`)).body).toMatchObject({ state: 'checked' });
});

test('only a service with the scope sends files', async () => {
  const file = csv('identifiant;raison sociale', 'Q-8;Huit');
  const before = await app.database.knex('import').count({ n: '*' });
  const decisions = await tokenOf(app, app.issuerOf('grand-est'));
  expect((await post('/adherents', file, { token: decisions })).body).toMatchObject({
    error: 'insufficient_scope',
  });
  expect((await post('/adherents', file, { token: 'rien' })).status).toBe(401);
  expect(await app.database.knex('import').count({ n: '*' })).toEqual(before);
});

test.each([
  ['another type', { 'content-type': 'application/json' }, 400],
  ['a compressed body', { 'content-encoding': 'gzip' }, 415],
  ['a body announced as too large', { 'content-length': String(MOST_IMPORT_BYTES + 1) }, 413],
])('%s is refused before it is read', async (_, headers, status) => {
  const before = await app.database.knex('import').count({ n: '*' });
  expect(await rawPost(headers)).toBe(status);
  expect(await app.database.knex('import').count({ n: '*' })).toEqual(before);
});

/** Only the head is sent: whoever waits for the body never answers. */
async function rawPost(headers: Readonly<Record<string, string>>): Promise<number> {
  const url = new URL(`${app.issuerOf('grand-est')}${PATH}/adherents`);
  const outgoing = request(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokens['grand-est']}`,
      'content-type': 'text/csv',
      'content-length': '10',
      ...headers,
    },
  });
  outgoing.flushHeaders();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  outgoing.on('error', () => {});
  outgoing.destroy();
  return incoming.statusCode ?? 0;
}

test('a sender that breaks off leaves nothing to be applied', async () => {
  const outgoing = request(`${app.issuerOf('grand-est')}${PATH}/adherents?appliquer=oui`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens['grand-est']}`, 'content-type': 'text/csv' },
  });
  outgoing.on('error', () => {});
  outgoing.write(
    csv('identifiant;raison sociale', ...Array.from({ length: 3_000 }, (_, i) => `R-${i};Rompu`)),
  );
  const stateOf = async () => (await app.database.knex('import').orderBy('created_at', 'desc').first()).state;
  await expect.poll(stateOf).toBe('receiving');
  outgoing.destroy();
  await expect.poll(stateOf).toBe('failed');
  await work();
  expect(await names('R-1')).toEqual([]);
});
