import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { administratorOfThree } from '../support/cast.ts';
import { manyBeneficiaries } from '../support/many-beneficiaries.ts';
import { company, linkOn, namesOn, rightsPages, rowsOn } from '../support/rights-list.ts';
import { readableText } from '../support/visitor.ts';
import { emailOf, type World } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
let world: World;
let at: ReturnType<typeof rightsPages>['at'];
let open: ReturnType<typeof rightsPages>['open'];
beforeAll(async () => {
  app = await startApp();
  world = app.world();
  ({ at, open } = rightsPages(app));
});
afterAll(() => app.close());

describe('the list of beneficiaries', () => {
  test('tells role, name, status, dates and address, by name', async () => {
    const { email, path, now, active } = await company(app);
    const { page } = await open(email, `${path}?par_page=25`);
    expect(namesOn(page)).toEqual([
      'Aubois Alex',
      'Bâtisseur Camille (vous)',
      'Closel Alex',
      'Demain Alex',
      'Écluse Alex',
      'Martin Alex',
      'Reconduit Alex',
      'Zénith Alex',
    ]);
    const statuses = Object.fromEntries(
      rowsOn(page).map(([, name, status]) => [name?.split(' ')[0], status]),
    );
    expect(statuses).toEqual({
      Aubois: 'Actif en veille',
      Bâtisseur: 'Actif',
      Closel: 'Inactif clôturée',
      Demain: 'Actif n’a pas encore pris effet',
      Écluse: 'Actif',
      Martin: 'Actif',
      Reconduit: 'En attente à renouveler',
      Zénith: 'Inactif arrivée à son terme',
    });
    const martin = rowsOn(page).find(([, name]) => name === 'Martin Alex') ?? [];
    const day = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'short' });
    expect(martin.slice(0, 1)).toEqual(['Administrateur']);
    expect(martin[4]).toContain(day.format(now + 20 * DAY - 1));
    expect(page.text).toContain(`/droits-d-acces${path}/delegations/${active}`);
  });

  test('offers on each row what may be done to it', async () => {
    const { email, path } = await company(app);
    const { page } = await open(email, `${path}?par_page=25`);
    const acts = Object.fromEntries(
      rowsOn(page).map((cells) => [
        cells[1]?.split(' ')[0],
        cells.at(-1)?.replaceAll(/ la délégation de [^ ]+ [^ ]+/g, ''),
      ]),
    );
    expect(acts).toEqual({
      Aubois: 'Voir Modifier Clôturer',
      Bâtisseur: 'Voir',
      Closel: 'Voir',
      Demain: 'Voir Modifier Clôturer',
      Écluse: 'Voir Modifier Clôturer',
      Martin: 'Voir Modifier Clôturer',
      Reconduit: 'Voir Renouveler Clôturer',
      Zénith: 'Voir',
    });
  });

  test('offers nothing on what somebody else’s branch gave', async () => {
    const { metz, administrator, path } = await company(app);
    const { rows } = await world.store.sql.raw(
      'select grantee_account_id as id from delegation where id = ?',
      [administrator],
    );
    const { page } = await open(emailOf(rows[0].id), `${path}?par_page=25`);
    const acts = rowsOn(page).map((cells) => cells.at(-1)?.split(' ')[0]);
    expect(rowsOn(page).every((cells) => !cells.at(-1)?.includes('Clôturer'))).toBe(true);
    expect(new Set(acts)).toEqual(new Set(['Voir']));
    expect(readableText(page)).toContain(metz.name);
  });

  test('is sorted by any column, by links that say how it stands', async () => {
    const { email, path } = await company(app);
    const { visitor, page } = await open(email, `${path}?par_page=25`);
    expect(page.text.match(/aria-sort="(?!none)\w+"/g)).toEqual(['aria-sort="ascending"']);
    const down = await visitor.get(linkOn(page, 'Nom et prénom'));
    expect(namesOn(down)).toEqual(namesOn(page).reverse());
    expect(down.text).toContain('aria-sort="descending"');
    const byEnd = await visitor.get(linkOn(page, 'Date de fin'));
    expect(namesOn(byEnd).slice(0, 2)).toEqual(['Zénith Alex', 'Martin Alex']);
    expect(new URL(byEnd.url).searchParams.get('tri')).toBe('fin');
  });

  test('is filtered by role, status, dates and name, and leaves out the inactive', async () => {
    const { email, path, now } = await company(app);
    const { visitor } = await open(email, path);
    const names = async (query: string) =>
      namesOn(await visitor.get(at(`${path}?par_page=25&${query}`))).map((name) => name?.split(' ')[0]);
    expect(await names('role=administrateur')).toEqual(['Bâtisseur', 'Martin']);
    expect(await names('statut=en_attente')).toEqual(['Reconduit']);
    expect(await names('statut=inactif')).toEqual(['Closel', 'Zénith']);
    expect(await names('sans_inactifs=oui&role=utilisateur')).toEqual([
      'Aubois',
      'Demain',
      'Écluse',
      'Reconduit',
    ]);
    expect(await names('q=ecluse')).toEqual(['Écluse']);
    const day = (instant: number) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(instant);
    expect(await names(`effet=${day(now + 10 * DAY)}`)).toEqual(['Demain']);
    expect(await names(`effet=${day(now + 11 * DAY)}`)).toEqual([]);
    expect(await names(`fin=${day(now + 20 * DAY)}`)).toEqual(['Martin', 'Zénith']);
    expect(await names(`fin=${day(now + 19 * DAY)}`)).toEqual(['Zénith']);
  });

  test('tells an empty result from an empty list', async () => {
    const { email, sites } = await world.administrator(1);
    const path = `/${sites[0]?.siret}`;
    const { visitor, page } = await open(email, path);
    expect(readableText(page)).toContain('Aucune délégation pour le moment');
    const none = await visitor.get(at(`${path}?q=zzz`));
    expect(readableText(none)).toContain('Aucun résultat');
    expect(readableText(none)).not.toContain('Aucune délégation pour le moment');
  });

  test('says which date it cannot read, and keeps the rest', async () => {
    const { email, path } = await company(app);
    const { visitor } = await open(email, path);
    const page = await visitor.get(at(`${path}?effet=31-13-2026&role=utilisateur`));
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Erreur : Gérer les droits d’accès');
    expect(page.text).toContain('value="31-13-2026"');
    expect(page.text).toMatch(/value="utilisateur" selected/);
  });

  test('takes anything in its address for what it is not', async () => {
    const { email, path } = await company(app);
    const { visitor, page } = await open(email, path);
    for (const query of [
      'page=-1',
      'page=1e9',
      'par_page=7',
      'tri=__proto__',
      'statut=constructor',
      'role=%00',
      'ordre=x',
      'site=x',
      'tri=site',
    ])
      expect(namesOn(await visitor.get(at(`${path}?${query}`)))).toEqual(namesOn(page));
  });

  test('covers another site, or all that one administers of the company', async () => {
    const head = await company(app);
    const nancy = (await world.store
      .sql('site')
      .first('siret')
      .where({ adherent_id: head.metz.adherent.id, name: 'Agence de Nancy' })) as { siret: string };
    const { visitor, page } = await open(head.email, `${head.path}?par_page=25`);
    expect(page.text).toMatch(/<option value="tous">/);
    const other = await visitor.get(at(`${head.path}?site=${nancy.siret}&par_page=25`));
    expect(other.url).toBe(at(`/${nancy.siret}?par_page=25`));
    expect(namesOn(other)).toEqual(['Bâtisseur Camille (vous)']);
    const all = await visitor.get(at(`${head.path}?site=tous&par_page=25`));
    expect(rowsOn(all)).toHaveLength(9);
    expect(rowsOn(all).filter((cells) => cells[2]?.includes('Agence de Nancy'))).toHaveLength(1);
    expect(readableText(all)).not.toContain('Dépôt de Toul');
  });

  test('does not cover a site of the company that somebody else administers', async () => {
    const head = await company(app);
    const other = await world.account({ familyName: 'Ailleurs' });
    const [toul] = await world.sites([{ name: 'Agence de Toul', adherent: head.metz.adherent }]);
    if (!toul) throw new Error('no site');
    await world.enrol(other, toul);
    const { page, visitor } = await open(head.email, `${head.path}?site=tous&par_page=25`);
    expect(readableText(page)).not.toContain('Ailleurs');
    expect((await visitor.get(at(`${head.path}?site=${toul.siret}`))).url).toContain(head.path);
  });

  test('leads on within the errand that a service sent its person on', async () => {
    const { email, path } = await company(app);
    const depuis = 'une-demande-de-service';
    const { visitor } = await open(email, path);
    const page = await visitor.get(at(`${path}?depuis=${depuis}&par_page=5`));
    const own = [...page.text.matchAll(/(?:href|action)="([^"]*\/droits-d-acces[^"]*)"/g)].map(
      ([, href]) => href ?? '',
    );
    const [forms, links] = [
      own.filter((href) => href.endsWith(path)),
      own.filter((href) => !href.endsWith(path)),
    ];
    expect(links.length).toBeGreaterThan(15);
    for (const href of links) expect(href).toContain(`depuis=${depuis}`);
    expect(forms).toHaveLength(1);
    expect(page.text).toContain(`<input type="hidden" name="depuis" value="${depuis}">`);
  });

  test('calls roles as the caisse calls them', async () => {
    const { email, path } = await company(app);
    const sql = world.store.sql;
    const { settings } = await sql('caisse').first('settings').where({ id: 'grand-est' });
    const roles = { user: 'Collaborateur', administrator: 'Responsable adjoint' };
    const changed = { ...settings, delegations: { invitationDays: 30, confirmColleagues: true, roles } };
    await sql('caisse')
      .update({ settings: JSON.stringify(changed) })
      .where({ id: 'grand-est' });
    try {
      await expect
        .poll(async () => readableText((await open(email, path)).page))
        .toContain('Responsable adjoint');
    } finally {
      await sql('caisse')
        .update({ settings: JSON.stringify(settings) })
        .where({ id: 'grand-est' });
    }
  });

  test('names the firm that may receive a delegation, and whether one exists', async () => {
    const { email, path, metz, root, accountId } = await company(app);
    const { visitor, page } = await open(email, path);
    expect(readableText(page)).toContain('Aucun cabinet comptable n’est rattaché');
    const cabinetId = await world.cabinet('Comptes et Chantiers');
    const attachmentId = await world.attach(cabinetId, metz.adherent.id);
    expect(readableText(await visitor.get(at(path)))).toMatch(/Comptes et Chantiers Aucune délégation/);
    const toFirm = {
      kind: 'cabinet',
      parentId: root,
      grantorAccountId: accountId,
      granteeCabinetId: cabinetId,
      attachmentId,
    } as const;
    await world.link(metz, toFirm, { status: 'closed' });
    expect(readableText(await visitor.get(at(path)))).toMatch(/Comptes et Chantiers Aucune délégation/);
    const id = await world.link(metz, toFirm, {});
    const given = await visitor.get(at(path));
    expect(readableText(given)).toMatch(/Comptes et Chantiers Délégation depuis le [\d/]+ Actif/);
    expect(given.text).toContain(`${path}/delegations/${id}`);
    await world.change('cabinet_client', attachmentId, { ends_at: new Date(app.clock.now()).toISOString() });
    expect(readableText(await visitor.get(at(path)))).not.toContain('Comptes et Chantiers');
  });

  test('goes through ten thousand, five at a time, in as many queries as through ten', async () => {
    const queriesOn = async (count: number) => {
      const head = await administratorOfThree(world);
      const on = {
        siteId: head.metz.id,
        adherentId: head.metz.adherent.id,
        root: head.delegations[0] ?? '',
        giver: head.accountId,
      };
      await manyBeneficiaries(world, on, { count, now: app.clock.now() });
      const { visitor, page } = await open(head.email, `/${head.metz.siret}`);
      expect(rowsOn(page)).toHaveLength(5);
      expect(readableText(page)).toContain(
        `${new Intl.NumberFormat('fr-FR').format(count + 1).replace(/\s/, ' ')} bénéficiaires`,
      );
      let queries = 0;
      const counted = () => void queries++;
      app.database.knex.on('query', counted);
      const last = await visitor.get(at(`/${head.metz.siret}?page=${Math.ceil((count + 1) / 5)}&tri=fin`));
      app.database.knex.off('query', counted);
      expect(rowsOn(last)).toHaveLength(1);
      return queries;
    };
    const few = await queriesOn(10);
    expect(await queriesOn(10_000)).toBe(few);
    expect(few).toBeLessThanOrEqual(12);
  }, 60_000);
});
