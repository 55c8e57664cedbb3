/**
 * Every route that names something, as the routers have them, with what another caisse knows: whoever asks, by whichever
 * method, gets to the letter the answer that he gets for what nobody knows. A new route fails here until it is told what
 * it names (support/addresses.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillIn, namesSomething, segmentsOf } from '../support/addresses.ts';
import { everyRole, type Method, ROLES, type Stage, THERE, together, whose } from '../support/every-role.ts';
import { type Each, nothing } from '../support/one-of-each.ts';
import type { Answer } from '../support/second-node.ts';
import { rowsOf } from '../support/tenancy-world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await everyRole();
}, 120_000);
afterAll(() => stage.app.close());

/** All that a form of ours may ask for: whatever it would do, it would do. */
const FORM = {
  motif: 'Essai d’une autre caisse',
  email: 'x@essai.test',
  role: 'agent',
  nom: 'Cabinet',
  confirme: 'oui',
  decision: 'accepter',
  vu: 'x',
};

/** All of an answer but what changes each time, and what was named. */
function told({ status, headers, text }: Answer, path: string, each: Each): string {
  const { 'x-request-id': reference = '', date, etag, 'content-length': length, ...others } = headers;
  const all = `${status}\n${JSON.stringify(others)}\n${text}`
    .replaceAll(String(reference), 'REFERENCE')
    .replaceAll(path, 'PATH')
    .replaceAll(encodeURIComponent(path), 'PATH');
  return Object.values(each)
    .filter((id) => id.length >= 10)
    .reduce((said, id) => said.replaceAll(id, 'ID'), all)
    .replace(/((?:nonce|code_challenge)=)[^&"]+/g, '$1');
}

/** 303: to the sign-in. 400: a page that has expired. 405: of a machine's address. */
const REFUSED = new Set([303, 400, 401, 403, 404, 405]);
const NOT_THERE = new Set([404, 405]);
/** Who signs in anew is told nothing of what the address names; an interaction is its browser's alone. */
const LEADS_ON = /:uid|\/autre-compte$/;

const paths = () => [...new Set(stage.app.routes.filter(namesSomething).map(({ path }) => path))];

test('every parameter of every route is known to name something', () => {
  expect(stage.app.routes.filter((route) => segmentsOf(route) === null)).toEqual([]);
  expect(paths().length).toBeGreaterThan(80);
});

test('what our own caisse knows is found at these addresses by those whom it concerns', async () => {
  const lost: unknown[] = [];
  for (const path of paths()) {
    if (!stage.app.routes.some((route) => route.path === path && route.method === 'GET')) continue;
    const { status } = await stage.ask(
      whose(path),
      'GET',
      fillIn({ path }, () => stage.ours.each),
    );
    // 409: it is known, but not as the act would have it.
    if (status >= 400 && status !== 409) lost.push([path, status]);
  }
  expect(lost).toEqual([]);
});

describe('what another caisse knows', () => {
  test.each(ROLES)('is nothing to %s, by any route', async (role) => {
    const { app, ask, ours, theirs } = stage;
    const before = await rowsOf(app.world(THERE).store);
    const none = nothing();
    const wrong: unknown[] = [];
    const look = async (path: string, method: Method, own: number) => {
      const filled = (each: Each) => fillIn({ path }, (place) => (place < own ? ours.each : each));
      const sent = method === 'POST' ? { body: FORM } : {};
      const [at, bare] = [filled(theirs.each), filled(none)];
      const answer = await ask(role, method, at, sent);
      const said = told(answer, at, theirs.each);
      const expected = told(await ask(role, method, bare, sent), bare, none);
      const isHis = role === whose(path) && !LEADS_ON.test(path);
      if (said !== expected) wrong.push([method, path, own, said, expected]);
      else if (!(isHis ? NOT_THERE : REFUSED).has(answer.status))
        wrong.push([method, path, own, answer.status]);
    };
    await together(
      paths().flatMap((path) => {
        const named = (segmentsOf({ path }) ?? []).filter(({ thing }) => thing !== null);
        // Behind one of ours for those who get so far.
        const owns = named
          .map((_, own) => own)
          .filter((own) => own === 0 || role === whose(path) || role === 'agent');
        return owns.flatMap((own) => [() => look(path, 'GET', own), () => look(path, 'POST', own)]);
      }),
    );
    expect(wrong).toEqual([]);
    expect(await rowsOf(app.world(THERE).store)).toEqual(before);
  });

  /** Named by a field or a query instead: who, where, which, and what goes with it. */
  const NAMED = [
    ['supervisor', 'GET', '/gestion', 'q', 'siret'],
    ['supervisor', 'GET', '/gestion', 'q', 'identifiant'],
    ['supervisor', 'GET', '/gestion', 'q', 'email'],
    ['supervisor', 'GET', '/gestion/journal', 'site', 'siret'],
    ['supervisor', 'GET', '/gestion/journal', 'personne', 'email'],
    ['supervisor', 'GET', '/gestion/courriers/retours', 'q', 'siret'],
    ['agent', 'POST', '/gestion/adherents/:id/cabinets/rattacher', 'cabinet', 'cabinet'],
    ['agent', 'POST', '/gestion/courriers/nouveau', 'sirets', 'siret', { origine: 'list' }],
    ['agent', 'POST', '/gestion/courriers/nouveau', 'identifiant', 'identifiant', { origine: 'adherent' }],
    ['manager', 'GET', '/mon-cabinet', 'cabinet', 'cabinet'],
    ['manager', 'GET', '/mon-cabinet', 'q', 'clientSiret'],
    ['manager', 'GET', '/mon-cabinet/confier', 'client', 'clientSiret'],
    ['manager', 'GET', '/mon-cabinet/confier', 'personne', 'colleague'],
    ['manager', 'POST', '/mon-cabinet/confier', 'client', 'clientSiret'],
    ['manager', 'POST', '/mon-cabinet/confier', 'membre', 'membership', { date_effet: '2026-12-01' }],
    ['administrator', 'GET', '/droits-d-acces/:siret/pourquoi', 'personne', 'account'],
    ['administrator', 'GET', '/droits-d-acces/:siret', 'depuis', 'interaction'],
    ['administrator', 'POST', '/mon-compte/acces/service', 'service', 'service'],
  ] as const;

  test.each(NAMED)('is nothing to the %s where the %s of %s names it as « %s » (%s)', async (...named) => {
    const [role, method, route, field, thing, more = {}] = named;
    const { app, ask, ours, theirs } = stage;
    const before = await rowsOf(app.world(THERE).store);
    const path = fillIn({ path: route }, () => ours.each);
    const none = nothing();
    const answer = async (each: Each) => {
      const given = new URLSearchParams({ ...more, [field]: each[thing] }).toString();
      const sent = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: given };
      const [at, with_] = method === 'GET' ? [`${path}?${given}`, {}] : [path, sent];
      // What is listed may tell the asking itself: its own line of the audit, and the lengths of what was typed.
      return told(await ask(role, method, at, with_), at, each).replace(/name="lot" value="[^"]+"/, '');
    };
    expect(await answer(theirs.each)).toBe(await answer(none));
    expect(await rowsOf(app.world(THERE).store)).toEqual(before);
  });
});

test('whatever is no id at all is nothing either', async () => {
  const wrong: unknown[] = [];
  const look = async (path: string, odd: string, method: Method) => {
    const at = path.replace(/:\w+/g, encodeURIComponent(odd));
    const { status } = await stage.ask(whose(path), method, at, method === 'POST' ? { body: FORM } : {});
    if (!REFUSED.has(status)) wrong.push([method, at, status]);
  };
  const odd = ["' or 1=1", '\0', '../..', '__proto__', `${'é'.repeat(50)}`, '-1'];
  await together(
    paths().flatMap((path) =>
      odd.flatMap((one) => [() => look(path, one, 'GET'), () => look(path, one, 'POST')]),
    ),
  );
  expect(wrong).toEqual([]);
});
