import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../provider/store/delegation-acts.ts';
import { changeDelegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { administratorOfThree } from '../support/cast.ts';
import { manyBeneficiaries } from '../support/many-beneficiaries.ts';
import { type Page, readableText, signInOn, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn, type World } from '../support/world.ts';

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

async function given(rights = rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }, ['ouvrier'])) {
  const head = await administratorOfThree(world);
  const [root = ''] = head.delegations;
  const to = await world.account({ givenName: 'Dominique', familyName: 'Témoin' });
  const id = await world.delegate(head.metz, root, { from: head.accountId, to }, { rights });
  return { ...head, root, to, id, path: `/${head.metz.siret}/delegations/${id}` };
}

const actsOn = ({ text }: Page): string[] =>
  [...(text.split('class="doings"')[1]?.split('</div>')[0] ?? '').matchAll(/<a [^>]*href="([^"]+)"/g)].map(
    ([, href]) => href?.split('/').at(-1) ?? '',
  );

describe('one delegation', () => {
  test('tells who, which site, since when, until when, which rights', async () => {
    const { email, path, metz } = await given();
    const { page } = await open(email, path);
    const text = readableText(page);
    expect(text).toMatch(/Délégation de Dominique Témoin/);
    expect(text).toContain(metz.name);
    expect(text).toMatch(/Statut Actif/);
    expect(text).toMatch(/Accordée par Camille Bâtisseur/);
    expect(text).toMatch(/Date de fin Sans date de fin/);
    expect(text).toMatch(/Collèges Ouvriers/);
    expect(text).toContain('Mon planning : mise à jour');
    expect(text).toContain('Mes documents : consultation');
    expect(text).toContain('Elle n’a jamais été modifiée');
    expect(text).not.toContain('Ce qu’ils valent aujourd’hui');
  });

  test.each([
    ['active', ['modifier', 'mettre-en-veille', 'cloturer']],
    ['suspended', ['modifier', 'reactiver', 'cloturer']],
    ['to_renew', ['renouveler', 'cloturer']],
    ['closed', []],
    ['refused', []],
  ] as const)('offers what may be done when it is %s', async (status, acts) => {
    const { email, path, id } = await given();
    await change(id, { status });
    expect(actsOn((await open(email, path)).page)).toEqual(acts);
  });

  test('offers to confirm, send again and withdraw what waits', async () => {
    const head = await given();
    const on = {
      siteId: head.metz.id,
      adherentId: head.metz.adherent.id,
      root: head.root,
      giver: head.accountId,
    };
    const now = app.clock.now();
    const waiting = (await manyBeneficiaries(world, on, { count: 80, now })).filter(
      ({ waitsUntil, to }) => waitsUntil !== null && (to === null || to > now),
    );
    const { visitor } = await open(head.email, head.path);
    const actsFor = async (match: (one: (typeof waiting)[number]) => boolean) => {
      const page = await visitor.get(at(`/${head.metz.siret}/delegations/${waiting.find(match)?.id}`));
      return actsOn(page).map((act) => (/^[0-9a-f-]{36}$/.test(act) ? 'demande' : act));
    };
    const alive = (one: { readonly waitsUntil: number | null }) => Number(one.waitsUntil) > now;
    expect(await actsFor((one) => one.status === 'awaiting_beneficiary' && alive(one))).toEqual([
      'modifier',
      'renvoyer',
      'retirer',
    ]);
    expect(await actsFor((one) => one.status === 'awaiting_confirmation' && alive(one))).toEqual([
      'demande',
      'modifier',
      'retirer',
    ]);
    expect(await actsFor((one) => one.status === 'awaiting_beneficiary' && !alive(one))).toEqual([
      'renvoyer',
    ]);
  });

  test('tells what it said before, and through which time', async () => {
    const { email, path, id } = await given();
    app.clock.advance(HOUR);
    await change(id, { status: 'suspended' });
    app.clock.advance(HOUR);
    await change(id, { status: 'active', rights: rightsOn({ comptes_bancaires: 'consultation' }) });
    const { page } = await open(email, path);
    const past = readableText({ text: page.text.split('Historique')[1] ?? '' });
    expect(past).toMatch(/du .* au .* Actif, en veille .* Mon planning : mise à jour .* du .* au .* Actif /);
    expect(past).not.toContain('Mes comptes bancaires');
    expect(readableText({ text: page.text.split('Historique')[0] ?? '' })).toContain(
      'Mes comptes bancaires : consultation',
    );
  });

  test('shows what it is worth once the giver holds less', async () => {
    const {
      metz,
      id: middle,
      email,
    } = await given(rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }));
    const second = await world.account();
    const {
      rows: [row],
    } = await world.store.sql.raw('select grantee_account_id as id from delegation where id = ?', [middle]);
    const below = await world.delegate(
      metz,
      middle,
      { from: row.id, to: second },
      { rights: rightsOn({ planning: 'mise_a_jour', telepaiements: 'mise_a_jour' }) },
    );
    const { visitor, page } = await open(email, `/${metz.siret}/delegations/${below}`);
    const text = readableText(page);
    expect(text).toMatch(
      /Les droits donnés .*Mes télépaiements : mise à jour.* Ce qu’ils valent aujourd’hui .*Mon planning : mise à jour/,
    );
    expect(text.split('Ce qu’ils valent aujourd’hui')[1]?.split('Historique')[0]).not.toContain(
      'télépaiements',
    );
    await change(middle, { status: 'suspended' });
    const nothing = readableText(await visitor.get(page.url));
    expect(nothing).toContain('Ces droits ne valent rien en ce moment');
    expect(nothing).toContain('La délégation de Camille Bâtisseur à Dominique Témoin est en veille.');
  });

  test('offers the head of a site to hand it over, on his own alone', async () => {
    const head = await administratorOfThree(world);
    const [root = ''] = head.delegations;
    const other = await world.account();
    const second = await world.enrol(other, head.metz);
    const { visitor, page } = await open(head.email, `/${head.metz.siret}/delegations/${root}`);
    expect(actsOn(page)).toEqual(['ceder']);
    expect(readableText(page)).toContain('La caisse, à l’ouverture de l’espace');
    expect(actsOn(await visitor.get(at(`/${head.metz.siret}/delegations/${second}`)))).toEqual([]);
  });

  test('of a firm is viewed and deleted, never modified; its staff’s is the firm’s', async () => {
    const { metz, root, accountId, email } = await given();
    const cabinetId = await world.cabinet('Comptes et Chantiers');
    const attachmentId = await world.attach(cabinetId, metz.adherent.id);
    const staff = await world.account();
    const membershipId = await world.join(cabinetId, staff, 'staff');
    const toFirm = {
      kind: 'cabinet',
      parentId: root,
      grantorAccountId: accountId,
      granteeCabinetId: cabinetId,
      attachmentId,
    } as const;
    const firm = await world.link(metz, toFirm, {});
    const below = await world.link(
      metz,
      { kind: 'staff', parentId: firm, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
      {},
    );
    const { visitor, page } = await open(email, `/${metz.siret}/delegations/${firm}`);
    expect(readableText(page)).toContain('Délégation au cabinet Comptes et Chantiers');
    expect(readableText(page)).toContain('Supprimer');
    expect(actsOn(page)).toEqual(['cloturer']);
    expect((await visitor.get(at(`/${metz.siret}/delegations/${below}`))).status).toBe(404);
  });

  test('is unknown on another site, at another caisse, by an id that is none, alike', async () => {
    const { email, path, id, metz } = await given();
    const other = await administratorOfThree(world);
    const theirs = await world.delegate(other.metz, other.delegations[0] ?? '', {
      from: other.accountId,
      to: await world.account(),
    });
    const { visitor, page } = await open(email, path);
    expect(page.status).toBe(200);
    const base = `/${metz.siret}/delegations`;
    for (const foreign of [theirs, '00000000-0000-4000-8000-000000000000', 'x', '%00', "'"]) {
      const answer = await visitor.get(at(`${base}/${foreign}`));
      expect(answer.status).toBe(404);
      expect(readableText(answer)).toContain('Page introuvable');
    }
    expect((await open(other.email, path)).page.status).toBe(404);
    const { rows } = await world.store.sql.raw(
      'select s.siret from site s join delegation d on d.site_id = s.id and d.caisse_id = s.caisse_id where d.id = ?',
      [other.delegations[1] ?? ''],
    );
    expect((await visitor.get(at(`/${rows[0].siret}/delegations/${id}`))).status).toBe(404);
    expect((await open(emailOf(await world.account()), path)).page.status).toBe(404);
  });

  test('is another administrator’s to look at, and not to touch, when it hangs in another branch', async () => {
    const { metz, root, accountId, path } = await given();
    const second = await world.account();
    await world.delegate(metz, root, { from: accountId, to: second }, { admin: true });
    const { page } = await open(emailOf(second), path);
    expect(page.status).toBe(200);
    expect(actsOn(page)).toEqual([]);
  });

  test('offers nothing that does not answer, whatever its standing, nor does the list', async () => {
    const head = await given();
    const on = {
      siteId: head.metz.id,
      adherentId: head.metz.adherent.id,
      root: head.root,
      giver: head.accountId,
    };
    const all = await manyBeneficiaries(world, on, { count: 30, now: app.clock.now() });
    const { visitor, page } = await open(head.email, `/${head.metz.siret}?par_page=100`);
    const linksIn = (html = '') =>
      [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href]) => new URL(href ?? '', page.url).href);
    const offered = new Set<string>();
    for (const { id } of all) {
      const one = await visitor.get(at(`/${head.metz.siret}/delegations/${id}`));
      for (const link of linksIn(one.text.split('class="doings"')[1]?.split('</div>')[0])) offered.add(link);
    }
    for (const link of linksIn(page.text.split('<main')[1]?.split('</main>')[0])) offered.add(link);
    for (const link of offered) {
      const { url, status } = await visitor.get(link);
      expect([url, status]).toEqual([link, 200]);
    }
    for (const act of [
      'modifier',
      'mettre-en-veille',
      'reactiver',
      'cloturer',
      'renouveler',
      'renvoyer',
      'retirer',
    ])
      expect(
        [...offered].some((link) => link.endsWith(act)),
        act,
      ).toBe(true);
    expect([...offered].some((link) => link.includes('/demandes/'))).toBe(true);
  }, 30_000);
});
