/** What a service could send to be told yes, to bring a process down, or to learn more than decisions. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree } from '../support/chains.ts';
import { type CuttableDatabase, cuttableDatabase } from '../support/cuttable-database.ts';
import { feature, PATHS, type Service, serviceAt, user } from '../support/decisions.ts';

let database: CuttableDatabase;
let app: TestApp;
let service: Service;
let of: string;
let siret: string;
beforeAll(async () => {
  database = await cuttableDatabase();
  app = await startApp({ database });
  service = await serviceAt(app, app.issuerOf('grand-est'));
  const { user: held, site } = await chainOfThree(app.world());
  of = held;
  siret = site.siret;
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const whole = () => ({
  subject: user(of),
  action: { name: 'read' },
  resource: feature('documents', { siret }),
});
const text = (value: unknown) => JSON.stringify(value);

describe('members with the names of what objects inherit', () => {
  test.each<[string, () => string, number]>([
    ['the whole', () => `{"__proto__":${text(whole())}}`, 400],
    [
      'a member',
      () =>
        `{"__proto__":{"subject":${text(user(of))}},"action":{"name":"read"},"resource":${text(whole().resource)}}`,
      400,
    ],
    ['an entity', () => text(whole()).replace(text(user(of)), `{"__proto__":${text(user(of))}}`), 400],
    ['a name', () => text(whole()).replace('{"name":"read"}', '{"__proto__":{"name":"read"}}'), 400],
    ['a constructor', () => `{"constructor":{"prototype":${text(whole())}}}`, 400],
    ['properties', () => text(whole()).replace(text({ siret }), `{"__proto__":${text({ siret })}}`), 200],
  ])('are no members: %s', async (_, body, status) => {
    const answer = await service.ask('evaluation', body());
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.decision).toBe(false);
  });

  test('are no members of one evaluation either, and replace no default', async () => {
    const { resource, ...rest } = whole();
    const one = `{"__proto__":${text({ resource })}}`;
    const body = `{"subject":${text(rest.subject)},"action":${text(rest.action)},"evaluations":[${one},{"hasOwnProperty":1,"toString":null,"resource":${text(resource)}}]}`;
    const { body: told } = await service.ask('evaluations', body);
    expect(told.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([false, true]);
  });

  test('leave nothing behind in the process', async () => {
    const poison = '{"polluted":true,"decision":true,"siret":"1","subject":{},"isAdmin":true}';
    for (const endpoint of ['evaluation', 'evaluations', 'subject', 'resource', 'action'] as const) {
      for (const name of ['__proto__', 'constructor', 'prototype']) {
        const nested = `{"${name}":${poison},"properties":{"${name}":${poison}},"type":"user","id":"x","name":"read"}`;
        await service.ask(
          endpoint,
          `{"${name}":${poison},"subject":${nested},"action":${nested},"resource":${nested},"options":${nested},"page":${nested},"evaluations":[${nested}]}`,
        );
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
    expect((await service.ask('evaluation', whole())).body).toEqual({ decision: true });
  });
});

describe('values that are none of ours', () => {
  const TEXTS = [
    '',
    ' ',
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "' or '1'='1",
    '{}',
    '$ne',
    '%',
    '١٢٣٤٥٦٧٨٩٠١٢٣٤',
    'x'.repeat(100_000),
    'constructor',
    '__proto__',
    'toString',
    'catalogue',
    'mes_documents',
    'administrator',
  ];

  test('permit nothing and break nothing, in any member', async () => {
    const spoil: Record<string, (value: string) => object> = {
      'subject.type': (type) => ({ ...whole(), subject: { type, id: of } }),
      'subject.id': (id) => ({ ...whole(), subject: user(id) }),
      'action.name': (name) => ({ ...whole(), action: { name } }),
      'resource.type': (type) => ({ ...whole(), resource: { ...whole().resource, type } }),
      'resource.id': (id) => ({ ...whole(), resource: feature(id, { siret }) }),
      siret: (value) => ({ ...whole(), resource: feature('documents', { siret: value }) }),
      college: (college) => ({ ...whole(), resource: feature('planning', { siret, college }) }),
    };
    for (const [where, spoilt] of Object.entries(spoil)) {
      for (const value of TEXTS) {
        const { status, body } = await service.ask('evaluation', spoilt(value));
        expect([where, value.slice(0, 20), status, body.decision]).toEqual([
          where,
          value.slice(0, 20),
          200,
          false,
        ]);
      }
    }
  });

  test('are never repeated in an answer', async () => {
    const mark = 'marque-unique-7261';
    for (const endpoint of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
      for (const body of [
        { ...whole(), subject: mark },
        { ...whole(), subject: { type: mark, id: mark } },
        { ...whole(), action: { name: mark } },
        { ...whole(), resource: feature(mark, { siret: mark, college: mark }) },
        { ...whole(), resource: feature('documents', { siret, college: mark }) },
        { ...whole(), page: { token: mark }, options: { evaluations_semantic: mark }, evaluations: [mark] },
        mark,
      ]) {
        const answer = await service.ask(endpoint, body);
        expect(answer.status).toBeLessThan(500);
        expect(text(answer.body)).not.toContain(mark);
      }
    }
  });

  test('deep ones are read no deeper than what is asked', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const body = text(whole()).replace(/}$/, `,"context":${deep},"futureField":[${deep}]}`);
    expect((await service.ask('evaluation', body)).body).toEqual({ decision: true });
  });

  test('a member told twice counts once', async () => {
    const body = text(whole()).replace(/}$/, ',"action":{"name":"nothing"}}');
    expect((await service.ask('evaluation', body)).body.decision).toBe(false);
  });
});

test('a thousand evaluations are answered, each', async () => {
  const evaluations = Array.from({ length: 1_000 }, (_, i) => ({ action: { name: i % 2 ? 'read' : 'x' } }));
  const { status, body } = await service.ask('evaluations', { ...whole(), evaluations });
  expect([status, body.evaluations.length]).toEqual([200, 1_000]);
  expect(body.evaluations.filter(({ decision }: { decision: boolean }) => decision)).toHaveLength(500);
});

// The last: nothing comes back after it.
test('without its database there is no decision at all: 503, a sentence, and the reference', async () => {
  expect((await service.ask('evaluation', whole())).body).toEqual({ decision: true });
  await database.cut();
  for (const endpoint of Object.keys(PATHS) as (keyof typeof PATHS)[]) {
    const { status, headers, body } = await service.ask(endpoint, whole(), { 'x-request-id': 'a-1' });
    expect([endpoint, status]).toEqual([endpoint, 503]);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'retry-after': '5',
      'x-request-id': 'a-1',
      'cache-control': 'no-store',
    });
    expect(body).toMatch(/^No decision could be made \(reference [0-9a-f]{16}\)$/);
  }
}, 120_000);
