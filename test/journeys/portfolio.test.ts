import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEnforcer } from '../../policies/enforcer.ts';
import { dayOf } from '../../provider/domain/calendar.ts';
import { EVERYTHING, effectiveRights, levelOf } from '../../provider/domain/rights.ts';
import { giftOf, possibleActions } from '../../provider/journeys/giving.ts';
import { readChain } from '../../provider/store/chains.ts';
import { type Delegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtScreens, signedInAt } from '../support/own-screens.ts';
import { type Portfolio, portfolio, serve } from '../support/portfolio.ts';
import { named } from '../support/site-list.ts';
import { type Page, readableText } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;
const SALARIES = 9;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const now = () => app.clock.now();
const at = (accountId: string, path = '/mon-cabinet'): Promise<AtScreens> =>
  signedInAt(app.issuerOf('grand-est'), accountId, path);
const pathOf = (page: Page): string => new URL(page.url).pathname.replace('/grand-est', '');
const seenOn = (page: Page): string => /name="vu" value="([^"]+)"/.exec(page.text)?.[1] ?? '';

async function heldBy(accountId: string, siteId: string) {
  const holding = await readHolding(app.world().store, accountId, { siteId });
  return effectiveRights(holding?.chains ?? [], now());
}

const levelOn = async (accountId: string, siteId: string, feature: number) =>
  levelOf(await heldBy(accountId, siteId), feature, null);

const rowsOf = (held: Portfolio, accountId = held.staff) =>
  app
    .world()
    .store.sql('delegation')
    .where({ kind: 'staff', grantor_cabinet_id: held.cabinetId, grantee_account_id: accountId })
    .orderBy('created_at');

const auditOf = (held: Portfolio) =>
  app.world().store.sql('audit_event').whereRaw(`facts->>'cabinet' = ?`, [held.cabinetId]).orderBy('at');

const dayIn = (days: number) => dayOf(now() + days * DAY, 'Europe/Paris');
const TODAY = () => dayIn(0);

/** Through the four steps, up to the recap. */
async function toRecap(
  there: AtScreens,
  chosen: {
    readonly membershipId: string;
    readonly sirets: readonly string[] | 'tout';
    readonly rights: Record<string, string>;
    readonly manque?: 'reduire' | 'ecarter';
    readonly to?: string;
  },
): Promise<Page> {
  const dates = { date_effet: TODAY(), date_fin: chosen.to ?? '' };
  const clients = await there.post('/mon-cabinet/confier', { membre: chosen.membershipId, ...dates });
  const ticks =
    chosen.sirets === 'tout'
      ? {}
      : Object.fromEntries(chosen.sirets.map((siret) => [`client_${siret}`, 'oui']));
  const montres = chosen.sirets === 'tout' ? '' : chosen.sirets.join(',');
  if (chosen.sirets === 'tout') await there.post(pathOf(clients), { aller: 'tout', liste: '', montres });
  const rights = await there.post(pathOf(clients), { ...ticks, montres, aller: 'continuer' });
  return there.post(pathOf(rights), {
    college_ouvrier: 'oui',
    college_etam: 'oui',
    college_cadre: 'oui',
    ...chosen.rights,
    manque: chosen.manque ?? 'reduire',
  });
}

/** Every client, to the first of its people, with one right at its most. */
const allTo = ({ membershipId }: Portfolio) =>
  ({ membershipId, sirets: 'tout', rights: { droit_salaries: 'mise_a_jour' } }) as const;

const apply = (there: AtScreens, recap: Page) => there.post(pathOf(recap), { vu: seenOn(recap) });

describe('the list of a firm’s clients', () => {
  let held: Portfolio;
  let there: AtScreens;
  beforeAll(async () => {
    const clients = [
      { raisonSociale: 'Maçonnerie Élégante', name: 'Agence de Metz' },
      { raisonSociale: 'Toitures du Nord', name: 'Dépôt' },
      { raisonSociale: 'Charpentes de l’Est', name: 'Siège' },
      ...named(30, 'Zone'),
    ];
    held = await portfolio(app.world(), clients, {
      now: now(),
      toFirm: (place) => {
        if (place === 1)
          return { to: now() + 10 * DAY, rights: rightsOn({ salaries: 'consultation' }, ['etam']) };
        return place === 2 ? { status: 'suspended' } : {};
      },
    });
    await serve(app.world(), held, { place: 0, to: 'staff' });
    there = await at(held.manager);
  });

  test('tells what the firm holds, until when, and who serves the client', async () => {
    const text = readableText(await there.get('/mon-cabinet?par_page=50'));
    expect(there.page.status).toBe(200);
    expect(text).toContain('33 clients');
    expect(text).toMatch(
      /Maçonnerie Élégante Agence de Metz .*Tout en mise à jour Jusqu’au Sans fin prévue Suivi par Sacha Suivi/,
    );
    expect(text).toContain('1 en consultation (ETAM)');
    expect(text).toContain('En veille');
  });

  test.each([
    ['a search without accents', 'q=maconnerie+elegante', ['Maçonnerie Élégante']],
    ['nobody serving', 'suivi=personne&q=agence', []],
    ['an end that is near', 'etat=fin-proche', ['Toitures du Nord']],
    ['what sleeps', 'etat=en-veille', ['Charpentes de l’Est']],
  ])('filters by %s', async (_, query, companies) => {
    const page = await there.get(`/mon-cabinet?${query}`);
    const shown = ['Maçonnerie Élégante', 'Toitures du Nord', 'Charpentes de l’Est'].filter((name) =>
      readableText(page).includes(name),
    );
    expect(shown).toEqual(companies);
  });

  test('filters by who serves', async () => {
    const page = await there.get(`/mon-cabinet?suivi=${held.staff}`);
    expect(readableText(page)).toContain('1 client trouvé');
    expect(readableText(page)).toContain('Maçonnerie Élégante');
  });

  test('keeps search and page in the address, and gives the last page to who asks for more', async () => {
    const second = await there.get('/mon-cabinet?q=zone&page=2');
    expect(readableText(second)).toContain('Page 2 sur 2');
    expect(second.text).toContain('q=zone');
    expect(readableText(await there.get('/mon-cabinet?q=zone&page=9'))).toContain('Page 2 sur 2');
  });

  test('opens a client: its rights, who serves it, and why', async () => {
    const text = readableText(await there.get(`/mon-cabinet/clients/${held.sites[0]?.siret}`));
    expect(text).toContain('Suivi Sacha');
    expect(text).toContain('Gérer mes salariés : mise à jour');
    expect(text).toContain('Pourquoi ces droits');
    expect(text).toContain('par les courriers de la caisse');
  });

  test('is not for staff, and shows no other firm’s client', async () => {
    expect((await at(held.staff)).page.status).toBe(403);
    const stranger = await portfolio(app.world(), [{}], { now: now() });
    expect((await there.get(`/mon-cabinet/clients/${stranger.sites[0]?.siret}`)).status).toBe(404);
  });
});

describe('entrusting clients', () => {
  test('gives many clients to one person at once: active, audited, told in one mail', async () => {
    const held = await portfolio(app.world(), named(30), { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, {
      membershipId: held.membershipId,
      sirets: 'tout',
      rights: { droit_salaries: 'consultation' },
    });
    expect(readableText(recap)).toContain('30 nouveaux');
    const done = await apply(there, recap);
    expect(readableText(done)).toContain('Les clients sont confiés');
    const rows = await rowsOf(held);
    expect(rows).toHaveLength(30);
    expect(rows.every(({ status }) => status === 'active')).toBe(true);
    for (const { id } of held.sites) expect(await levelOn(held.staff, id, SALARIES)).toBe('consultation');
    expect((await auditOf(held)).map(({ kind }) => kind)).toEqual(Array(30).fill('delegation_given'));
    await app.deliver();
    const mails = app.inbox.all().filter(({ to }) => to === emailOf(held.staff));
    expect(mails.map(({ subject }) => subject)).toEqual(['Vos clients ont changé – CIBTP Grand Est']);
    expect(mails[0]?.text).toContain('Clients confiés (30)');
  });

  test('keeps ticks from page to page and from search to search', async () => {
    const held = await portfolio(app.world(), named(40), { now: now() });
    const there = await at(held.manager);
    const first = await there.post('/mon-cabinet/confier', {
      membre: held.membershipId,
      date_effet: TODAY(),
      date_fin: '',
    });
    const [a, b] = [held.sites[0]?.siret ?? '', held.sites[30]?.siret ?? ''];
    const path = pathOf(first);
    const second = await there.post(path, { montres: a, [`client_${a}`]: 'oui', aller: 'page:2', liste: '' });
    expect(second.url).toContain('page=2');
    expect(readableText(second)).toContain('1 client choisi');
    const found = await there.post(path, {
      montres: b,
      [`client_${b}`]: 'oui',
      aller: 'chercher',
      q: 'site 0001',
    });
    expect(readableText(found)).toContain('2 clients choisis');
    expect(found.text).toMatch(new RegExp(`name="client_${a}" value="oui" checked`));
    const less = await there.post(path, { montres: a, aller: 'page:1', liste: '?q=site' });
    expect(readableText(less)).toContain('1 client choisi');
  });

  test('gives where the firm holds less what it holds there, and says so', async () => {
    const held = await portfolio(app.world(), named(3), {
      now: now(),
      toFirm: (place) => (place === 1 ? { rights: rightsOn({ salaries: 'consultation' }) } : {}),
    });
    const there = await at(held.manager);
    const asked = {
      membershipId: held.membershipId,
      sirets: 'tout',
      rights: { droit_salaries: 'mise_a_jour', droit_documents: 'consultation' },
    } as const;
    const recap = await toRecap(there, asked);
    expect(readableText(recap)).toContain('1 client reçoit moins que demandé');
    expect(readableText(recap)).toContain(
      'Réduit à ce que le cabinet détient : Gérer mes salariés, Mes documents',
    );
    await apply(there, recap);
    const levels = await Promise.all(held.sites.map(({ id }) => levelOn(held.staff, id, SALARIES)));
    expect(levels).toEqual(['mise_a_jour', 'consultation', 'mise_a_jour']);
  });

  test('leaves those out when asked to', async () => {
    const held = await portfolio(app.world(), named(3), {
      now: now(),
      toFirm: (place) => (place === 1 ? { rights: rightsOn({ salaries: 'consultation' }) } : {}),
    });
    const there = await at(held.manager);
    const recap = await toRecap(there, {
      membershipId: held.membershipId,
      sirets: 'tout',
      rights: { droit_salaries: 'mise_a_jour' },
      manque: 'ecarter',
    });
    expect(readableText(recap)).toContain('1 écarté');
    await apply(there, recap);
    expect(await rowsOf(held)).toHaveLength(2);
  });

  test('modifies what stands instead of doubling it, and changes nothing twice', async () => {
    const held = await portfolio(app.world(), named(2), { now: now() });
    await serve(app.world(), held, {
      place: 0,
      to: 'staff',
      given: { rights: rightsOn({ salaries: 'consultation' }) },
    });
    const there = await at(held.manager);
    const asked = allTo(held);
    const recap = await toRecap(there, asked);
    expect(readableText(recap)).toContain('Gérer mes salariés : consultation → mise à jour');
    await apply(there, recap);
    expect(await rowsOf(held)).toHaveLength(2);
    const again = await toRecap(there, asked);
    expect(readableText(again)).toContain('2 inchangés');
    expect(readableText(again)).toContain('Rien à changer');
  });

  test('starts from one client, with what the person has there', async () => {
    const held = await portfolio(app.world(), [{}], { now: now() });
    await serve(app.world(), held, {
      place: 0,
      to: 'staff',
      given: { rights: rightsOn({ planning: 'consultation' }), from: now() + 3 * DAY, to: now() + 9 * DAY },
    });
    const there = await at(held.manager);
    const siret = held.sites[0]?.siret ?? '';
    const start = await there.get(`/mon-cabinet/confier?client=${siret}&personne=${held.staff}`);
    expect(start.text).toMatch(new RegExp(`value="${held.membershipId}" selected`));
    expect(start.text).toContain(`value="${dayIn(3)}"`);
    const rights = await there.post('/mon-cabinet/confier', {
      membre: held.membershipId,
      client: siret,
      date_effet: TODAY(),
      date_fin: '',
    });
    expect(pathOf(rights)).toMatch(/\/droits$/);
    expect(rights.text).toMatch(/name="droit_planning" value="consultation"[^>]* checked/);
  });
});

describe('refusals of entrusting', () => {
  test('nothing at all is written when the firm’s rights change after the recap', async () => {
    const held = await portfolio(app.world(), named(5), { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, allTo(held));
    await app.world().change('delegation', held.toFirm[2] ?? '', {
      levels: rightsOn({ salaries: 'consultation' }).levels.toString(),
    });
    const again = await apply(there, recap);
    expect(again.status).toBe(409);
    expect(readableText(again)).toContain('La situation a changé entre-temps');
    expect(await rowsOf(held)).toEqual([]);
    await apply(there, again);
    expect(await rowsOf(held)).toHaveLength(5);
    expect(await levelOn(held.staff, held.sites[2]?.id ?? '', SALARIES)).toBe('consultation');
  });

  test.each([
    ['is closed by the client', async (held: Portfolio) => app.world().close(held.toFirm[0] ?? '')],
    ['hangs on a closed enrolment', async (held: Portfolio) => app.world().close(held.toRoot[0] ?? '')],
  ])('a client whose delegation %s gets nobody anything', async (_, end) => {
    const held = await portfolio(app.world(), [{}, {}], { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, {
      membershipId: held.membershipId,
      sirets: held.sites.map(({ siret }) => siret),
      rights: { droit_salaries: 'mise_a_jour' },
    });
    await end(held);
    await apply(there, await apply(there, recap));
    expect((await rowsOf(held)).map(({ site_id }) => site_id)).toEqual([held.sites[1]?.id]);
  });

  test('nobody who has left the firm is given anything', async () => {
    const held = await portfolio(app.world(), [{}], { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, allTo(held));
    await app
      .world()
      .change('cabinet_member', held.membershipId, { ends_at: new Date(now() - 1).toISOString() });
    expect((await apply(there, recap)).status).toBe(404);
    expect(await rowsOf(held)).toEqual([]);
  });

  test('who manages no longer gives nothing', async () => {
    const held = await portfolio(app.world(), [{}], { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, allTo(held));
    await app
      .world()
      .change('cabinet_member', held.managerMembership, { ends_at: new Date(now() - 1).toISOString() });
    expect((await apply(there, recap)).status).toBe(403);
    expect(await rowsOf(held)).toEqual([]);
  });

  test('neither another firm’s person, nor a manager, nor another firm’s client, nor another’s draft', async () => {
    const [held, stranger] = [
      await portfolio(app.world(), [{}], { now: now() }),
      await portfolio(app.world(), [{ raisonSociale: 'Secret' }], { now: now() }),
    ];
    const there = await at(held.manager);
    const dates = { date_effet: TODAY(), date_fin: '' };
    for (const membre of [stranger.membershipId, held.managerMembership])
      expect((await there.post('/mon-cabinet/confier', { membre, ...dates })).status).toBe(422);
    const clients = await there.post('/mon-cabinet/confier', { membre: held.membershipId, ...dates });
    const siret = stranger.sites[0]?.siret ?? '';
    const tried = await there.post(pathOf(clients), {
      montres: siret,
      [`client_${siret}`]: 'oui',
      aller: 'continuer',
    });
    expect(tried.status).toBe(422);
    expect(readableText(tried)).not.toContain('Secret');
    const thief = await at(stranger.manager);
    expect((await thief.get(pathOf(clients))).status).toBe(404);
  });

  test('whom a client named is given that client alone', async () => {
    const held = await portfolio(app.world(), named(2), { now: now() });
    const membershipId = held.otherMembershipId;
    // As a client's own invitation leaves it.
    await app.world().store.sql('cabinet_member').delete().where({ id: membershipId });
    await app
      .world()
      .store.sql('cabinet_member')
      .insert({
        caisse_id: 'grand-est',
        id: membershipId,
        cabinet_id: held.cabinetId,
        account_id: held.other,
        role: 'staff',
        adherent_id: held.sites[0]?.adherent.id,
        effective_at: new Date(now() - DAY),
      });
    const there = await at(held.manager);
    const recap = await toRecap(there, {
      membershipId,
      sirets: 'tout',
      rights: { droit_salaries: 'consultation' },
    });
    await apply(there, recap);
    expect((await rowsOf(held, held.other)).map(({ site_id }) => site_id)).toEqual([held.sites[0]?.id]);
  });

  test('the button pressed twice at once gives once', async () => {
    const held = await portfolio(app.world(), named(10), { now: now() });
    const there = await at(held.manager);
    const recap = await toRecap(there, allTo(held));
    await Promise.all([apply(there, recap), apply(there, recap), apply(there, recap)]);
    expect(await rowsOf(held)).toHaveLength(10);
  });

  test('two managers at once give one person each client once', async () => {
    const held = await portfolio(app.world(), named(10), { now: now() });
    const second = await app.world().account();
    await app.world().join(held.cabinetId, second, 'manager');
    const both = await Promise.all([at(held.manager), at(second)]);
    const recaps = await Promise.all(both.map((there) => toRecap(there, allTo(held))));
    const done = await Promise.all(both.map((there, i) => apply(there, recaps[i] as Page)));
    expect(done.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await rowsOf(held)).toHaveLength(10);
  });

  test('rights that the firm does not hold are refused by hand too', async () => {
    const held = await portfolio(app.world(), [{}], {
      now: now(),
      toFirm: () => ({ rights: rightsOn({ salaries: 'consultation' }) }),
    });
    const there = await at(held.manager);
    const page = await toRecap(there, {
      membershipId: held.membershipId,
      sirets: 'tout',
      rights: { droit_documents: 'mise_a_jour' },
    });
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('vous ne pouvez pas, ou plus, donner ce droit');
  });
});

describe('whoever manages several firms', () => {
  test('says which, and stays there from page to page', async () => {
    const [first, second] = [
      await portfolio(app.world(), [{ raisonSociale: 'Premier' }], { now: now() }),
      await portfolio(app.world(), [{ raisonSociale: 'Second' }], { now: now() }),
    ];
    await app.world().join(second.cabinetId, first.manager, 'manager');
    const there = await at(first.manager);
    expect(readableText(there.page)).toContain('Choisissez celui dont vous vous occupez');
    const query = `?cabinet=${second.cabinetId}`;
    const list = await there.get(`/mon-cabinet${query}`);
    expect(readableText(list)).toContain('Second');
    expect(list.text).toContain(`name="cabinet" value="${second.cabinetId}"`);
    const dates = { date_effet: TODAY(), date_fin: '' };
    const who = { membre: second.membershipId, client: second.sites[0]?.siret ?? '' };
    const rights = await there.post(`/mon-cabinet/confier${query}`, { ...who, ...dates });
    const recap = await there.visitor.post(rights.url, {
      college_etam: 'oui',
      droit_salaries: 'consultation',
    });
    const done = await there.visitor.post(recap.url, { vu: seenOn(recap) });
    expect(readableText(done)).toContain('Les clients sont confiés');
    expect(await rowsOf(second)).toHaveLength(1);
    expect((await there.post('/mon-cabinet/confier', { ...who, ...dates })).status).toBe(404);
  });
});

describe('hostile text', () => {
  const MARK = '<img src=x onerror=alert(1)>';
  const HOSTILE = [
    `"'>${MARK}`,
    '%00',
    'a\0b',
    '__proto__',
    '-1',
    '9'.repeat(20),
    "' or 1=1; --",
    'x'.repeat(5_000),
    '%_\\%27',
  ];

  test('is a page or a refusal everywhere, never a fault, never read as ours', async () => {
    const held = await portfolio(app.world(), named(2), { now: now() });
    const there = await at(held.manager);
    const dates = { date_effet: TODAY(), date_fin: '' };
    const clients = await there.post('/mon-cabinet/confier', { membre: held.membershipId, ...dates });
    const faults: string[] = [];
    const note = (what: string, page: Page) => {
      if (page.status >= 500 || page.text.includes(MARK)) faults.push(`${what} → ${page.status}`);
    };
    for (const value of HOSTILE) {
      const text = encodeURIComponent(value);
      const query = ['q', 'suivi', 'etat', 'page', 'par_page', 'fait', 'cabinet'].map(
        (name) => `${name}=${text}`,
      );
      for (const one of query) note(one, await there.get(`/mon-cabinet?${one}`));
      for (const path of [
        `clients/${text}`,
        `confier/${text}`,
        `import/${text}`,
        `confier?client=${text}&personne=${text}`,
      ])
        note(path, await there.get(`/mon-cabinet/${path}`));
      for (const name of ['membre', 'client', 'date_effet', 'date_fin'])
        note(
          name,
          await there.post('/mon-cabinet/confier', { membre: held.membershipId, ...dates, [name]: value }),
        );
      for (const name of ['aller', 'liste', 'montres', 'q', 'suivi', 'etat'])
        note(name, await there.post(pathOf(clients), { aller: 'chercher', [name]: value }));
      note('liste, inside', await there.post(pathOf(clients), { aller: 'tout', liste: `q=${value}` }));
    }
    expect(faults).toEqual([]);
  });
});

describe('another caisse', () => {
  test('knows neither the clients, nor what is prepared here', async () => {
    const held = await portfolio(app.world(), [{}], { now: now() });
    const there = await at(held.manager);
    const dates = { date_effet: TODAY(), date_fin: '' };
    const clients = await there.post('/mon-cabinet/confier', { membre: held.membershipId, ...dates });
    const neighbour = await portfolio(app.world('nord-ouest'), [{}], { now: now() });
    const issuer = app.issuerOf('nord-ouest');
    const abroad = await signedInAt(issuer, neighbour.manager, '/mon-cabinet');
    expect(abroad.page.status).toBe(200);
    const { siret } = held.sites[0] as { siret: string };
    for (const path of [pathOf(clients), `/mon-cabinet/clients/${siret}`])
      expect((await abroad.get(path)).status).toBe(404);
    const forged = { membre: held.membershipId, ...dates };
    expect((await abroad.post('/mon-cabinet/confier', forged)).status).toBe(422);
  });
});

describe('one person’s rights on one client', () => {
  test('are put to sleep, resumed and closed, each once seen', async () => {
    const held = await portfolio(app.world(), [{}], { now: now() });
    const id = await serve(app.world(), held, { place: 0, to: 'staff', given: { rights: EVERYTHING } });
    const there = await at(held.manager);
    const base = `/mon-cabinet/clients/${held.sites[0]?.siret}/delegations/${id}`;
    const siteId = held.sites[0]?.id ?? '';
    for (const [act, level] of [
      ['mettre-en-veille', 'none'],
      ['reactiver', 'mise_a_jour'],
      ['cloturer', 'none'],
    ] as const) {
      const page = await there.get(`${base}/${act}`);
      expect(page.status).toBe(200);
      expect((await there.post(`${base}/${act}`, { vu: '1' })).status).toBe(409);
      expect((await there.post(`${base}/${act}`, { vu: seenOn(page) })).status).toBe(200);
      expect(await levelOn(held.staff, siteId, SALARIES)).toBe(level);
    }
  });

  test('are taken away where the firm itself holds nothing any more, and given back only once it does', async () => {
    const toFirm = (place: number) => (place === 0 ? { status: 'suspended' as const } : {});
    const held = await portfolio(app.world(), named(4, 'Morte'), { now: now(), toFirm });
    const places = [0, 1, 2, 3];
    const ids = await Promise.all(places.map((place) => serve(app.world(), held, { place, to: 'staff' })));
    await app.world().close(held.toRoot[1] ?? '');
    const ended = { ends_at: new Date(now() - 1).toISOString() };
    await app.world().change('delegation', held.toFirm[2] ?? '', ended);
    await app
      .world()
      .store.sql('cabinet_client')
      .where({ cabinet_id: held.cabinetId, adherent_id: held.sites[3]?.adherent.id })
      .update(ended);
    const there = await at(held.manager);
    const path = (place: number, act: string) =>
      `/mon-cabinet/clients/${held.sites[place]?.siret}/delegations/${ids[place]}/${act}`;
    const press = async (place: number, act: string) => {
      const page = await there.get(path(place, act));
      return (await there.post(path(place, act), { vu: seenOn(page) })).status;
    };
    const statuses = async () =>
      Promise.all(
        ids.map(async (id) => (await app.database.knex('delegation').first('status').where({ id })).status),
      );
    expect([await press(0, 'mettre-en-veille'), await press(0, 'reactiver')]).toEqual([200, 403]);
    expect(await statuses()).toEqual(['suspended', 'active', 'active', 'active']);
    expect(await Promise.all(places.map((place) => press(place, 'cloturer')))).toEqual([200, 200, 200, 200]);
    expect(await statuses()).toEqual(places.map(() => 'closed'));
  });

  test('are the manager’s alone to look at and to take then, as long as he is', async () => {
    const held = await portfolio(app.world(), [{}], { now: now(), toFirm: () => ({ status: 'suspended' }) });
    const id = await serve(app.world(), held, { place: 0, to: 'staff' });
    const enforcer = await makeEnforcer();
    const chain = await readChain(app.world().store, held.toFirm[0] ?? '');
    const found = await findDelegation(app.world().store, id);
    const asking = { enforcer, now: now(), gift: giftOf(found as Delegation) };
    const allowed = (accountId: string) =>
      possibleActions(app.world().store, chain, { ...asking, accountId });
    expect(await allowed(held.manager)).toEqual(['view', 'close']);
    const ended = { ends_at: new Date(asking.now).toISOString() };
    await app.world().change('cabinet_member', held.managerMembership, ended);
    for (const accountId of [held.manager, held.staff, held.head])
      expect(await allowed(accountId)).toEqual([]);
  });

  test('are nobody else’s to close', async () => {
    const [held, stranger] = [
      await portfolio(app.world(), [{}], { now: now() }),
      await portfolio(app.world(), [{}], { now: now() }),
    ];
    const id = await serve(app.world(), held, { place: 0, to: 'staff' });
    const thief = await at(stranger.manager);
    for (const siret of [held.sites[0]?.siret, stranger.sites[0]?.siret])
      expect((await thief.get(`/mon-cabinet/clients/${siret}/delegations/${id}/cloturer`)).status).toBe(404);
  });
});
