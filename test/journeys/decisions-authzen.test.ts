/**
 * The certification scenario of AuthZEN Authorization API 1.0 (openid/authzen, certification/), its fixture told in
 * our words: two people, a feature of the company, one that a collège limits. Numbers are the scenario's sections.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type Endpoint, feature, type Service, serviceAt, user } from '../support/decisions.ts';
import { rightsOn } from '../support/world.ts';

let app: TestApp;
let service: Service;
let alice: string;
let bob: string;
let siret: string;
beforeAll(async () => {
  app = await startApp();
  service = await serviceAt(app, app.issuerOf('grand-est'));
  const world = app.world();
  const site = await world.site();
  siret = site.siret;
  const head = await world.account();
  const root = await world.enrol(head, site);
  [alice, bob] = [await world.account(), await world.account()];
  const given = {
    [alice]: rightsOn({ documents: 'mise_a_jour', planning: 'mise_a_jour' }, ['etam']),
    [bob]: rightsOn({ documents: 'consultation', planning: 'mise_a_jour' }, ['cadre']),
  };
  for (const [to, rights] of Object.entries(given)) {
    await world.delegate(site, root, { from: head, to }, { rights });
  }
});
afterAll(() => app.close());

const ALICE = () => user(alice);
const BOB = () => user(bob);
const READ = { name: 'read' };
const WRITE = { name: 'update' };
/** What concerns the company: no property but the site decides on it. */
const RECORD = () => feature('documents', { siret });
/** What a property decides on: Alice's for ETAM, Bob's for cadres. */
const ACTIVE = () => feature('planning', { siret, college: 'etam' });
const ARCHIVED = () => feature('planning', { siret, college: 'cadre' });
const CONTEXT = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

const answered = async (endpoint: Endpoint, body: unknown) => {
  const { status, headers, body: told } = await service.ask(endpoint, body);
  expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
  return told;
};

describe('access evaluation (2)', () => {
  test.each<[string, () => object, boolean]>([
    ['1', () => ({ subject: ALICE(), action: READ, resource: RECORD() }), true],
    ['2', () => ({ subject: ALICE(), action: WRITE, resource: RECORD() }), true],
    ['3', () => ({ subject: BOB(), action: READ, resource: RECORD() }), true],
    ['4', () => ({ subject: BOB(), action: WRITE, resource: RECORD() }), false],
    [
      '5, by a property of the resource',
      () => ({ subject: ALICE(), action: WRITE, resource: ARCHIVED() }),
      false,
    ],
    ['6, by the same property', () => ({ subject: BOB(), action: WRITE, resource: ARCHIVED() }), true],
  ])('decides as the fixture says: rule %s', async (_, asked, decision) => {
    expect(await answered('evaluation', asked())).toEqual({ decision });
    expect(await answered('evaluation', { ...asked(), context: CONTEXT })).toEqual({ decision });
  });

  test('takes further properties and unknown members (2.2.8, 2.2.9)', async () => {
    const asked = {
      subject: { ...ALICE(), properties: { department: 'Sales', role: 'manager' } },
      action: { ...READ, properties: { method: 'GET' } },
      resource: feature('documents', { siret, status: 'active', owner: { id: bob } }),
      foo: 'bar',
      futureField: { nested: true },
      evaluations: 'x',
    };
    expect(await answered('evaluation', asked)).toEqual({ decision: true });
  });

  test('takes an absent member as null (I-JSON aside, many libraries write it)', async () => {
    const asked = {
      subject: { ...ALICE(), properties: null },
      action: { ...READ, properties: null },
      resource: feature('documents', { siret, college: null }),
      context: null,
    };
    expect(await answered('evaluation', asked)).toEqual({ decision: true });
  });

  const whole = () => ({ subject: ALICE(), action: READ, resource: RECORD() });

  test.each<[string, (asked: ReturnType<typeof whole>) => object]>([
    ['subject', ({ action, resource }) => ({ action, resource })],
    ['action', ({ subject, resource }) => ({ subject, resource })],
    ['resource', ({ subject, action }) => ({ subject, action })],
    ['subject.type', (asked) => ({ ...asked, subject: { id: alice } })],
    ['subject.id', (asked) => ({ ...asked, subject: { type: 'user' } })],
    ['action.name', (asked) => ({ ...asked, action: {} })],
    ['resource.type', (asked) => ({ ...asked, resource: { id: 'documents' } })],
    ['resource.id', (asked) => ({ ...asked, resource: { type: 'feature' } })],
    ['subject', (asked) => ({ ...asked, subject: 'alice' })],
    ['subject', (asked) => ({ ...asked, subject: [] })],
    ['subject', (asked) => ({ ...asked, subject: null })],
    ['action.name', (asked) => ({ ...asked, action: { name: 123 } })],
    ['subject.id', (asked) => ({ ...asked, subject: { type: 'user', id: { $ne: '' } } })],
    ['subject.properties', (asked) => ({ ...asked, subject: { ...ALICE(), properties: 'x' } })],
    ['resource.properties', (asked) => ({ ...asked, resource: { ...RECORD(), properties: ['x'] } })],
    ['context', (asked) => ({ ...asked, context: 'x' })],
  ])('calls what is missing or malformed by its name: %s (2.4)', async (where, spoilt) => {
    for (const endpoint of ['evaluation', 'evaluations'] as const) {
      const { status, headers, body } = await service.ask(endpoint, spoilt(whole()));
      expect([status, headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
      expect(body).toMatch(new RegExp(`^${where}: `));
      expect(body).not.toContain('alice');
    }
  });

  test('answers the same each time (2.6)', async () => {
    for (let i = 0; i < 5; i++) {
      expect(await answered('evaluation', { subject: BOB(), action: WRITE, resource: RECORD() })).toEqual({
        decision: false,
      });
    }
  });
});

const evaluations = (...decisions: boolean[]) => ({
  evaluations: decisions.map((decision) => ({ decision })),
});

describe('access evaluations (3)', () => {
  test.each<[string, () => object, object]>([
    [
      '3.2.2: subject and resource by default, in order',
      () => ({ subject: BOB(), resource: RECORD(), evaluations: [{ action: READ }, { action: WRITE }] }),
      evaluations(true, false),
    ],
    [
      '3.2.3: by the properties of each',
      () => ({
        subject: ALICE(),
        action: WRITE,
        evaluations: [{ resource: ACTIVE() }, { resource: ARCHIVED() }],
      }),
      evaluations(true, false),
    ],
    [
      '3.2.4: by the subject of each',
      () => ({
        action: WRITE,
        resource: ARCHIVED(),
        evaluations: [{ subject: ALICE() }, { subject: BOB() }],
      }),
      evaluations(false, true),
    ],
    [
      '3.2.5: without defaults',
      () => ({
        evaluations: [
          { subject: ALICE(), action: READ, resource: RECORD() },
          { subject: BOB(), action: WRITE, resource: RECORD() },
        ],
      }),
      evaluations(true, false),
    ],
    [
      '3.2.6: with a context for all and one for one',
      () => ({
        subject: ALICE(),
        action: READ,
        context: CONTEXT,
        evaluations: [{ resource: RECORD() }, { resource: ACTIVE(), context: { source: 'override' } }],
      }),
      evaluations(true, true),
    ],
    [
      '3.2.7: all by default, or one member replaced whole',
      () => ({
        subject: ALICE(),
        action: WRITE,
        resource: ACTIVE(),
        evaluations: [{}, { resource: ARCHIVED() }],
      }),
      evaluations(true, false),
    ],
  ])('%s', async (_, asked, told) => {
    expect(await answered('evaluations', asked())).toEqual(told);
  });

  test('never mix the default with what replaces it', async () => {
    const { evaluations: told } = await answered('evaluations', {
      subject: ALICE(),
      action: WRITE,
      resource: ACTIVE(),
      evaluations: [
        { resource: { id: 'planning' } },
        { resource: { type: 'feature', id: 'planning' } },
        { resource: feature('planning', { siret }) },
        { resource: feature('planning', { college: 'etam' }) },
      ],
    });
    expect(told.map(({ decision }: { decision: boolean }) => decision)).toEqual([false, false, false, false]);
  });

  const failed = {
    decision: false,
    context: { error: { status: 400, message: expect.stringMatching(/: /) } },
  };

  test('fail one by one, and closed: one that lacks a member (3.4.1)', async () => {
    const { evaluations: told } = await answered('evaluations', {
      subject: ALICE(),
      action: READ,
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: RECORD() }, {}, { resource: ACTIVE() }],
    });
    expect(told).toEqual([{ decision: true }, failed, { decision: true }]);
  });

  test.each<[string, unknown]>([
    ['has a member of null', { resource: null }],
    ['has a malformed member', { resource: 'record-1' }],
    ['is null', null],
    ['is text', 'x'],
    ['is a list', []],
    ['is a number', 1],
  ])('fail closed also where every default is good: one that %s', async (_, spoilt) => {
    const { evaluations: told } = await answered('evaluations', {
      subject: ALICE(),
      action: READ,
      resource: RECORD(),
      evaluations: [{}, spoilt, { resource: ACTIVE() }],
    });
    expect(told).toEqual([{ decision: true }, failed, { decision: true }]);
  });

  test.each([undefined, [], null])(
    'without any, are the single evaluation (3.4.2, 3.4.3): %s',
    async (none) => {
      const asked = { subject: ALICE(), action: READ, resource: RECORD(), evaluations: none };
      expect(await answered('evaluations', asked)).toEqual({ decision: true });
      const { status } = await service.ask('evaluations', { ...asked, resource: undefined });
      expect(status).toBe(400);
    },
  );

  test.each<[string, object]>([
    ['subject', { subject: 'alice' }],
    ['action.name', { action: {} }],
    ['resource.id', { resource: { type: 'feature' } }],
    ['context', { context: [] }],
    ['evaluations', { evaluations: {} }],
    ['evaluations', { evaluations: 'x' }],
    ['evaluations', { evaluations: Array.from({ length: 1_001 }, () => ({})) }],
    ['options', { options: 'x' }],
    ['options.evaluations_semantic', { options: { evaluations_semantic: 'all' } }],
    ['options.evaluations_semantic', { options: { evaluations_semantic: ['execute_all'] } }],
  ])('are a bad request when what holds for all of them is malformed: %s', async (where, spoilt) => {
    const { status, body } = await service.ask('evaluations', {
      subject: ALICE(),
      action: READ,
      resource: RECORD(),
      evaluations: [{}],
      ...spoilt,
    });
    expect([status, body.split(':')[0]]).toEqual([400, where]);
  });

  test('ignore options that nobody knows', async () => {
    const asked = { subject: ALICE(), action: READ, evaluations: [{ resource: RECORD() }] };
    const options = { another_option: 'value', evaluations_semantic: null };
    expect(await answered('evaluations', { ...asked, options })).toEqual(evaluations(true));
  });
});

describe('semantics of several evaluations (specification, 7.1.2.1)', () => {
  const YES = () => ({ resource: RECORD() });
  const NO = () => ({ resource: ARCHIVED() });
  const FAILED = () => ({ resource: {} });
  const failed = expect.objectContaining({ decision: false, context: { error: expect.any(Object) } });
  const [permit, deny] = [{ decision: true }, { decision: false }];

  test.each<[string, () => object[], object[]]>([
    ['execute_all', () => [YES(), NO(), YES()], [permit, deny, permit]],
    ['deny_on_first_deny', () => [YES(), NO(), YES()], [permit, deny]],
    ['deny_on_first_deny', () => [YES(), YES()], [permit, permit]],
    ['deny_on_first_deny', () => [YES(), FAILED(), YES()], [permit, failed]],
    ['deny_on_first_deny', () => [NO()], [deny]],
    ['permit_on_first_permit', () => [YES(), NO(), YES()], [permit]],
    ['permit_on_first_permit', () => [NO(), FAILED(), YES(), NO()], [deny, failed, permit]],
    ['permit_on_first_permit', () => [NO(), NO()], [deny, deny]],
  ])('%s', async (semantic, asked, told) => {
    const options = { evaluations_semantic: semantic };
    const body = { subject: ALICE(), action: READ, options, evaluations: asked() };
    expect(await answered('evaluations', body)).toEqual({ evaluations: told });
  });
});

describe('searches (4)', () => {
  const idsOf = ({ results }: { results: { id: string }[] }) => results.map(({ id }) => id);
  const subjects = () => ({ subject: { type: 'user' }, action: READ, resource: RECORD() });
  const resources = () => ({ subject: ALICE(), action: READ, resource: { type: 'feature' } });
  const actions = () => ({ subject: ALICE(), resource: RECORD() });

  test('find subjects, by properties too, whatever id or context comes along (4.2)', async () => {
    const found = await answered('subject', subjects());
    expect(idsOf(found)).toEqual(expect.arrayContaining([alice, bob]));
    for (const one of found.results) expect(Object.keys(one).sort()).toEqual(['id', 'type']);
    expect(await answered('subject', { ...subjects(), context: CONTEXT })).toEqual(found);
    expect(await answered('subject', { ...subjects(), subject: ALICE() })).toEqual(found);
    expect(await answered('subject', { ...subjects(), subject: { type: 'user', id: 5 } })).toEqual(found);
    const archived = idsOf(await answered('subject', { ...subjects(), action: WRITE, resource: ARCHIVED() }));
    expect(archived).toContain(bob);
    expect(archived).not.toContain(alice);
  });

  test('find resources, by properties too, whatever id or context comes along (4.3)', async () => {
    const found = await answered('resource', resources());
    expect(found.results).toEqual([feature('documents', { siret })]);
    expect(await answered('resource', { ...resources(), context: CONTEXT })).toEqual(found);
    expect(await answered('resource', { ...resources(), resource: feature('rien') })).toEqual(found);
    const archived = { type: 'feature', properties: { college: 'cadre' } };
    const ofBob = await answered('resource', { subject: BOB(), action: WRITE, resource: archived });
    expect(ofBob.results).toEqual([feature('planning', { siret, college: 'cadre' })]);
  });

  test('find actions, by properties too, whatever context comes along (4.4)', async () => {
    const found = await answered('action', actions());
    expect(found.results).toEqual([{ name: 'read' }, { name: 'update' }]);
    expect(await answered('action', { ...actions(), context: CONTEXT })).toEqual(found);
    expect(await answered('action', { ...actions(), action: { name: 'read' } })).toEqual(found);
    expect((await answered('action', { subject: BOB(), resource: RECORD() })).results).toEqual([READ]);
    expect((await answered('action', { subject: ALICE(), resource: ARCHIVED() })).results).toEqual([]);
  });

  test('come in pages, of as many as are asked for (4.5)', async () => {
    const first = await answered('subject', { ...subjects(), page: { limit: 1 } });
    expect(first).toMatchObject({ page: { next_token: expect.stringMatching(/^.+$/), count: 1 } });
    expect(Object.keys(first)[0]).toBe('page');
    const second = await answered('subject', { ...subjects(), page: { token: first.page.next_token } });
    expect(second.page.count).toBe(1);
    expect(idsOf(second)).not.toEqual(idsOf(first));
    const whole = await answered('subject', subjects());
    expect(whole.page).toEqual({ next_token: '', count: 3 });
  });

  test.each<[Endpoint, () => object]>([
    ['subject', () => ({ ...subjects(), subject: { type: 'spaceship' } })],
    ['subject', () => ({ ...subjects(), resource: { type: 'spaceship', id: 'x' } })],
    ['subject', () => ({ ...subjects(), resource: feature('documents', { siret: '0'.repeat(14) }) })],
    ['subject', () => ({ ...subjects(), resource: feature('rien', { siret }) })],
    ['subject', () => ({ ...subjects(), action: { name: 'delete' } })],
    ['resource', () => ({ ...resources(), subject: user(randomUUID()) })],
    ['resource', () => ({ ...resources(), subject: user('nonexistent-user') })],
    ['resource', () => ({ ...resources(), resource: { type: 'spaceship' } })],
    ['resource', () => ({ ...resources(), resource: { type: 'feature', properties: { siret: 'x' } } })],
    ['action', () => ({ ...actions(), subject: user('nonexistent-user') })],
    ['action', () => ({ ...actions(), subject: { type: 'spaceship', id: alice } })],
    ['action', () => ({ ...actions(), resource: feature('documents') })],
  ])('find nothing where nothing is known, without an error: %s (4.6)', async (endpoint, asked) => {
    const { page, results } = await answered(endpoint, asked());
    expect([page, results]).toEqual([{ next_token: '', count: 0 }, []]);
  });

  test.each<[Endpoint, string, () => object]>([
    ['subject', 'action', () => ({ ...subjects(), action: undefined })],
    ['subject', 'subject', () => ({ ...subjects(), subject: undefined })],
    ['subject', 'subject.type', () => ({ ...subjects(), subject: {} })],
    ['subject', 'resource.id', () => ({ ...subjects(), resource: { type: 'feature' } })],
    ['resource', 'subject', () => ({ ...resources(), subject: undefined })],
    ['resource', 'subject.id', () => ({ ...resources(), subject: { type: 'user' } })],
    ['resource', 'resource', () => ({ ...resources(), resource: undefined })],
    ['action', 'resource', () => ({ ...actions(), resource: undefined })],
    ['action', 'subject.id', () => ({ ...actions(), subject: { type: 'user' } })],
    ['action', 'resource.id', () => ({ ...actions(), resource: { type: 'feature' } })],
    ['subject', 'page', () => ({ ...subjects(), page: 'x' })],
    ['subject', 'page.limit', () => ({ ...subjects(), page: { limit: -1 } })],
    ['resource', 'page.limit', () => ({ ...resources(), page: { limit: 1.5 } })],
    ['action', 'page.limit', () => ({ ...actions(), page: { limit: '1' } })],
    ['subject', 'page.token', () => ({ ...subjects(), page: { token: 1 } })],
  ])('of %s are a bad request without %s (4.7)', async (endpoint, where, asked) => {
    const { status, body } = await service.ask(endpoint, asked());
    expect([status, body.split(':')[0]]).toEqual([400, where]);
  });
});
