/**
 * Every form that the routers take, filled in as its page has it, with more than its page has: names of columns,
 * prototypes, fields that come twice or as lists. A new form is held to the same without a word here.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillIn } from '../support/addresses.ts';
import { identifyOn, letters, sendDetails } from '../support/enrolment.ts';
import { everyRole, HERE, type Stage, together, whose } from '../support/every-role.ts';
import { everyForm, type Form } from '../support/forms.ts';
import { acceptAsNew, inviteTo, linkTo } from '../support/invitations.ts';
import type { Answer } from '../support/second-node.ts';
import { type Page, Visitor } from '../support/visitor.ts';

const root = join(import.meta.dirname, '../..');

let stage: Stage;
let forms: readonly Form[];
beforeAll(async () => {
  stage = await everyRole();
  forms = await everyForm(stage);
}, 120_000);
afterAll(() => stage.app.close());

const ENCODED = { 'content-type': 'application/x-www-form-urlencoded' };
const post = ({ role, path }: Form, body: string): Promise<Answer> =>
  stage.ask(role, 'POST', path, { headers: ENCODED, body });

/** Or something of ours that was shown for want of a word. */
const isFault = ({ status, text }: Answer): boolean => status >= 500 || /\[object |native code/.test(text);
const tell = ({ path }: Form, what: string, { status }: Answer) => [path, what, status];

test('most forms have fields of their own', () => {
  expect(forms.length).toBeGreaterThan(90);
  expect(forms.filter(({ fields }) => Object.keys(fields).length > 0).length).toBeGreaterThan(55);
});

describe('names of columns among the fields', () => {
  const MARK = 'marque-de-masse';
  const MARK_ID = 'abadcafe-0000-4000-8000-00000000cafe';
  const MARK_DAY = '2037-03-03';
  const MARK_NUMBER = '987654321';
  const PRIVILEGES: Readonly<Record<string, string>> = {
    staff_role: 'superviseur',
    role: 'superviseur',
    member_role: 'manager',
    status: 'active',
    state: 'approved',
    kind: 'enrolment',
    admin: 'true',
    verified: 'true',
    email_verified: 'true',
    third_party: 'false',
    caisse_id: 'nord-ouest',
    caisse: 'nord-ouest',
    actor: MARK_ID,
    actorId: MARK_ID,
    scope: 'openid decisions imports alerts',
  };

  /** Fields of a form that stands on another page. */
  const OWN: Readonly<Record<string, readonly string[]>> = {
    '/gestion/journal/export': ['reference', 'site'],
  };

  const without = (all: Record<string, string>, page: Page) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !page.text.includes(`name="${name}"`)));

  const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

  /** Every column of every table, with a value that would be at home there and nowhere else. */
  async function columns(): Promise<Record<string, string>> {
    const { rows } = await stage.app.database.knex.raw(
      "select distinct column_name as name, data_type as type from information_schema.columns where table_schema = 'public'",
    );
    const markOf = (type: string): string => {
      if (type === 'uuid') return MARK_ID;
      if (type.startsWith('timestamp')) return `${MARK_DAY}T00:00:00Z`;
      if (type === 'boolean') return 'true';
      if (/int|numeric/.test(type)) return MARK_NUMBER;
      return type === 'jsonb' ? `{"x":"${MARK}"}` : MARK;
    };
    const plain = (rows as { name: string; type: string }[]).flatMap(({ name, type }) => [
      [name, markOf(type)],
      [camel(name), markOf(type)],
    ]);
    return { ...Object.fromEntries(plain), password: `${MARK}-A1`, ...PRIVILEGES };
  }

  async function marked(): Promise<string[]> {
    const { knex } = stage.app.database;
    const { rows: tables } = await knex.raw(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    );
    const found: string[] = [];
    for (const { name } of tables as { name: string }[]) {
      const { rows } = await knex.raw(
        'select to_jsonb(t)::text as row from ?? t where to_jsonb(t)::text ~ ?',
        [name, `${MARK}|${MARK_ID}|${MARK_DAY}|${MARK_NUMBER}`],
      );
      for (const { row } of rows as { row: string }[]) found.push(`${name} ${row}`);
    }
    return found;
  }

  /** What nobody gets by a form without its being said on the form. */
  async function privileges(): Promise<Record<string, number>> {
    const { knex } = stage.app.database;
    const count = async (table: string, where: Record<string, unknown>, but = 'true') =>
      Number((await knex(table).where(where).whereRaw(but).count('* as n').first())?.n);
    return {
      supervisors: await count('account', { staff_role: 'superviseur' }),
      elsewhere: await count('account', { caisse_id: 'nord-ouest' }),
      administrators: await count('delegation', { admin: true, kind: 'user' }),
      // A request that is validated brings one, as it says.
      roots: await count(
        'delegation',
        { kind: 'enrolment' },
        'site_id not in (select site_id from access_request)',
      ),
      ownServices: await count('client', { caisse_id: HERE, third_party: false }),
      approved: await count('import', { state: 'approved' }),
    };
  }

  /** So that the act is done, and more than what its page had comes with it. */
  const WELL: Readonly<Record<string, (siret: string) => Record<string, string>>> = {
    '/gestion/gestionnaires/ajouter': () => ({ email: 'masse-agent@essai.test', role: 'agent' }),
    '/gestion/cabinets/:id/responsables/nommer': () => ({ email: 'masse-manager@essai.test' }),
    '/mon-compte/coordonnees': () => ({ family_name: 'Masse' }),
    '/mon-cabinet/collaborateurs/inviter': () => ({ email: 'masse-staff@essai.test' }),
    '/droits-d-acces/:siret/ajouter': (siret) => ({
      email: 'masse-colleague@essai.test',
      date_effet: '01/12/2026',
      [`site_${siret}`]: 'oui',
      college_ouvrier: 'oui',
      droit_documents: 'consultation',
    }),
  };

  test('are nothing to any form: what it does, it does without them', async () => {
    const before = await privileges();
    const all = await columns();
    expect(Object.keys(all).length).toBeGreaterThan(250);
    const [faults, notDone]: unknown[][] = [[], []];
    for (const form of forms) {
      const well = WELL[form.route]?.(stage.ours.each.siret);
      const own = { ...form.fields, ...well };
      const extras = Object.entries(all).filter(
        ([name]) => !(name in own) && !OWN[form.route]?.includes(name),
      );
      const answer = await post(form, new URLSearchParams([...Object.entries(own), ...extras]).toString());
      if (isFault(answer)) faults?.push(tell(form, 'columns', answer));
      if (well && answer.status >= 400) notDone?.push(tell(form, 'not done', answer));
    }
    expect({ faults, notDone }).toEqual({ faults: [], notDone: [] });
    expect(await marked()).toEqual([]);
    // A form may take one away, as it says.
    const after = await privileges();
    expect(Object.keys(before).filter((what) => (after[what] ?? 0) > (before[what] ?? 0))).toEqual([]);
  });

  test('are nothing to whoever opens an account by an invitation or by letters', async () => {
    const { app, issuer } = stage;
    const all = await columns();
    const world = app.world();
    const boss = await world.administrator(1);
    const on = boss.sites.map((site) => ({ site, parentId: boss.delegations[0] ?? '' }));
    const invited = await inviteTo(app, world, { inviterId: boss.accountId, on, needsConfirmation: false });
    const invitee = new Visitor();
    const page = await invitee.get(linkTo(issuer, invited));
    const accepted = await acceptAsNew(invitee, page, without(all, page));
    expect(accepted.status).toBe(200);
    const newcomer = new Visitor();
    const form = await identifyOn(newcomer, issuer, await letters(world, app.clock.now()));
    const email = 'masse-letters@essai.test';
    const sent = await sendDetails(newcomer, form, { ...without(all, form), email });
    expect([sent.status, sent.url]).toEqual([200, `${issuer}/premiere-connexion/courriel`]);
    const made = await app.database.knex('account').whereIn('email', [invited.email, email]);
    expect(made.map((row) => [row.caisse_id, row.staff_role, row.email_certified_at === null])).toEqual([
      [HERE, null, false],
    ]);
    expect(await marked()).toEqual([]);
  });
});

describe('a form', () => {
  const twice = (fields: Form['fields']) => {
    const once = new URLSearchParams(fields).toString();
    return `${once}&${once}`;
  };
  const nested = (fields: Form['fields'], suffix: string) =>
    Object.entries(fields)
      .map(([name, value]) => `${encodeURIComponent(name)}${suffix}=${encodeURIComponent(value)}`)
      .join('&');
  const BODIES: readonly (readonly [string, (fields: Form['fields']) => string])[] = [
    ['every field twice', twice],
    ['every field as a list', (fields) => nested(fields, '[]')],
    ['every field as an object', (fields) => nested(fields, '[a]')],
    [
      'prototypes',
      (fields) =>
        `${new URLSearchParams(fields)}&__proto__[pollue]=oui&constructor[prototype][pollue]=oui&__proto__=x&constructor=x&hasOwnProperty=x&toString=x`,
    ],
    [
      'prototypes in its fields',
      (fields) =>
        `${nested(fields, '[__proto__][pollue]')}&${nested(fields, '[constructor][prototype][pollue]')}`,
    ],
    ['deep nesting', (fields) => nested(fields, '[a]'.repeat(60))],
    ['a thousand fields', (fields) => `${new URLSearchParams(fields)}${'&x=1'.repeat(900)}`],
    ['bad percent-encoding', (fields) => `${nested(fields, '')}%E0%A4%A&%=%`],
  ];

  test.each(BODIES)(
    'with %s is refused, or read as if it had it not, by every route',
    async (what, bodyOf) => {
      const faults: unknown[] = [];
      await together(
        forms.map((form) => async () => {
          const answer = await post(form, bodyOf(form.fields));
          if (answer.status >= 500 || /\[object|native code/.test(answer.text))
            faults.push(tell(form, what, answer));
        }),
        4,
      );
      expect(faults).toEqual([]);
      expect(({} as Record<string, unknown>).pollue).toBeUndefined();
    },
  );

  const bodiesOf = ({ fields }: Form, odd: string, alone: boolean) => {
    const names = Object.keys(fields);
    const each = names.slice(0, 12).map((name) => ({ ...fields, [name]: odd }));
    return [Object.fromEntries(names.map((name) => [name, odd])), ...(alone ? each : [])];
  };

  test.each([
    // What looks a word up by them finds something that nobody put there.
    ['the name of a prototype', '__proto__', true],
    ['the name of a constructor', 'constructor', true],
    ['the name of a method', 'toString', false],
    ['a NUL', '\0', true],
    ['half a character', '\ud800', false],
    ['a number below', '-1', false],
    ['a number beyond', '99999999999999999999', false],
    ['nine thousand letters', 'x'.repeat(9_000), false],
  ])('with %s in its fields is no fault of ours, by any route', async (what, odd, alone) => {
    const faults: unknown[] = [];
    await together(
      forms.map((form) => async () => {
        for (const body of bodiesOf(form, odd, alone)) {
          const answer = await post(form, new URLSearchParams(body).toString());
          if (isFault(answer)) faults.push([...tell(form, what, answer), JSON.stringify(body).slice(0, 200)]);
        }
      }),
      4,
    );
    expect(faults).toEqual([]);
  });
});

describe('an address', () => {
  /** Every name by which a page is asked for something, as the journeys read them. */
  const names = [
    ...new Set(
      globSync('provider/journeys/**/*.ts', { cwd: root })
        .map((name) => readFileSync(join(root, name), 'utf8'))
        .flatMap((code) => [...code.matchAll(/queryField\(\w+, '([\w-]+)'\)/g)].map(([, name = '']) => name)),
    ),
    ...['type', 'du', 'au', 'reference'],
  ];
  const all = (value: string) =>
    new URLSearchParams(Object.fromEntries(names.map((name) => [name, value]))).toString();
  const QUERIES: readonly (readonly [string, string])[] = [
    ['every name twice', `${all('1')}&${all('2')}`],
    ['every name as a list', names.map((name) => `${name}[]=1&${name}[a]=1`).join('&')],
    ['prototypes', '__proto__[pollue]=oui&constructor[prototype][pollue]=oui&__proto__=x&toString=x'],
    ['the name of a prototype for every answer', all('__proto__')],
    ['the name of a method for every answer', all('toString')],
    ['a NUL for every answer', all('a\0')],
    ['a number below for every answer', all('-1')],
    ['a number beyond for every answer', all('99999999999999999999')],
    ['bad percent-encoding', names.map((name) => `${name}=%E0%A4%A`).join('&')],
  ];

  test.each(QUERIES)('with %s is no fault of ours, at any route', async (what, query) => {
    expect(names.length).toBeGreaterThan(30);
    const faults: unknown[] = [];
    const gets = stage.app.routes.filter(({ method }) => method === 'GET');
    await together(
      gets.map(({ path: route }) => async () => {
        const path = fillIn({ path: route }, () => stage.ours.each);
        const answer = await stage.ask(whose(route), 'GET', `${path}?${query}`);
        if (isFault(answer)) faults.push([path, what, answer.status]);
      }),
      4,
    );
    expect(faults).toEqual([]);
    expect(({} as Record<string, unknown>).pollue).toBeUndefined();
  });
});
