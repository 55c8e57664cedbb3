/**
 * A client never makes anybody master of a firm: whose address he types joins it for that client alone. The whole way:
 * the client's steps, the mail, the acceptance, the confirmation, and then every door of the firm.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing } from '../../provider/domain/rights.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { joinFirm } from '../../provider/store/memberships.ts';
import { firm } from '../support/chains.ts';
import { refusedBy } from '../support/delegation-rows.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import {
  everyCollege,
  firstStep,
  formOf,
  giverOf,
  rightsPage,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { acceptAsNew, acceptSignedIn, decide } from '../support/invitations.ts';
import { signedInAt } from '../support/own-screens.ts';
import {
  claimsOf,
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const STAFF = '/mon-cabinet/collaborateurs';
const GIVEN = { documents: 'mise_a_jour', planning: 'consultation' } as const;
const ticked = { ...everyCollege, droit_documents: 'mise_a_jour', droit_planning: 'consultation' };

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const world = () => app.world();

/** A firm with a manager, a member and a client; and another of its clients, who means harm. */
async function scene(sites: readonly string[] = ['Siège']) {
  const honest = await firm(world());
  const hostile = await giverOf(app, sites);
  const attachmentId = await world().attach(honest.cabinetId, hostile.site.adherent.id);
  return { honest, hostile, cabinetId: honest.cabinetId, attachmentId };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const newEmail = () => `inconnu-${randomUUID().slice(0, 12)}@essai.test`;

/** The client's gift to the firm, to that address. @returns the link of its mail. */
async function give(
  { hostile, cabinetId }: Scene,
  email: string,
  more: Record<string, string> = {},
): Promise<string> {
  const page = await hostile.visitor.postOnce(
    rightsPage(app, hostile.site, `/cabinet/${cabinetId}/deleguer`),
    {
      ...firstStep(app, hostile.site, email),
      ...ticked,
      ...more,
    },
  );
  expect(page.status).toBe(303);
  return lastLink(email, '/invitation?jeton=');
}

/** Of all that has arrived there, the last link of that sort. */
async function lastLink(to: string, sort: string): Promise<string> {
  await app.deliver();
  const mails = app.inbox.all().filter((mail) => mail.to === to && mail.link.includes(sort));
  return mails.at(-1)?.link ?? '';
}

async function acceptKnown(email: string, link: string): Promise<Page> {
  const visitor = new Visitor();
  const page = await visitor.get(link);
  const gate = page.url.includes('/connexion/') ? page : await follow(visitor, page);
  const answer = gate.url.includes('/connexion/') ? await signInOn(visitor, gate, email) : gate;
  return acceptSignedIn(visitor, answer);
}

/** To the page where whoever has an account signs in to answer. */
async function follow(visitor: Visitor, page: Page): Promise<Page> {
  const href = /href="([^"]*\/invitation\/reponse\/[^"]+)"/.exec(page.text)?.[1];
  return href ? visitor.get(new URL(href, page.url).href) : page;
}

async function confirm({ hostile }: Pick<Scene, 'hostile'>): Promise<Page> {
  const page = await hostile.visitor.get(await lastLink(hostile.email, '/demandes/'));
  return decide(hostile.visitor, page, 'accepter');
}

const accountOf = async (email: string): Promise<string> =>
  (await app.database.knex('account').first('id').where({ caisse_id: 'grand-est', email_key: email })).id;

const holds = async (accountId: string, siteId: string): Promise<boolean> => {
  const holding = await readHolding(world().store, accountId, { siteId });
  return !holdsNothing(effectiveRights(holding?.chains ?? [], app.clock.now()));
};

const memberships = (accountId: string) =>
  world().store.sql('cabinet_member').where({ account_id: accountId }).whereNull('ends_at').orderBy('id');

/** A stranger whom the client named, who accepted, and whom the client confirmed. */
async function stranger(sites?: readonly string[]) {
  const all = await scene(sites);
  const email = newEmail();
  const link = await give(all, email, sites && sites.length > 1 ? { tous_les_sites: 'oui' } : {});
  const visitor = new Visitor();
  await acceptAsNew(visitor, await visitor.get(link));
  expect((await confirm(all)).url).toContain('fait=confirmation');
  return { ...all, email, accountId: await accountOf(email) };
}

describe('a stranger whose address a client typed for his firm', () => {
  test('holds what that client gave, on that client’s sites, and says so in his tokens', async () => {
    const { hostile, honest, email, accountId } = await stranger();
    expect(await memberships(accountId)).toMatchObject([
      { role: 'staff', adherent_id: hostile.site.adherent.id, cabinet_id: honest.cabinetId },
    ]);
    const visitor = new Visitor();
    const asked = await request(issuer, 'portail');
    const back = await signInOn(visitor, await visitor.get(asked.url), email, CHOSEN_PASSWORD);
    expect(returned(back).get('code')).toBeTruthy();
    const tokens = await signInAndRedeem(visitor, { email }, await request(issuer, 'portail'));
    const claims = claimsOf(tokens.id_token);
    expect(claims.siret).toBe(hostile.site.siret);
    expect(claims.roles).toEqual(['utilisateur']);
    expect(claims.entitlements).toEqual([
      'planning:consultation:ouvrier+etam+cadre',
      'documents:mise_a_jour',
    ]);
    expect(claims.cabinet).toMatchObject({ id: honest.cabinetId });
  });

  test('holds nothing of the firm’s other clients, whatever site he asks for', async () => {
    const { honest, email, accountId } = await stranger();
    expect(await holds(accountId, honest.site.id)).toBe(false);
    const visitor = new Visitor();
    await signInOn(
      visitor,
      await visitor.get((await request(issuer, 'portail')).url),
      email,
      CHOSEN_PASSWORD,
    );
    const asked = await request(issuer, 'portail', { siret_hint: honest.site.siret });
    const hinted = await visitor.get(asked.url);
    const told =
      hinted.location === null
        ? hinted.text
        : JSON.stringify(claimsOf((await redeem(asked, returned(hinted).get('code') ?? '')).id_token));
    expect(told).not.toContain(honest.site.siret);
    expect((await visitor.get(rightsPage(app, honest.site))).status).toBe(404);
  });

  test('opens no page of the firm’s managers', async () => {
    const { honest, email } = await stranger();
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email, CHOSEN_PASSWORD);
    for (const path of [
      '',
      '/collaborateurs',
      '/collaborateurs/inviter',
      '/confier',
      `/clients/${honest.site.siret}`,
    ]) {
      const page = await visitor.get(`${issuer}/mon-cabinet${path}`);
      expect([path, page.status]).toEqual([path, 403]);
      expect(page.text).not.toContain(honest.site.siret);
    }
    const removal = await visitor.post(`${issuer}${STAFF}/${honest.staff}/retirer`, {});
    expect(removal.status).toBe(403);
    expect(await holds(honest.staff, honest.site.id)).toBe(true);
  });

  test('is shown to the firm’s manager as that client’s, who can entrust him with no other client', async () => {
    const { honest, email, accountId } = await stranger();
    const { page, get, post } = await signedInAt(issuer, honest.manager, STAFF);
    expect(readableText(page)).toContain(email);
    expect(readableText(page)).toContain('pour cette entreprise seulement');
    const form = await get(`/mon-cabinet/confier?client=${honest.site.siret}`);
    expect(form.status).toBe(200);
    expect(form.text).toContain(emailOf(honest.staff));
    expect(form.text).not.toContain(email);
    const [membership] = await memberships(accountId);
    const forced = await post('/mon-cabinet/confier', {
      ...formOf(form),
      client: honest.site.siret,
      membre: membership.id,
    });
    expect(forced.status).toBe(422);
    expect(await holds(accountId, honest.site.id)).toBe(false);
  });

  test('cannot be given another client past every screen: the database refuses', async () => {
    const { honest, accountId } = await stranger();
    const [membership] = await memberships(accountId);
    const parties = {
      kind: 'staff' as const,
      parentId: honest.toFirm,
      grantorCabinetId: honest.cabinetId,
      granteeAccountId: accountId,
      membershipId: membership.id,
    };
    const writing = world().link(honest.site, parties, { rights: rightsOn(GIVEN) });
    expect(await refusedBy(writing)).toBe('staff_of_one_client_stays_there');
    const store = world().store.sql;
    const moving = store('cabinet_member').update({ adherent_id: null }).where({ id: membership.id });
    expect(await refusedBy(moving)).toBe('member_never_moves');
    const rising = store('cabinet_member').update({ role: 'manager' }).where({ id: membership.id });
    expect(await refusedBy(rising)).toBe('managers_belong_to_the_firm');
  });

  test('loses it all when the client deletes the delegation, or the manager removes him', async () => {
    const one = await stranger();
    const { rows } = await app.database.knex.raw(
      `select id from delegation where grantee_cabinet_id = ? and site_id = ?`,
      [one.cabinetId, one.hostile.site.id],
    );
    const url = rightsPage(app, one.hostile.site, `/delegations/${rows[0].id}/cloturer`);
    await one.hostile.visitor.postOnce(url, formOf(await one.hostile.visitor.get(url)));
    expect(await holds(one.accountId, one.hostile.site.id)).toBe(false);

    const other = await stranger(['Siège', 'Dépôt']);
    for (const site of other.hostile.sites) expect(await holds(other.accountId, site.id)).toBe(true);
    const { post } = await signedInAt(issuer, other.honest.manager, STAFF);
    expect((await post(`${STAFF}/${other.accountId}/retirer`)).status).toBe(200);
    for (const site of other.hostile.sites) expect(await holds(other.accountId, site.id)).toBe(false);
    expect(await memberships(other.accountId)).toEqual([]);
  });

  test('holds nothing any more once the caisse detaches the firm from that client', async () => {
    const { accountId, hostile, attachmentId } = await stranger();
    const ended = new Date(app.clock.now() - 1).toISOString();
    await world().change('cabinet_client', attachmentId, { ends_at: ended });
    expect(await holds(accountId, hostile.site.id)).toBe(false);
  });
});

describe('whom a client names', () => {
  test('and who belongs to the firm already stays what he is, with what that client gave besides', async () => {
    const all = await scene();
    const { honest, hostile } = all;
    const link = await give(all, emailOf(honest.staff));
    await acceptKnown(emailOf(honest.staff), link);
    await confirm(all);
    expect(await memberships(honest.staff)).toMatchObject([{ id: honest.membershipId, adherent_id: null }]);
    expect(await holds(honest.staff, hostile.site.id)).toBe(true);
  });

  test('and who manages the firm needs nothing more than the firm’s own delegation', async () => {
    const all = await scene();
    const { honest, hostile } = all;
    await acceptKnown(emailOf(honest.manager), await give(all, emailOf(honest.manager)));
    await confirm(all);
    expect(await memberships(honest.manager)).toMatchObject([{ role: 'manager' }]);
    expect(await holds(honest.manager, hostile.site.id)).toBe(true);
    const staff = await world().store.sql('delegation').where({ kind: 'staff', site_id: hostile.site.id });
    expect(staff).toEqual([]);
  });

  test('for two clients joins twice, each time for one alone; removed, he loses both', async () => {
    const first = await stranger();
    const second = await giverOf(app);
    await world().attach(first.cabinetId, second.site.adherent.id);
    const again = { ...first, hostile: second };
    const link = await give(again, first.email);
    const visitor = new Visitor();
    const page = await follow(visitor, await visitor.get(link));
    const answer = page.url.includes('/connexion/')
      ? await signInOn(visitor, page, first.email, CHOSEN_PASSWORD)
      : page;
    await acceptSignedIn(visitor, answer);
    await confirm(again);
    const joined = await memberships(first.accountId);
    expect(joined.map(({ adherent_id }) => adherent_id).sort()).toEqual(
      [first.hostile.site.adherent.id, second.site.adherent.id].sort(),
    );
    const { page: list, post } = await signedInAt(issuer, first.honest.manager, STAFF);
    expect(readableText(list)).toContain('pour ces entreprises seulement');
    await post(`${STAFF}/${first.accountId}/retirer`);
    expect(await holds(first.accountId, first.hostile.site.id)).toBe(false);
    expect(await holds(first.accountId, second.site.id)).toBe(false);
  });

  test('holds nothing before the client has confirmed, and is nobody of the firm', async () => {
    const all = await scene();
    const known = await world().account();
    await acceptKnown(emailOf(known), await give(all, emailOf(known)));
    expect(await holds(known, all.hostile.site.id)).toBe(false);
    expect(await memberships(known)).toEqual([]);
    const page = await all.hostile.visitor.get(await lastLink(all.hostile.email, '/demandes/'));
    await decide(all.hostile.visitor, page, 'refuser');
    expect(await holds(known, all.hostile.site.id)).toBe(false);
    expect(await memberships(known)).toEqual([]);
  });

  test('holds nothing, and is no member, when the firm was detached before the client confirmed', async () => {
    const all = await scene();
    const known = await world().account();
    await acceptKnown(emailOf(known), await give(all, emailOf(known)));
    const page = await all.hostile.visitor.get(await lastLink(all.hostile.email, '/demandes/'));
    const ended = new Date(app.clock.now() - 1).toISOString();
    await world().change('cabinet_client', all.attachmentId, { ends_at: ended });
    expect((await decide(all.hostile.visitor, page, 'accepter')).status).toBe(403);
    expect(await holds(known, all.hostile.site.id)).toBe(false);
    expect(await memberships(known)).toEqual([]);
  });
});

describe('a member whom a manager invites', () => {
  async function invited(scene: Awaited<ReturnType<typeof firm>>, email: string): Promise<string> {
    const { post } = await signedInAt(issuer, scene.manager, STAFF);
    expect((await post(`${STAFF}/inviter`, { email })).status).toBe(200);
    return lastLink(email, '/invitation?jeton=');
  }

  test('joins the whole firm by accepting, holds nothing yet, and can be entrusted with its clients', async () => {
    const scene = await firm(world());
    const email = newEmail();
    const visitor = new Visitor();
    const link = await invited(scene, email);
    await acceptAsNew(visitor, await visitor.get(link));
    const accountId = await accountOf(email);
    expect(await memberships(accountId)).toMatchObject([{ role: 'staff', adherent_id: null }]);
    expect(await holds(accountId, scene.site.id)).toBe(false);
    const { get, page } = await signedInAt(issuer, scene.manager, STAFF);
    expect(readableText(page)).toContain('Nouvelle Dominique');
    expect(readableText(page)).not.toContain('Invitations sans réponse');
    expect((await get(`/mon-cabinet/confier?client=${scene.site.siret}`)).text).toContain(email);
  });

  test('does not join once the manager who invited him has lost his firm, nor after the withdrawal', async () => {
    const scene = await firm(world());
    const [known, other] = [await world().account(), await world().account()];
    const links = [await invited(scene, emailOf(known)), await invited(scene, emailOf(other))];
    const { post } = await signedInAt(issuer, scene.manager, STAFF);
    const [invitation] = await world()
      .store.sql('invitation')
      .where({ email: emailOf(other) });
    await post(`${STAFF}/invitations/${invitation.id}/retirer`);
    await new Visitor().get(links[1] ?? '');
    const ended = { ends_at: new Date(app.clock.now() - 1).toISOString() };
    await world().change('cabinet_member', scene.managerMembership, ended);
    await acceptKnown(emailOf(known), links[0] ?? '');
    await acceptKnown(emailOf(other), links[1] ?? '');
    expect(await memberships(known)).toEqual([]);
    expect(await memberships(other)).toEqual([]);
  });
});

describe('leaving and joining at the same moment', () => {
  test('whoever is removed while a client confirms him has lost it, or has joined anew for that client alone', async () => {
    const all = await scene();
    const { honest, hostile } = all;
    await acceptKnown(emailOf(honest.staff), await give(all, emailOf(honest.staff)));
    const page = await hostile.visitor.get(await lastLink(hostile.email, '/demandes/'));
    const { post } = await signedInAt(issuer, honest.manager, STAFF);
    await Promise.all([decide(hostile.visitor, page, 'accepter'), post(`${STAFF}/${honest.staff}/retirer`)]);
    expect(await holds(honest.staff, honest.site.id)).toBe(false);
    const open = await memberships(honest.staff);
    expect(open.filter(({ adherent_id }) => adherent_id === null)).toEqual([]);
    expect(await holds(honest.staff, hostile.site.id)).toBe(open.length === 1);
    const { rows } = await app.database.knex.raw(
      `select d.id from delegation d join cabinet_member m on m.caisse_id = d.caisse_id and m.id = d.cabinet_member_id
       where d.grantee_account_id = ? and d.status = 'active' and m.ends_at is not null`,
      [honest.staff],
    );
    expect(rows).toEqual([]);
  });

  test('nobody joins a firm twice, however many clients name him at once', async () => {
    const scene = await firm(world());
    const person = await world().account();
    const joining = { accountId: person, cabinetId: scene.cabinetId, now: app.clock.now() };
    const { store } = world();
    await Promise.all(
      [null, scene.site.adherent.id, null, scene.site.adherent.id].map((adherentId) =>
        store.sql.transaction((sql) => joinFirm({ ...store, sql }, { ...joining, adherentId })),
      ),
    );
    const wholeFirm = (await memberships(person)).filter(({ adherent_id }) => adherent_id === null);
    expect(wholeFirm).toHaveLength(1);
  });
});
