/**
 * Whether time tells what pages do not: known against unknown, right half against wrong, each first in turn, each from an
 * address of its own so that nothing is throttled. Prints medians and their ratio; a machine's noise is the judge.
 */
import { afterAll, beforeAll, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { identifiersOf, letters } from '../support/enrolment.ts';
import { request, Visitor } from '../support/visitor.ts';
import { newSiret } from '../support/world.ts';

const ROUNDS = 40;

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

let host = 0;
const fromAnywhere = () => new Visitor({ 'X-Forwarded-For': `198.18.${++host >> 8}.${host & 255}` });

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Case = (round: number) => Promise<() => Promise<unknown>>;

/** One of each in turn, so that whatever else the machine does befalls both. */
async function compare(name: string, known: Case, unknown: Case): Promise<void> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const i of order) {
      const act = await (i === 0 ? known : unknown)(round);
      const spent = await timed(act);
      if (round > 2) times[i]?.push(spent);
    }
  }
  const [a, b] = times.map(median) as [number, number];
  console.log(`${name}: known ${a.toFixed(1)} ms, unknown ${b.toFixed(1)} ms, ratio ${(a / b).toFixed(3)}`);
}

const signIn =
  (emailOf: () => Promise<string>): Case =>
  async () => {
    const email = await emailOf();
    const visitor = fromAnywhere();
    const form = await visitor.get((await request(issuer, 'portail')).url);
    return () => visitor.post(form.url, { email, password: 'pas-le-bon-mot-de-passe' });
  };

const known = async () => (await app.world().administrator(1)).email;
const unknown = async () => `personne-${++host}@essai.test`;

test('a wrong password', () => compare('sign-in', signIn(known), signIn(unknown)));

const reset =
  (emailOf: () => Promise<string>): Case =>
  async () => {
    const email = await emailOf();
    const visitor = fromAnywhere();
    return () => visitor.post(`${issuer}/mot-de-passe-oublie/espace-ouvert`, { email });
  };

test('a forgotten password', () => compare('reset', reset(known), reset(unknown)));

const identify =
  (wrong: 'code' | 'siret'): Case =>
  async () => {
    const held = await letters(app.world(), app.clock.now());
    const other = await letters(app.world(), app.clock.now());
    const typed = { ...identifiersOf(held), [wrong]: wrong === 'code' ? other.code : newSiret() };
    const visitor = fromAnywhere();
    return () => visitor.post(`${issuer}/premiere-connexion/identification`, typed);
  };

test('a wrong code for a known site, against an unknown site', () =>
  compare('identification', identify('code'), identify('siret')));
