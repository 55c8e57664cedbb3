/** Every route of the back office that names something, with what another caisse knows: the same page as for nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { atWork } from '../support/at-work.ts';
import { type Page, readableText, signInOn, Visitor } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** One of each, at a caisse. */
async function things(slug: Slug) {
  const world = app.world(slug);
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  if (!site) throw new Error('no site');
  const cabinet = await world.cabinet();
  const manager = await world.account();
  await world.join(cabinet, manager, 'manager');
  const attachment = await world.attach(cabinet, site.adherent.id);
  const staff = await world.account({ staffRole: 'agent' });
  const invitation: string = randomUUID();
  await app.database.knex('invitation').insert({
    caisse_id: slug,
    id: invitation,
    kind: 'member',
    member_role: 'manager',
    inviter_account_id: staff,
    cabinet_id: cabinet,
    email: 'invite@essai.test',
    email_key: 'invite@essai.test',
    token_hash: Buffer.from(invitation),
    needs_confirmation: false,
    created_at: new Date(),
    sent_at: new Date(),
    expires_at: new Date(Date.now() + 86_400_000),
  });
  return {
    boss,
    adherent: site.adherent.id,
    site: site.id,
    enrolment: boss.delegations[0] ?? '',
    account: boss.accountId,
    cabinet,
    manager,
    attachment,
    staff,
    invitation,
  };
}

type Things = Awaited<ReturnType<typeof things>>;
const NOTHING = '00000000-0000-4000-8000-000000000000';

/** All that name something; those of the first list belong to the pages, the others to acts, which are posted as well. */
function routesFor(of: Record<keyof Omit<Things, 'boss'>, string>) {
  const account = `/gestion/comptes/${of.account}`;
  const cabinet = `/gestion/cabinets/${of.cabinet}`;
  return {
    pages: [
      `/gestion/adherents/${of.adherent}`,
      `/gestion/sites/${of.site}`,
      account,
      cabinet,
      `${cabinet}/personnes`,
    ],
    acts: [
      `/gestion/adherents/${of.adherent}/cabinets/rattacher`,
      `/gestion/adherents/${of.adherent}/cabinets/${of.attachment}/detacher`,
      `/gestion/adherents/${of.adherent}/courrier`,
      `/gestion/sites/${of.site}/succession/${of.enrolment}`,
      ...['debloquer', 'mot-de-passe', 'double-authentification', 'adresse', 'fermer', 'rouvrir'].map(
        (act) => `${account}/${act}`,
      ),
      `${cabinet}/responsables/nommer`,
      `${cabinet}/responsables/${of.manager}/nommer`,
      `${cabinet}/responsables/${of.manager}/retirer`,
      `${cabinet}/invitations/${of.invitation}/retirer`,
    ],
    supervised: ['role', 'fermer', 'renvoyer'].map((act) => `/gestion/gestionnaires/${of.staff}/${act}`),
  };
}

const nothing = {
  adherent: NOTHING,
  site: NOTHING,
  enrolment: NOTHING,
  account: NOTHING,
  cabinet: NOTHING,
  manager: NOTHING,
  attachment: NOTHING,
  staff: NOTHING,
  invitation: NOTHING,
};

/** What a page says, without the reference that changes each time. */
const said = (page: Page) =>
  `${page.status} ${readableText(page)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
    .replace(/Référence.*/s, '')}`;

const FORM = {
  motif: 'Essai d’une autre caisse',
  email: 'x@essai.test',
  role: 'agent',
  nom: 'Cabinet',
  confirme: 'oui',
};

const snapshot = async () => {
  const rows = await app.database.knex.raw(
    `select md5(string_agg(t::text, '' order by t::text)) as sum from (
       select to_jsonb(a) - 'sessions_valid_from' as t from account a where caisse_id = 'nord-ouest'
       union all select to_jsonb(d) from delegation d where caisse_id = 'nord-ouest'
       union all select to_jsonb(k) from cabinet_client k where caisse_id = 'nord-ouest'
       union all select to_jsonb(m) from cabinet_member m where caisse_id = 'nord-ouest'
       union all select to_jsonb(i) from invitation i where caisse_id = 'nord-ouest') all_of_it`,
  );
  return rows.rows[0].sum;
};

describe('an id of another caisse', () => {
  test.each(['agent', 'superviseur'] as const)('is nothing to an %s', async (role) => {
    const foreign = await things('nord-ouest');
    const before = await snapshot();
    const staff = await atWork(app, role);
    const [theirs, none] = [routesFor(foreign), routesFor(nothing)];
    const all = (of: typeof theirs) => [...of.pages, ...of.acts, ...of.supervised];
    for (const [i, path] of all(theirs).entries()) {
      const bare = all(none)[i] ?? '';
      const status = role === 'agent' && path.includes('gestionnaires') ? 403 : 404;
      const seen = await staff.open(path);
      expect([path, seen.status]).toEqual([path, status]);
      expect(said(seen)).toBe(said(await staff.open(bare)));
      if (theirs.pages.includes(path)) continue;
      const sent = await staff.post(path, FORM);
      expect([path, sent.status]).toEqual([path, status]);
      expect(said(sent)).toBe(said(await staff.post(bare, FORM)));
    }
    expect(await snapshot()).toBe(before);
  });

  test('mixed with one of ours is nothing either', async () => {
    const [ours, foreign] = [await things('grand-est'), await things('nord-ouest')];
    const agent = await atWork(app);
    for (const path of [
      `/gestion/adherents/${ours.adherent}/cabinets/${foreign.attachment}/detacher`,
      `/gestion/sites/${ours.site}/succession/${foreign.enrolment}`,
      `/gestion/cabinets/${ours.cabinet}/responsables/${foreign.manager}/retirer`,
      `/gestion/cabinets/${ours.cabinet}/invitations/${foreign.invitation}/retirer`,
    ]) {
      expect([path, (await agent.open(path)).status]).toEqual([path, 404]);
      expect([path, (await agent.post(path, FORM)).status]).toEqual([path, 404]);
    }
  });

  test('and whatever is no id at all', async () => {
    const agent = await atWork(app);
    for (const wrong of ['x', '1', "' or 1=1", '..%2f..', '%00', 'é'.repeat(50)]) {
      for (const kind of ['adherents', 'sites', 'comptes', 'cabinets']) {
        const page = await agent.open(`/gestion/${kind}/${encodeURIComponent(wrong)}`);
        expect([kind, wrong, page.status]).toEqual([kind, wrong, 404]);
      }
    }
  });
});

describe('of what is ours', () => {
  test('a company’s administrator finds no page at all', async () => {
    const ours = await things('grand-est');
    const visitor = new Visitor();
    const issuer = app.issuerOf('grand-est');
    await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), ours.boss.email);
    const unknown = said(await visitor.get(`${issuer}/gestion/inconnue`));
    const routes = routesFor(ours);
    for (const path of [
      '/gestion',
      '/gestion/gestionnaires',
      ...routes.pages,
      ...routes.acts,
      ...routes.supervised,
    ]) {
      const page = await visitor.get(issuer + path);
      expect([path, page.status]).toEqual([path, 404]);
      expect(said(page)).toBe(unknown);
      if (routes.pages.includes(path) || !path.includes('/', 10)) continue;
      expect((await visitor.post(issuer + path, FORM)).status).toBe(404);
    }
  });

  test('nobody gets further than the sign-in, and an agent without second factor neither', async () => {
    const ours = await things('grand-est');
    const bare = await app.world().account({ staffRole: 'superviseur' });
    const issuer = app.issuerOf('grand-est');
    const halfway = new Visitor();
    await signInOn(halfway, await halfway.get(`${issuer}/mon-compte`), `p${bare.slice(0, 8)}@essai.test`);
    const routes = routesFor(ours);
    for (const visitor of [new Visitor(), halfway]) {
      for (const path of ['/gestion', ...routes.pages, ...routes.acts, ...routes.supervised]) {
        const page = await visitor.get(issuer + path);
        expect([path, page.url.includes('/connexion/')]).toEqual([path, true]);
        if (!routes.acts.includes(path)) continue;
        const sent = await visitor.post(issuer + path, FORM);
        expect([path, sent.url.includes('/connexion/')]).toEqual([path, true]);
      }
    }
    expect((await app.database.knex('account').first('status').where({ id: ours.account })).status).toBe(
      'active',
    );
  });
});
