import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing } from '../../provider/domain/rights.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { mayRefresh } from '../support/account.ts';
import { type Slug, startApp, type TestApp } from '../support/app.ts';
import { firm } from '../support/chains.ts';
import { hiddenOn } from '../support/closing.ts';
import { type AtScreens, signedInAt } from '../support/own-screens.ts';
import { readableText, request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const STAFF = '/mon-cabinet/collaborateurs';
const SOME = { rights: rightsOn({ documents: 'consultation' }) };

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const at = (accountId: string, path = STAFF, slug: Slug = 'grand-est'): Promise<AtScreens> =>
  signedInAt(app.issuerOf(slug), accountId, path);

const holdsSomething = async (accountId: string, siteId: string): Promise<boolean> => {
  const holding = await readHolding(app.world().store, accountId, { siteId });
  return !holdsNothing(effectiveRights(holding?.chains ?? [], app.clock.now()));
};

async function openInvitations(
  cabinetId: string,
): Promise<{ id: string; email: string; withdrawn_at: unknown }[]> {
  return app
    .world()
    .store.sql('invitation')
    .select('id', 'email', 'withdrawn_at')
    .where({ cabinet_id: cabinetId });
}

const lines = (kind: string, cabinetId: string): Promise<Record<string, unknown>[]> =>
  app.world().store.sql('audit_event').where({ kind }).whereRaw(`facts->>'cabinet' = ?`, [cabinetId]);

/** Named by the client of that site, for it alone, and given a part of what the firm holds there. */
async function named(scene: Awaited<ReturnType<typeof firm>>) {
  const world = app.world();
  const [person, id] = [await world.account({ familyName: 'Nommé' }), randomUUID()];
  await world.store.sql('cabinet_member').insert({
    caisse_id: 'grand-est',
    id,
    cabinet_id: scene.cabinetId,
    account_id: person,
    role: 'staff',
    adherent_id: scene.site.adherent.id,
    effective_at: new Date(app.clock.now() - 1000),
  });
  const toPerson = await world.link(
    scene.site,
    {
      kind: 'staff',
      parentId: scene.toFirm,
      grantorCabinetId: scene.cabinetId,
      granteeAccountId: person,
      membershipId: id,
    },
    SOME,
  );
  return { person, membershipId: id, toPerson };
}

describe('the people of a firm', () => {
  test('are shown to its manager: who, in what role, for how many clients, named by which client', async () => {
    const scene = await firm(app.world());
    await named(scene);
    const { page } = await at(scene.manager);
    expect(page.status).toBe(200);
    const text = readableText(page);
    expect(text).toContain(emailOf(scene.staff));
    expect(text).toContain('Personnes du cabinet (3)');
    expect(text).toMatch(/Responsable depuis le [^–]+ – 1 client/);
    expect(text).toMatch(/Collaborateur depuis le [^–]+ – 1 client/);
    expect(text).toContain('Désigné par Maçonnerie du Test, pour cette entreprise seulement');
    expect(text).toContain('Seule votre caisse désigne ou retire un responsable du cabinet');
  });

  test('are searched, and a page that is none leads to the last', async () => {
    const scene = await firm(app.world());
    const world = app.world();
    for (let i = 0; i < 28; i++) {
      await world.join(
        scene.cabinetId,
        await world.account({ familyName: `Personne ${i}`, givenName: i === 27 ? 'Éléonore' : 'Camille' }),
        'staff',
      );
    }
    const { get } = await at(scene.manager);
    expect(readableText(await get(`${STAFF}?page=99`))).toContain('Page 2 sur 2');
    expect(readableText(await get(`${STAFF}?q=eleonore+PERSONNE`))).toContain('1 résultat');
    expect(readableText(await get(`${STAFF}?q=introuvable`))).toContain('Aucune personne du cabinet');
  });

  test('whoever manages several firms chooses, and keeps to his choice', async () => {
    const scene = await firm(app.world());
    const other = await app.world().cabinet('Deuxième cabinet');
    await app.world().join(other, scene.manager, 'manager');
    const { page, get, post } = await at(scene.manager);
    expect(readableText(page)).toContain('Mes cabinets');
    const list = await get(`${STAFF}?cabinet=${other}`);
    expect(readableText(list)).toContain('Deuxième cabinet');
    expect(list.text).toContain(`${STAFF}/inviter?cabinet=${other}`);
    expect((await post(`${STAFF}/inviter`, { email: 'a@essai.test' })).status).toBe(404);
    expect((await post(`${STAFF}/inviter?cabinet=${other}`, { email: 'a@essai.test' })).status).toBe(200);
    expect(await openInvitations(other)).toHaveLength(1);
    expect(await openInvitations(scene.cabinetId)).toHaveLength(0);
  });
});

describe('a manager invites somebody to join', () => {
  test('by e-mail; the mail says which firm and by whom, and a line of the audit tells it', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    const email = `nouveau-${randomUUID()}@essai.test`;
    const list = await post(`${STAFF}/inviter`, { email });
    expect(readableText(list)).toContain('L’invitation est partie');
    expect(readableText(list)).toContain(email);
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.text).toContain('Cabinet Essai');
    expect(mail.text).toContain('Camille Essai');
    expect(mail.link).toContain(`${app.issuerOf('grand-est')}/invitation?jeton=`);
    expect(await lines('member_invited', scene.cabinetId)).toMatchObject([{ actor_id: scene.manager }]);
  });

  test('not with what is no address, nor twice, nor who belongs to it already; what was typed stays', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    for (const [email, words] of [
      ['personne', 'Saisissez une adresse électronique complète'],
      [emailOf(scene.staff).toUpperCase(), 'appartient déjà à votre cabinet'],
      [emailOf(scene.manager), 'appartient déjà à votre cabinet'],
    ] as const) {
      const refused = await post(`${STAFF}/inviter`, { email });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('<title>Erreur');
      expect(refused.text).toContain(`value="${email}"`);
      expect(readableText(refused)).toContain(words);
    }
    const email = `deux-fois-${randomUUID()}@essai.test`;
    const both = await Promise.all([1, 2].map(() => post(`${STAFF}/inviter`, { email })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await openInvitations(scene.cabinetId)).toHaveLength(1);
  });

  test('whom a client named may be invited to the whole firm', async () => {
    const scene = await firm(app.world());
    const { person } = await named(scene);
    const { post } = await at(scene.manager);
    expect((await post(`${STAFF}/inviter`, { email: emailOf(person) })).status).toBe(200);
  });

  test('and sends it again, with a new link in place of the former, or takes it back', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    const email = `encore-${randomUUID()}@essai.test`;
    await post(`${STAFF}/inviter`, { email });
    await app.deliver();
    const first = app.inbox.next(email).link;
    const [invitation] = await openInvitations(scene.cabinetId);
    app.clock.advance(40 * 86_400_000);
    const later = await at(scene.manager);
    expect(readableText(later.page)).toContain('délai dépassé');
    const vu = hiddenOn(later.page, 'vu');
    const again = await later.post(`${STAFF}/invitations/${invitation?.id}/renvoyer`, { vu });
    expect(readableText(again)).toContain('L’invitation est repartie');
    await app.deliver();
    expect(app.inbox.next(email).link).not.toBe(first);
    const gone = await later.post(`${STAFF}/invitations/${invitation?.id}/retirer`);
    expect(readableText(gone)).toContain('L’invitation est retirée');
    expect(readableText(gone)).not.toContain(email);
    for (const act of ['renvoyer', 'retirer']) {
      expect((await later.post(`${STAFF}/invitations/${invitation?.id}/${act}`)).status).toBe(409);
    }
  });

  test('once, however often he presses, at once or one after the other', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    const email = `deux-fois-${randomUUID()}@essai.test`;
    await post(`${STAFF}/inviter`, { email });
    const [invitation] = await openInvitations(scene.cabinetId);
    const url = `${STAFF}/invitations/${invitation?.id}/renvoyer`;
    const vu = hiddenOn((await at(scene.manager)).page, 'vu');
    const answers = await Promise.all(Array.from({ length: 4 }, () => post(url, { vu })));
    const last = await post(url, { vu });
    for (const answer of [...answers, last])
      expect(readableText(answer)).toContain('L’invitation est repartie');
    await app.deliver();
    const mails = () => app.inbox.all().filter(({ to }) => to === email);
    expect(mails()).toHaveLength(2);
    expect(await lines('delegation_sent_again', scene.cabinetId)).toHaveLength(1);
    await post(url, { vu: hiddenOn(last, 'vu') });
    await app.deliver();
    expect(mails()).toHaveLength(3);
  });

  test('no invitation of another firm, of a client, or unknown, is his', async () => {
    const [scene, other] = [await firm(app.world()), await firm(app.world())];
    const there = await at(other.manager);
    await there.post(`${STAFF}/inviter`, { email: `ailleurs-${randomUUID()}@essai.test` });
    const [theirs] = await openInvitations(other.cabinetId);
    const { post } = await at(scene.manager);
    for (const id of [theirs?.id, randomUUID(), 'rien']) {
      for (const act of ['renvoyer', 'retirer']) {
        expect((await post(`${STAFF}/invitations/${id}/${act}`)).status).toBe(404);
      }
    }
    expect(await openInvitations(other.cabinetId)).toMatchObject([{ withdrawn_at: null }]);
  });
});

describe('a manager removes somebody', () => {
  test('after having seen what it takes; whoever leaves loses at once all that came through the firm', async () => {
    const scene = await firm(app.world(), { toStaff: SOME });
    const visitor = new Visitor();
    const asked = await request(app.issuerOf('grand-est'), 'portail');
    const tokens = await signInAndRedeem(visitor, { email: emailOf(scene.staff) }, asked);
    expect(await mayRefresh(app.issuerOf('grand-est'), tokens)).toBe(true);

    const { get, post } = await at(scene.manager);
    const page = await get(`${STAFF}/${scene.staff}/retirer`);
    expect(readableText(page)).toMatch(/Camille Essai perd 1 droit sur 1 site et n’y garde aucun accès/);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(true);

    const list = await post(`${STAFF}/${scene.staff}/retirer`, { motif: 'departure' });
    expect(readableText(list)).toContain('ne fait plus partie de votre cabinet');
    expect(readableText(list)).not.toContain(emailOf(scene.staff));
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(false);
    expect(await mayRefresh(app.issuerOf('grand-est'), tokens)).toBe(false);
    const row = await app.world().store.sql('delegation').first('status').where({ id: scene.toStaff });
    expect(row.status).toBe('closed');
    await app.deliver();
    expect(app.inbox.next(emailOf(scene.staff)).text).toContain('Cabinet Essai');
    expect(await lines('member_left', scene.cabinetId)).toMatchObject([
      {
        actor_id: scene.manager,
        subject_id: scene.staff,
        facts: { delegations: 1, sites: 1, memberships: 1, reason: 'departure' },
      },
    ]);
    expect(await lines('delegation_closed', scene.cabinetId)).toMatchObject([
      { site_id: scene.site.id, facts: { delegation: scene.toStaff, before: 'active', after: 'closed' } },
    ]);
    const past = await app.world().store.sql('delegation_past').where({ delegation_id: scene.toStaff });
    expect(past).toMatchObject([{ status: 'active' }]);
    expect((await post(`${STAFF}/${scene.staff}/retirer`)).status).toBe(404);
  });

  test('whoever a client named goes too, with all that it gave him, and keeps what came by another way', async () => {
    const scene = await firm(app.world());
    const { person } = await named(scene);
    const own = await app.world().site();
    await app.world().enrol(person, own);
    const { get, post } = await at(scene.manager);
    expect(readableText(await get(`${STAFF}/${person}/retirer`))).toContain(
      'désignation par Maçonnerie du Test',
    );
    expect((await post(`${STAFF}/${person}/retirer`)).status).toBe(200);
    expect(await holdsSomething(person, scene.site.id)).toBe(false);
    expect(await holdsSomething(person, own.id)).toBe(true);
  });

  test('and leaves alone what the person holds through another firm', async () => {
    const [scene, other] = [await firm(app.world()), await firm(app.world())];
    const membershipId = await app.world().join(other.cabinetId, scene.staff, 'staff');
    await app.world().link(
      other.site,
      {
        kind: 'staff',
        parentId: other.toFirm,
        grantorCabinetId: other.cabinetId,
        granteeAccountId: scene.staff,
        membershipId,
      },
      SOME,
    );
    const { post } = await at(scene.manager);
    await post(`${STAFF}/${scene.staff}/retirer`);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(false);
    expect(await holdsSomething(scene.staff, other.site.id)).toBe(true);
  });

  test('a membership that begins or ends later ends now as well', async () => {
    const world = app.world();
    const scene = await firm(world);
    const [soon, ending] = [await world.account(), await world.account()];
    await world.join(scene.cabinetId, soon, 'staff', { from: app.clock.now() + 1e9 });
    await world.join(scene.cabinetId, ending, 'staff', { to: app.clock.now() + 1e9 });
    const { post, get } = await at(scene.manager);
    for (const person of [soon, ending]) {
      expect((await post(`${STAFF}/${person}/retirer`)).status).toBe(200);
      expect(readableText(await get(STAFF))).not.toContain(emailOf(person));
    }
  });

  test('neither himself nor another manager: only the caisse does', async () => {
    const world = app.world();
    const scene = await firm(world);
    const second = await world.account();
    await world.join(scene.cabinetId, second, 'manager');
    const { get, post, page } = await at(scene.manager);
    expect(page.text.match(/\/retirer"/g)).toHaveLength(1);
    for (const person of [scene.manager, second]) {
      expect((await get(`${STAFF}/${person}/retirer`)).status).toBe(403);
      const refused = await post(`${STAFF}/${person}/retirer`);
      expect(refused.status).toBe(403);
      expect(readableText(refused)).toContain('Seule votre caisse');
    }
    const open = await world.store
      .sql('cabinet_member')
      .where({ cabinet_id: scene.cabinetId })
      .whereNull('ends_at');
    expect(open).toHaveLength(3);
  });

  test('nobody of another firm, nobody unknown', async () => {
    const [scene, other] = [await firm(app.world()), await firm(app.world())];
    const { get, post } = await at(scene.manager);
    for (const person of [other.staff, other.manager, scene.head, randomUUID(), 'rien']) {
      expect((await get(`${STAFF}/${person}/retirer`)).status).toBe(404);
      expect((await post(`${STAFF}/${person}/retirer`)).status).toBe(404);
    }
    expect(await holdsSomething(other.staff, other.site.id)).toBe(true);
  });

  test('once, however often it is asked at the same time', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    const all = await Promise.all([1, 2, 3].map(() => post(`${STAFF}/${scene.staff}/retirer`)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect(await lines('member_left', scene.cabinetId)).toHaveLength(1);
  });

  test('what is being given to him at that moment is closed as well, and worth nothing if it comes later', async () => {
    const world = app.world();
    const scene = await firm(world);
    const site = await world.site({ adherent: scene.site.adherent });
    const root = await world.enrol(scene.head, site);
    const toFirm = await world.link(
      site,
      {
        kind: 'cabinet',
        parentId: root,
        grantorAccountId: scene.head,
        granteeCabinetId: scene.cabinetId,
        attachmentId: scene.attachmentId,
      },
      {},
    );
    const { post } = await at(scene.manager);
    const give = world.link(
      site,
      {
        kind: 'staff',
        parentId: toFirm,
        grantorCabinetId: scene.cabinetId,
        granteeAccountId: scene.staff,
        membershipId: scene.membershipId,
      },
      SOME,
    );
    await Promise.all([post(`${STAFF}/${scene.staff}/retirer`), give]);
    expect(await holdsSomething(scene.staff, site.id)).toBe(false);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(false);
  });
});

describe('whoever does not manage the firm', () => {
  const paths = (person: string) =>
    [
      ['get', STAFF],
      ['get', `${STAFF}/inviter`],
      ['post', `${STAFF}/inviter`],
      ['post', `${STAFF}/invitations/${randomUUID()}/renvoyer`],
      ['post', `${STAFF}/invitations/${randomUUID()}/retirer`],
      ['get', `${STAFF}/${person}/retirer`],
      ['post', `${STAFF}/${person}/retirer`],
    ] as const;

  async function answers(accountId: string, person: string, query = ''): Promise<number[]> {
    const { get, post } = await at(accountId, '/mon-compte');
    const statuses: number[] = [];
    for (const [method, path] of paths(person)) {
      const page =
        method === 'get' ? await get(path + query) : await post(path + query, { email: 'x@essai.test' });
      statuses.push(page.status);
    }
    return [...new Set(statuses)];
  }

  test('is refused by every page: an administrator, staff, whom a client named, a former or a future manager', async () => {
    const world = app.world();
    const scene = await firm(world);
    const { person } = await named(scene);
    const [former, future] = [await world.account(), await world.account()];
    await world.join(scene.cabinetId, former, 'manager', { to: app.clock.now() - 1 });
    await world.join(scene.cabinetId, future, 'manager', { from: app.clock.now() + 1e9 });
    for (const accountId of [scene.head, scene.staff, person, former, future]) {
      expect(await answers(accountId, scene.staff)).toEqual([403]);
      expect(await answers(accountId, scene.staff, `?cabinet=${scene.cabinetId}`)).toEqual([403]);
    }
    expect(await openInvitations(scene.cabinetId)).toEqual([]);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(true);
  });

  test('finds nothing when it is another firm that he manages, here or at another caisse', async () => {
    const [scene, other] = [await firm(app.world()), await firm(app.world())];
    expect(await answers(other.manager, scene.staff, `?cabinet=${scene.cabinetId}`)).toEqual([404]);
    const abroad = await firm(app.world('nord-ouest'));
    const there = await at(abroad.manager, `${STAFF}?cabinet=${scene.cabinetId}`, 'nord-ouest');
    expect(there.page.status).toBe(404);
    expect((await there.post(`${STAFF}/${scene.staff}/retirer`)).status).toBe(404);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(true);
  });

  test('is refused in the middle of his act, when the caisse ends his management meanwhile', async () => {
    const scene = await firm(app.world());
    const { post } = await at(scene.manager);
    const ended = { ends_at: new Date(app.clock.now()).toISOString() };
    await app.world().change('cabinet_member', scene.managerMembership, ended);
    expect((await post(`${STAFF}/${scene.staff}/retirer`)).status).toBe(403);
    expect((await post(`${STAFF}/inviter`, { email: 'x@essai.test' })).status).toBe(403);
    expect(await holdsSomething(scene.staff, scene.site.id)).toBe(true);
  });
});
