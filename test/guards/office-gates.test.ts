/**
 * Who gets into the back office: every route of it, as the routers have them, for its own people in every state. A new
 * route is held to the same without a word here; one for supervisors alone is named below, or fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillIn } from '../support/addresses.ts';
import { atWork } from '../support/at-work.ts';
import { cookieOf, everyRole, HERE, type Method, type Stage, together } from '../support/every-role.ts';
import { everyForm } from '../support/forms.ts';
import type { Answer } from '../support/second-node.ts';
import { rowsOf } from '../support/tenancy-world.ts';
import { request, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await everyRole();
}, 120_000);
afterAll(() => stage.app.close());

const SUPERVISED =
  /^\/gestion\/(gestionnaires|services|reglages)(\/|$)|^\/gestion\/journal\/export$|^\/gestion\/import\/envoi\/codes$/;

const FORM = {
  motif: 'Essai sans en avoir le droit',
  email: 'x@essai.test',
  role: 'superviseur',
  nom: 'Essai',
  prenom: 'Essai',
  confirme: 'oui',
  decision: 'accepter',
};

type Asked = { readonly method: Method; readonly route: string; readonly path: string };

/** Every address of the back office that there is, each with what our own caisse knows. */
const addresses = (): Asked[] =>
  stage.app.routes
    .filter(({ path }) => path.startsWith('/gestion'))
    .map(({ method, path: route }) => ({
      method: method as Method,
      route,
      path: fillIn({ path: route }, () => stage.ours.each),
    }));

/** What each address answers to that browser, and those whose answer is another than expected. */
async function others(
  cookie: string,
  isExpected: (answer: Answer, asked: Asked) => boolean,
  which: readonly Asked[] = addresses(),
): Promise<unknown[]> {
  const wrong: unknown[] = [];
  await together(
    which.map((asked) => async () => {
      const sent = asked.method === 'POST' ? { body: FORM } : {};
      const answer = await stage.askWith(cookie, asked.method, asked.path, sent);
      if (!isExpected(answer, asked))
        wrong.push([asked.method, asked.path, answer.status, answer.headers.location]);
    }),
  );
  return wrong;
}

const everything = () => rowsOf(stage.app.world(HERE).store);
const leadsToSignIn = ({ status, headers }: Answer): boolean =>
  status === 303 && (headers.location ?? '').startsWith(`${stage.issuer}/auth?`);
const isNotThere = ({ status }: Answer): boolean => status === 404;

/** Signed in by the password alone, by a service that asks for no more, with no second factor set up. */
async function withPasswordAlone(role: 'agent' | 'superviseur'): Promise<string> {
  const accountId = await stage.app.world().account({ staffRole: role });
  const visitor = new Visitor();
  const asked = await request(stage.issuer, 'portail');
  await signInOn(visitor, await visitor.get(asked.url), emailOf(accountId));
  expect((await visitor.get(`${stage.issuer}/mon-compte`)).status).toBe(200);
  return cookieOf(visitor, stage.issuer);
}

test('the back office has addresses, and most of them are acts or of one thing', () => {
  expect(addresses().length).toBeGreaterThan(90);
});

describe('without a second factor', () => {
  test.each(['agent', 'superviseur'] as const)(
    'an %s gets nowhere: every address leads to its setting up',
    async (role) => {
      const cookie = await withPasswordAlone(role);
      const before = await everything();
      expect(await others(cookie, leadsToSignIn)).toEqual([]);
      expect(await everything()).toEqual(before);
      const { headers } = await stage.askWith(cookie, 'GET', '/gestion');
      expect(new URL(headers.location ?? '').searchParams.get('acr_values')).toContain(':mfa');
    },
  );
});

test('somebody unknown is led to the sign-in by every address, and nothing is done', async () => {
  const before = await everything();
  expect(await others('', leadsToSignIn)).toEqual([]);
  expect(await everything()).toEqual(before);
});

test.each(['administrator', 'manager', 'colleague'] as const)(
  'the %s of a company or firm finds the page that there is none, to the letter',
  async (role) => {
    const before = await everything();
    const bare = (answer: Answer) => answer.text.replaceAll(String(answer.headers['x-request-id']), '');
    const unknown = bare(await stage.ask(role, 'GET', '/gestion/inconnue'));
    const wrong: unknown[] = [];
    await together(
      addresses().map(({ method, path }) => async () => {
        const answer = await stage.ask(role, method, path, method === 'POST' ? { body: FORM } : {});
        if (answer.status !== 404 || bare(answer) !== unknown) wrong.push([method, path, answer.status]);
      }),
    );
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  },
);

describe('whose role has just been taken away', () => {
  test.each(['agent', 'superviseur'] as const)(
    'an %s finds nothing any more, with the session he has',
    async (role) => {
      const staff = await atWork(stage.app, role);
      const cookie = cookieOf(staff.visitor, stage.issuer);
      expect((await stage.askWith(cookie, 'GET', '/gestion')).status).toBe(200);
      await stage.app.world().change('account', staff.accountId, { staff_role: null });
      const before = await everything();
      expect(await others(cookie, isNotThere)).toEqual([]);
      expect(await everything()).toEqual(before);
    },
  );

  test('a supervisor who is an agent now is one at his next request', async () => {
    const staff = await atWork(stage.app, 'superviseur');
    const cookie = cookieOf(staff.visitor, stage.issuer);
    await stage.app.world().change('account', staff.accountId, { staff_role: 'agent' });
    expect((await stage.askWith(cookie, 'GET', '/gestion/reglages')).status).toBe(403);
  });

  test('one whom a supervisor shuts out is out: his session is over', async () => {
    const staff = await atWork(stage.app, 'agent');
    const shut = await stage.supervisor.post(`/gestion/gestionnaires/${staff.accountId}/fermer`, {
      motif: 'Ne travaille plus à la caisse',
    });
    expect(shut.status).toBe(200);
    expect(await others(cookieOf(staff.visitor, stage.issuer), leadsToSignIn)).toEqual([]);
  });
});

describe('an agent', () => {
  const supervised = () =>
    [...addresses(), { method: 'POST', route: '', path: '/gestion/import/envoi/codes' } as const].filter(
      ({ path }) => SUPERVISED.test(path),
    );

  test('is refused what supervisors alone do, and nothing is done', async () => {
    const before = await everything();
    const cookie = cookieOf(stage.agent.visitor, stage.issuer);
    expect(await others(cookie, ({ status }) => status === 403, supervised())).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test('is asked for no password and shown none, nor a supervisor, on any page', async () => {
    const [shown, wrong]: [string[], unknown[]] = [[], []];
    for (const { visitor } of [stage.agent, stage.supervisor]) {
      const cookie = cookieOf(visitor, stage.issuer);
      const pages = addresses().filter(({ method }) => method === 'GET');
      await together(
        pages.map(({ path }) => async () => {
          const { status, text } = await stage.askWith(cookie, 'GET', path);
          if (status === 200) shown.push(path);
          if (/type="password"|name="[^"]*password|\$argon2|\$2[aby]\$/.test(text)) wrong.push(path);
        }),
      );
    }
    expect(shown.length).toBeGreaterThan(80);
    expect(wrong).toEqual([]);
  });

  test('reads every other page', async () => {
    const pages = addresses().filter(({ method, path }) => method === 'GET' && !SUPERVISED.test(path));
    const cookie = cookieOf(stage.agent.visitor, stage.issuer);
    // 409: known, but not as the act would have it.
    expect(await others(cookie, ({ status }) => [200, 303, 409].includes(status), pages)).toEqual([]);
  });
});

test('an act whose line of the audit cannot be written is not done, and nobody is written to', async () => {
  const { knex } = stage.app.database;
  const acts = (await everyForm(stage)).filter(
    // Of a file what has arrived is kept apart until it is taken; an export changes nothing.
    ({ path }) => /^\/gestion\/(?!import\/envoi|reglages\/logo|journal)/.test(path),
  );
  await knex.raw(`
    create function refuse_line() returns trigger language plpgsql as $$ begin raise exception 'no line'; end $$;
    create trigger refuse_lines before insert on audit_event for each row execute function refuse_line()`);
  const before = await everything();
  const reached: string[] = [];
  for (const { role, path, fields } of acts) {
    const body = { ...fields, confirme: 'oui' };
    const { status } = await stage.ask(role, 'POST', path, { body });
    if (status >= 500) reached.push(path);
  }
  const after = await everything();
  await knex.raw('drop trigger refuse_lines on audit_event');
  expect(reached.length).toBeGreaterThan(15);
  expect(after).toEqual(before);
});
