/** DESIGN §3: the pages of rights read the one session, and ask for recent authentication. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { firm } from '../support/chains.ts';
import { signInOn, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

const MINUTE = 60_000;

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

test.each([
  ['the rights of a site', '/droits-d-acces/:siret', 'head'],
  ['a form that gives them', '/droits-d-acces/:siret/ajouter', 'head'],
  ['the clients of a firm', '/mon-cabinet', 'manager'],
] as const)(
  '%s open for an hour; then the password is typed again, and leads back there',
  async (_, path, who) => {
    const here = await firm(app.world());
    const address = issuer + path.replace(':siret', here.site.siret);
    const visitor = new Visitor();
    const page = await signInOn(visitor, await visitor.get(address), emailOf(here[who]));
    expect([page.status, page.url]).toEqual([200, address]);
    app.clock.advance(59 * MINUTE);
    expect((await visitor.get(address)).url).toBe(address);
    app.clock.advance(2 * MINUTE);
    const asked = await visitor.get(address);
    expect(asked.url).toContain('/connexion/');
    const back = await signInOn(visitor, asked, emailOf(here[who]));
    expect([back.status, back.url]).toEqual([200, address]);
  },
);

test('a form that was begun in time is still taken', async () => {
  const here = await firm(app.world());
  const visitor = new Visitor();
  const begun = `${issuer}/droits-d-acces/${here.site.siret}/ajouter`;
  await signInOn(visitor, await visitor.get(begun), emailOf(here.head));
  app.clock.advance(90 * MINUTE);
  const sent = await visitor.post(`${begun}/droits`, { email: 'pas une adresse' });
  expect(sent.status).toBe(422);
});
