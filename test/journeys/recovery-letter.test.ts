import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewSite } from '../../provider/store/adherents.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import {
  activateOn,
  CHOSEN_PASSWORD,
  identifyOn,
  type Letters,
  letters,
  sendDetails,
} from '../support/enrolment.ts';
import { type Page, readableText, request, Visitor } from '../support/visitor.ts';
import type { DescribedSite } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
let addresses = 0;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');

const ask = (identifiant: string): Promise<Page> =>
  new Visitor().post(
    `${issuer()}/mot-de-passe-oublie/code-perdu`,
    { identifiant },
    { 'X-Forwarded-For': `198.51.100.${++addresses}` },
  );

/** A site of a company whose postal address the caisse knows. */
async function siteOf(given: DescribedSite = {}, slug: Slug = 'grand-est'): Promise<NewSite> {
  const site = await app.world(slug).site(given);
  const postal_address = ['12 rue du Faubourg', '57000 METZ'];
  await app.database.knex('adherent').where({ id: site.adherent.id }).update({ postal_address });
  return site;
}

const held = async (): Promise<Letters> => letters(app.world(), app.clock.now(), { site: await siteOf() });

/** The letters with a code that wait for the printer, for that site, newest first. */
async function lettersFor(siret: string) {
  await app.deliver();
  return (await app.letters()).filter((one) => one.siret === siret && one.template === 'confidential_code');
}

/** The line above « À employer »; whoever copies it may keep the spaces. */
const codeIn = (text: string): string => /(\S.*\S)\s+À employer/.exec(text)?.[1] ?? '';

describe('a lost code', () => {
  test('says first where the code is to be found', async () => {
    const page = await new Visitor().get(`${issuer()}/mot-de-passe-oublie/code-perdu`);
    const text = readableText(page);
    expect(text.indexOf('CONFIDENTIEL')).toBeGreaterThan(0);
    expect(text.indexOf('CONFIDENTIEL')).toBeLessThan(text.indexOf('Demander un nouveau code'));
    expect(text).toContain('ancien espace');
    expect(page.text).toContain('href="/grand-est/premiere-connexion"');
  });

  test('comes again by post, takes the place of the one before, and opens the account', async () => {
    app.clock.advance(DAY);
    const former = await held();
    app.clock.advance(2 * DAY);
    expect(readableText(await ask(` ${former.identifiant.toLowerCase()} `))).toContain(
      'Votre demande est enregistrée',
    );
    const [letter] = await lettersFor(former.siret);
    const code = codeIn(letter?.text ?? '');
    expect(code.replaceAll(' ', ''), letter?.text).toHaveLength(10);
    const visitor = new Visitor();
    expect((await identifyOn(visitor, issuer(), former)).status).toBe(422);
    const form = await identifyOn(visitor, issuer(), { ...former, code });
    const email = 'revenu@essai.test';
    await sendDetails(visitor, form, { email });
    await app.deliver();
    await activateOn(visitor, await visitor.get(app.inbox.next(email).link));
    const asked = await request(issuer(), 'portail');
    const page = await visitor.get(asked.url);
    expect(page.url).toContain('/connexion/');
    const back = await visitor.post(page.url, { email, password: CHOSEN_PASSWORD });
    expect(back.location).toContain('code=');
  });

  test('leaves for each site of the adhérent whose space is not open, and for no other', async () => {
    const world = app.world();
    const first = await siteOf({ name: 'Siège' });
    const second = await world.site({ name: 'Agence', adherent: first.adherent });
    const open = await world.site({ name: 'Dépôt', adherent: first.adherent });
    await world.enrol(await world.account(), open);
    await ask(first.adherent.identifiant);
    expect(await lettersFor(first.siret)).toHaveLength(1);
    expect(await lettersFor(second.siret)).toHaveLength(1);
    expect(await lettersFor(open.siret)).toHaveLength(0);
  });

  test('leaves at most once a day and three times a month', async () => {
    const site = await siteOf();
    const { identifiant } = site.adherent;
    await Promise.all([ask(identifiant), ask(identifiant)]);
    expect(await lettersFor(site.siret)).toHaveLength(1);
    const counts = [];
    for (let day = 0; day < 4; day++) {
      app.clock.advance(DAY + 1000);
      await ask(identifiant);
      counts.push((await lettersFor(site.siret)).length);
    }
    expect(counts).toEqual([2, 3, 3, 3]);
    app.clock.advance(27 * DAY);
    await ask(identifiant);
    expect((await lettersFor(site.siret)).length).toBeGreaterThan(0);
  });

  test('does not leave where the caisse knows no address, and the one before stays good', async () => {
    const lost = await letters(app.world(), app.clock.now());
    await ask(lost.identifiant);
    expect(await lettersFor(lost.siret)).toEqual([]);
    expect((await identifyOn(new Visitor(), issuer(), lost)).status).toBe(200);
  });

  test('of another caisse stays there', async () => {
    const site = await siteOf({}, 'nord-ouest');
    await ask(site.adherent.identifiant);
    expect(await lettersFor(site.siret)).toHaveLength(0);
    expect(await app.letters('nord-ouest')).toHaveLength(0);
  });

  test('is asked for in the same words and with the same statements, whoever is known', async () => {
    const world = app.world();
    const lost = (await held()).identifiant;
    const opened = await world.site();
    await world.enrol(await world.account(), opened);
    const answers = [];
    for (const identifiant of [lost, opened.adherent.identifiant, 'E-00000000']) {
      const statements: string[] = [];
      const note = ({ sql }: { sql: string }) => void statements.push(sql.replace(/trx\d+/g, ''));
      app.database.knex.on('query', note);
      const page = await ask(identifiant);
      app.database.knex.off('query', note);
      answers.push({
        status: page.status,
        text: page.text.replaceAll(identifiant, '…'),
        headers: Object.keys(page.headers).sort(),
        statements: statements.filter((sql) => !sql.includes('throttle')).length,
      });
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test('is slowed down alike for any identifiant', async () => {
    for (const identifiant of [(await held()).identifiant, 'E-11111111']) {
      const statuses = [];
      for (let i = 0; i < 6; i++) statuses.push((await ask(identifiant)).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    }
  });

  test('goes on where a process died between two sites', async () => {
    const world = app.world();
    const first = await siteOf();
    const second = await world.site({ adherent: first.adherent });
    await ask(first.adherent.identifiant);
    await app.database.knex.raw(`create function die() returns trigger language plpgsql as $$ begin
      if new.site_id = '${second.id}' then raise exception 'killed'; end if; return new; end $$`);
    await app.database.knex.raw(
      'create trigger die before insert on confidential_code for each row execute function die()',
    );
    await expect(app.deliver()).rejects.toThrow('killed');
    await app.database.knex.raw('drop function die() cascade');
    expect(await lettersFor(first.siret)).toHaveLength(1);
    expect(await lettersFor(second.siret)).toHaveLength(1);
  });
});
