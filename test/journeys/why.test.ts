import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, changeDelegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administratorOfThree } from '../support/cast.ts';
import { type Page, readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn, type World } from '../support/world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

let app: TestApp;
let world: World;
beforeAll(async () => {
  app = await startApp();
  world = app.world();
});
afterAll(() => app.close());

const at = (path: string) => `${app.issuerOf('grand-est')}/droits-d-acces${path}`;

async function open(email: string, path: string) {
  const visitor = new Visitor();
  return { visitor, page: await signInOn(visitor, await visitor.get(at(path)), email) };
}

const change = async (id: string, what: Change) => {
  const seen = await findDelegation(world.store, id);
  if (!seen || !(await changeDelegation(world.store, seen, what, app.clock.now())))
    throw new Error('not changed');
};

/** A head, a colleague, the firm, one of its staff and its manager: planning for workers, documents in consultation. */
async function company() {
  const head = await administratorOfThree(world);
  const [root = ''] = head.delegations;
  const rights = rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }, ['ouvrier']);
  const [colleague, staff, manager] = [
    await world.account({ givenName: 'Dominique', familyName: 'Témoin' }),
    await world.account({ givenName: 'Alex', familyName: 'Écritures' }),
    await world.account({ givenName: 'Maxime', familyName: 'Cabinet' }),
  ];
  const toColleague = await world.delegate(
    head.metz,
    root,
    { from: head.accountId, to: colleague },
    { rights },
  );
  const cabinetId = await world.cabinet('Comptes et Chantiers');
  const attachmentId = await world.attach(cabinetId, head.metz.adherent.id);
  const membershipId = await world.join(cabinetId, staff, 'staff');
  const managing = await world.join(cabinetId, manager, 'manager');
  const toFirm = await world.link(
    head.metz,
    {
      kind: 'cabinet',
      parentId: root,
      grantorAccountId: head.accountId,
      granteeCabinetId: cabinetId,
      attachmentId,
    },
    { rights },
  );
  const toStaff = await world.link(
    head.metz,
    { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
    { rights },
  );
  const ids = {
    root,
    colleague,
    staff,
    manager,
    toColleague,
    toFirm,
    toStaff,
    membershipId,
    attachmentId,
    managing,
  };
  return { ...head, ...ids, path: `/${head.metz.siret}` };
}
type Company = Awaited<ReturnType<typeof company>>;

const question = (personne: string, fonctionnalite: string, droit = 'mise_a_jour', college = 'ouvrier') =>
  `/pourquoi?${new URLSearchParams({ personne, fonctionnalite, droit, college })}`;

/** The answer, its first chain's links, and the one that stops it. */
function told(page: Page) {
  const [, answer = ''] = page.text.split('id="reponse"');
  const links = answer.split('</ol>')[0]?.split('<li class="chain__link').slice(1) ?? [];
  return {
    sentence: readableText({ text: `<h2 ${answer.split('</h2>')[0]}` }).trim(),
    links: links.map((link) => readableText({ text: `<li class="${link}` }).trim()),
    stop: links.map((link) => link.startsWith(' chain__link--stop')).indexOf(true),
  };
}

describe('why somebody holds a right', () => {
  let c: Company;
  let visitor: Visitor;
  beforeAll(async () => {
    c = await company();
    ({ visitor } = await open(c.email, `${c.path}/pourquoi`));
  });
  const ask = async (...asked: Parameters<typeof question>) =>
    told(await visitor.get(at(c.path + question(...asked))));

  test('by whom, since when, until when', async () => {
    const { sentence, links, stop } = await ask(c.colleague, 'planning');
    expect(sentence).toBe('Oui, Dominique Témoin peut mettre à jour « Mon planning », collège Ouvriers.');
    expect(links).toHaveLength(2);
    expect(links[0]).toMatch(/^Camille Bâtisseur est à l’origine des droits du site Depuis le .*, sans fin$/);
    expect(links[1]).toMatch(/^Dominique Témoin a reçu une délégation, par Camille Bâtisseur Depuis le /);
    expect(stop).toBe(-1);
  });

  test('through a firm, staff and managers alike', async () => {
    const staff = await ask(c.staff, 'planning');
    expect(staff.sentence).toMatch(/^Oui, Alex Écritures peut/);
    expect(staff.links.map((link) => link.split(' Depuis')[0])).toEqual([
      'Camille Bâtisseur est à l’origine des droits du site',
      'Comptes et Chantiers a reçu une délégation, comme cabinet comptable, par Camille Bâtisseur',
      'Alex Écritures a reçu une délégation de son cabinet, par Comptes et Chantiers',
    ]);
    const manager = await ask(c.manager, 'documents', 'consultation');
    expect(manager.sentence).toMatch(/^Oui, Maxime Cabinet peut consulter/);
    expect(manager.links.at(-1)).toMatch(/^Maxime Cabinet est responsable du cabinet/);
  });

  test('and names the link that stops it when it is not held', async () => {
    const level = await ask(c.colleague, 'documents');
    expect(level.sentence).toMatch(/^Non, Dominique Témoin ne peut pas mettre à jour « Mes documents »/);
    expect([level.stop, level.links[1]]).toEqual([
      1,
      expect.stringContaining('ne donne que la consultation'),
    ]);
    const college = await ask(c.colleague, 'planning', 'consultation', 'cadre');
    expect([college.stop, college.links[1]]).toEqual([
      1,
      expect.stringContaining('ne couvre pas ce collège'),
    ]);
    const none = await ask(c.colleague, 'telepaiements', 'consultation');
    expect([none.stop, none.links[1]]).toEqual([1, expect.stringContaining('ne donne aucun droit')]);
  });

  test('the topmost one, when several do', async () => {
    await change(c.toFirm, { status: 'suspended' });
    await change(c.toStaff, { status: 'closed' });
    const { stop, links } = await ask(c.staff, 'planning');
    expect(stop).toBe(1);
    expect(links[1]).toContain('Cette délégation est en veille');
    expect(links[2]).toContain('Cette délégation est clôturée');
    await change(c.toFirm, { status: 'active' });
    expect((await ask(c.staff, 'planning')).stop).toBe(2);
    await change(c.toStaff, { status: 'active' });
  });

  test('also when the firm is no longer the company’s, or the person no longer the firm’s', async () => {
    const iso = new Date(app.clock.now()).toISOString();
    await world.change('cabinet_client', c.attachmentId, { ends_at: iso });
    expect((await ask(c.staff, 'planning')).links[1]).toContain(
      'le cabinet n’est plus rattaché à l’entreprise',
    );
    await world.change('cabinet_client', c.attachmentId, { ends_at: null });
    await world.change('cabinet_member', c.membershipId, { ends_at: iso });
    const left = await ask(c.staff, 'planning');
    expect([left.stop, left.links[2]]).toEqual([
      2,
      expect.stringContaining('ne fait plus partie du cabinet'),
    ]);
    await world.change('cabinet_member', c.managing, { ends_at: iso });
    expect((await ask(c.manager, 'planning')).links[2]).toContain('a pris fin');
  });
});

describe('whom one may ask about', () => {
  test('are those to whom something was given on that site, by name or address', async () => {
    const c = await company();
    await world.account({ givenName: 'Dominique', familyName: 'Inconnu' });
    const { visitor, page } = await open(c.email, `${c.path}/pourquoi`);
    const all = readableText(page);
    for (const name of ['Camille Bâtisseur', 'Dominique Témoin', 'Alex Écritures', 'Maxime Cabinet'])
      expect(all).toContain(name);
    expect(all).not.toContain('Inconnu');
    const found = readableText(await visitor.get(at(`${c.path}/pourquoi?q=temoin+dom`)));
    expect(found).toContain('Dominique Témoin');
    expect(found).not.toContain('Alex Écritures');
    expect(readableText(await visitor.get(at(`${c.path}/pourquoi?q=inconnu`)))).toContain(
      'Personne à ce nom',
    );
  });

  test('an account that has nothing to do with the site is as unknown as none', async () => {
    const c = await company();
    const stranger = await world.account({ familyName: 'Ailleurs' });
    const neighbour = await app.world('nord-ouest').account();
    const { visitor } = await open(c.email, `${c.path}/pourquoi`);
    const asked = async (personne: string) =>
      readableText(await visitor.get(at(c.path + question(personne, 'planning'))));
    const none = await asked('00000000-0000-4000-8000-000000000000');
    for (const personne of [stranger, neighbour, 'x', "'"]) expect(await asked(personne)).toBe(none);
  });

  test('is nobody, for whoever is no administrator of the site', async () => {
    const c = await company();
    for (const path of ['/pourquoi', '/a-la-date', question(c.staff, 'planning')]) {
      expect((await open(emailOf(c.colleague), c.path + path)).page.status).toBe(403);
      expect((await open((await world.administrator(1)).email, c.path + path)).page.status).toBe(404);
    }
  });
});

describe('who could, at a moment of the past', () => {
  const people = (page: Page) =>
    [...(page.text.split('id="reponse"')[1] ?? '').matchAll(/open__name">([^<]+)/g)].map(([, name]) => name);
  const clock = (instant: number) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'short' })
      .format(instant)
      .split(' ');
  const then = (c: Company, instant: number, fonctionnalite: string, more: Record<string, string> = {}) => {
    const [jour = '', heure = ''] = clock(instant);
    return at(
      `${c.path}/a-la-date?${new URLSearchParams({ fonctionnalite, droit: 'mise_a_jour', college: 'ouvrier', jour, heure, ...more })}`,
    );
  };

  test('is told from what delegations said then', async () => {
    const c = await company();
    const start = app.clock.now();
    app.clock.advance(2 * DAY);
    await change(c.toColleague, { rights: rightsOn({ planning: 'consultation' }) });
    app.clock.advance(2 * DAY);
    await change(c.toFirm, { status: 'suspended' });
    app.clock.advance(2 * DAY);
    await change(c.toFirm, { status: 'active' });
    await change(c.toColleague, { status: 'closed' });
    app.clock.advance(2 * DAY);
    const { visitor } = await open(c.email, `${c.path}/a-la-date`);
    const could = async (days: number, more?: Record<string, string>) =>
      people(await visitor.get(then(c, start + days * DAY, 'planning', more)));
    const all = ['Bâtisseur Camille', 'Cabinet Maxime', 'Écritures Alex', 'Témoin Dominique'];
    expect(await could(1)).toEqual(all);
    expect(await could(3)).toEqual(all.slice(0, 3));
    expect(await could(3, { droit: 'consultation' })).toEqual(all);
    expect(await could(5)).toEqual(all.slice(0, 1));
    expect(await could(7)).toEqual(all.slice(0, 3));
    expect(await could(7, { droit: 'consultation' })).toEqual(all.slice(0, 3));
    expect(await could(1, { college: 'cadre' })).toEqual(['Bâtisseur Camille']);
    expect(await could(-101)).toEqual([]);
  });

  test('counts who has left the firm since, and not who came later', async () => {
    const c = await company();
    const start = app.clock.now();
    app.clock.advance(DAY);
    const late = await world.account({ givenName: 'Noa', familyName: 'Tardif' });
    await world.change('cabinet_member', c.managing, { ends_at: new Date(app.clock.now()).toISOString() });
    app.clock.advance(HOUR);
    const { metz, root, accountId } = c;
    const id = await world.delegate(
      metz,
      root,
      { from: accountId, to: late },
      { from: app.clock.now(), rights: rightsOn({ planning: 'mise_a_jour' }) },
    );
    await world.change('delegation', id, { created_at: new Date(app.clock.now()).toISOString() });
    app.clock.advance(DAY);
    const { visitor } = await open(c.email, `${c.path}/a-la-date`);
    const before = people(await visitor.get(then(c, start + HOUR, 'planning')));
    const after = people(await visitor.get(then(c, start + DAY + 2 * HOUR, 'planning')));
    expect(before).toContain('Cabinet Maxime');
    expect(before).not.toContain('Tardif Noa');
    expect(after).not.toContain('Cabinet Maxime');
    expect(after).toContain('Tardif Noa');
  });

  test('names who gave it, through which firm, from when until when', async () => {
    const c = await company();
    const { visitor } = await open(c.email, `${c.path}/a-la-date`);
    const text = readableText(await visitor.get(then(c, app.clock.now() - HOUR, 'planning')));
    expect(text).toMatch(
      /Qui pouvait mettre à jour « Mon planning », collège Ouvriers, le .* à \d{1,2} h \d\d/,
    );
    expect(text).toMatch(/Écritures Alex .* De : Comptes et Chantiers depuis le/);
    expect(text).toMatch(/Témoin Dominique .* De : Camille Bâtisseur depuis le/);
    expect(text).toMatch(/Bâtisseur Camille .* À l’origine des droits du site depuis le/);
  });

  test.each([
    ['jour=31/02/2026', 'Saisissez une date complète'],
    ['jour=2999-01-01', 'Choisissez un moment passé'],
    ['jour=2026-03-03&heure=25:00', 'Saisissez une heure'],
    ['', 'Saisissez une date complète'],
  ])('asks again for a moment that is none (%s)', async (query, words) => {
    const c = await company();
    const { page } = await open(c.email, `${c.path}/a-la-date?fonctionnalite=planning&${query}`);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(words);
  });

  test('answers nothing about a feature that is none', async () => {
    const c = await company();
    const { visitor, page } = await open(c.email, `${c.path}/a-la-date`);
    for (const slug of ['', '__proto__', 'inconnue']) {
      const answer = await visitor.get(at(`${c.path}/a-la-date?fonctionnalite=${slug}&jour=2026-03-03`));
      expect([answer.status, people(answer)]).toEqual([200, []]);
    }
    expect(page.status).toBe(200);
  });
});
