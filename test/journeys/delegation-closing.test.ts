import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, SECRET, startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { hiddenOn, pressOn, signedInOn } from '../support/closing.ts';
import { claimsOf, readableText, refresh, request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

/** Logout tokens that a service's back channel got. */
const told: string[] = [];
const service = createServer(async (incoming, response) => {
  told.push(new URLSearchParams(await text(incoming)).get('logout_token') ?? '');
  response.writeHead(200).end();
});

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
  const { port } = service.address() as AddressInfo;
  const metadata = {
    client_name: 'Service averti',
    redirect_uris: ['http://127.0.0.1:9/retour'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid profile email offline_access',
    resources: [],
    backchannel_logout_session_required: true,
    backchannel_logout_uri: `http://127.0.0.1:${port}/deconnexion`,
  };
  app = await startApp({
    clients: [{ clientId: 'averti', secret: SECRET, thirdParty: false, defaultService: false, metadata }],
  });
  issuer = app.issuerOf('grand-est');
});
afterAll(async () => {
  await app.close();
  await closeServer(service);
});

const pageOf = (site: { siret: string }, id: string, act: string) =>
  `${issuer}/droits-d-acces/${site.siret}/delegations/${id}/${act}`;

/** The delegation as its row says. */
const row = (id: string) => app.database.knex('delegation').first().where({ id });
const auditOf = (kind: string, siteId: string) =>
  app.database.knex('audit_event').where({ kind, site_id: siteId });

/** A family of three, its head signed in, its deputy and user at a service. */
async function family() {
  const made = await chainOfThree(app.world());
  const head = await signedInOn(issuer, emailOf(made.head));
  const enter = async (accountId: string) =>
    signInAndRedeem(new Visitor(), { email: emailOf(accountId) }, await request(issuer, 'averti'));
  return { ...made, visitor: head, ofDeputy: await enter(made.deputy), ofUser: await enter(made.user) };
}

const grantsOf = async (accountId: string) =>
  (await app.database.knex('oidc_artifact').where({ kind: 'Grant', account_id: accountId })).length;

describe('closing a delegation', () => {
  test('says first who loses what, and changes nothing by being looked at', async () => {
    const { site, middle, visitor } = await family();
    const before = await row(middle);
    const page = await visitor.get(pageOf(site, middle, 'cloturer'));
    const words = readableText(page);
    expect(words).toContain(
      'Camille Essai perd 17 droits et le pouvoir de déléguer sur 1 site et n’y garde aucun accès.',
    );
    expect(words).toContain(
      '1 collaborateur perd 17 droits sur 1 site. Cette personne n’aura plus aucun accès à 1 site.',
    );
    expect(await row(middle)).toEqual(before);
  });

  test('ends at once what services hold for whoever is left with nothing, below as well, and tells them', async () => {
    const { site, middle, deputy, user, head, visitor, ofDeputy, ofUser } = await family();
    told.length = 0;
    const done = await pressOn(visitor, pageOf(site, middle, 'cloturer'));
    expect([done.status, done.location]).toEqual([
      303,
      `${issuer}/droits-d-acces/${site.siret}?fait=cloture`,
    ]);
    expect((await row(middle)).status).toBe('closed');
    expect([await grantsOf(deputy), await grantsOf(user), await grantsOf(head)]).toEqual([0, 0, 1]);
    expect((await refresh(issuer, 'averti', ofDeputy.refresh_token ?? '')).error).toBe('invalid_grant');
    expect(told.map((token) => claimsOf(token).sub).sort()).toEqual(
      [ofDeputy, ofUser].map(({ id_token }) => claimsOf(id_token).sub).sort(),
    );
    expect(told.map((token) => claimsOf(token).sid)).toEqual([expect.any(String), expect.any(String)]);
  });

  test('is told to the beneficiary and written down with before and after', async () => {
    const { site, leaf, head, deputy, user, visitor } = await family();
    await pressOn(visitor, pageOf(site, leaf, 'cloturer'));
    await app.deliver();
    expect(app.inbox.next(emailOf(user)).subject).toMatch(/délégation/);
    const [line] = await auditOf('delegation_closed', site.id);
    expect(line).toMatchObject({ actor_id: head, subject_id: user });
    expect(line.facts).toMatchObject({ delegation: leaf, giver: deputy });
    expect([line.facts.before, line.facts.after]).toEqual([
      expect.stringMatching(/^active /),
      expect.stringMatching(/^closed /),
    ]);
    const [past] = await app.database.knex('delegation_past').where({ delegation_id: leaf });
    expect(past.status).toBe('active');
  });

  test('leaves alone whoever holds another chain there', async () => {
    const { site, root, head, user, leaf, visitor, ofUser } = await family();
    await app
      .world()
      .delegate(site, root, { from: head, to: user }, { rights: rightsOn({ documents: 'consultation' }) });
    told.length = 0;
    await pressOn(visitor, pageOf(site, leaf, 'cloturer'));
    expect(told).toEqual([]);
    expect((await refresh(issuer, 'averti', ofUser.refresh_token ?? '')).status).toBe(200);
  });

  test('of a firm is its deletion, told to its managers', async () => {
    const { site, head, manager, staff, toFirm } = await firm(app.world());
    const visitor = await signedInOn(issuer, emailOf(head));
    const page = await visitor.get(pageOf(site, toFirm, 'cloturer'));
    expect(readableText(page)).toContain('Supprimer la délégation');
    expect(readableText(page)).toContain(
      '2 collaborateurs perdent 17 droits sur 1 site. Ces personnes n’auront plus aucun accès à 1 site.',
    );
    const done = await pressOn(visitor, pageOf(site, toFirm, 'cloturer'));
    expect(done.location).toBe(`${issuer}/droits-d-acces/${site.siret}?fait=suppression`);
    await app.deliver();
    expect(app.inbox.next(emailOf(manager)).text).toContain('délégation');
    expect(() => app.inbox.next(emailOf(staff))).toThrow();
  });
});

describe('putting a delegation on standby', () => {
  test('stops its rights at once and gives them back as they were', async () => {
    const { site, leaf, user, visitor, ofUser } = await family();
    told.length = 0;
    expect((await pressOn(visitor, pageOf(site, leaf, 'mettre-en-veille'))).status).toBe(303);
    expect((await refresh(issuer, 'averti', ofUser.refresh_token ?? '')).error).toBe('invalid_grant');
    expect(told).toHaveLength(1);
    expect((await pressOn(visitor, pageOf(site, leaf, 'reactiver'))).status).toBe(303);
    expect((await refresh(issuer, 'averti', ofUser.refresh_token ?? '')).status).toBe(200);
    await app.deliver();
    const subjects = [app.inbox.next(emailOf(user)).subject, app.inbox.next(emailOf(user)).subject];
    expect(subjects[0]).not.toBe(subjects[1]);
  });

  test('is not undone by its giver’s own loss: what he no longer holds is not given back', async () => {
    const { site, middle, leaf, visitor } = await family();
    await pressOn(visitor, pageOf(site, leaf, 'mettre-en-veille'));
    await app.world().change('delegation', middle, { admin: 0 as never, levels: 1, colleges: 1 });
    const refused = await pressOn(visitor, pageOf(site, leaf, 'reactiver'));
    expect(refused.status).toBe(403);
    expect((await row(leaf)).status).toBe('suspended');
  });

  test('is no firm’s delegation’s: it is given or deleted', async () => {
    const { site, head, toFirm } = await firm(app.world());
    const visitor = await signedInOn(issuer, emailOf(head));
    expect((await visitor.get(pageOf(site, toFirm, 'mettre-en-veille'))).status).toBe(404);
    const { changed_at: vu } = await row(toFirm);
    expect(
      (await visitor.postOnce(pageOf(site, toFirm, 'mettre-en-veille'), { vu: String(vu) })).status,
    ).toBe(404);
    expect((await row(toFirm)).status).toBe('active');
  });
});

describe('nobody closes what is not below him', () => {
  const ACTS = ['cloturer', 'mettre-en-veille', 'reactiver'];

  test.each(ACTS)('%s: neither the beneficiary, nor who stands beside, nor a stranger', async (act) => {
    const world = app.world();
    const { site, root, head, deputy, user, middle, leaf } = await chainOfThree(world);
    const beside = await world.account();
    await world.delegate(site, root, { from: head, to: beside }, { admin: true });
    const stranger = (await world.administrator(1)).accountId;
    const { changed_at: vu } = await row(leaf);
    for (const [who, id] of [
      [deputy, middle],
      [deputy, root],
      [head, root],
      [user, leaf],
      [beside, leaf],
      [stranger, leaf],
    ] as const) {
      const visitor = await signedInOn(issuer, emailOf(who));
      const answers = [
        await visitor.get(pageOf(site, id, act)),
        await visitor.postOnce(pageOf(site, id, act), { vu: String(vu) }),
      ];
      for (const { status } of answers) expect([403, 404]).toContain(status);
    }
    expect((await row(leaf)).status).toBe('active');
    expect((await row(middle)).status).toBe('active');
    expect(await auditOf('delegation_closed', site.id)).toEqual([]);
  });

  test('an id of another site, of another caisse or of nothing answers as a page that does not exist', async () => {
    const world = app.world();
    const { email, sites } = await world.administrator(1);
    const [site] = sites as [(typeof sites)[number]];
    const other = await chainOfThree(world);
    const abroad = await chainOfThree(app.world('nord-ouest'));
    const visitor = await signedInOn(issuer, email);
    for (const id of [other.leaf, abroad.leaf, other.site.id, 'rien']) {
      const answer = await visitor.get(pageOf(site, id, 'cloturer'));
      const posted = await visitor.postOnce(pageOf(site, id, 'cloturer'), { vu: '1' });
      expect([answer.status, posted.status]).toEqual([404, 404]);
      expect(readableText(answer)).toContain('Page introuvable');
    }
  });
});

describe('two at once', () => {
  test('one closes, the other hears that it has changed', async () => {
    const { site, leaf, visitor } = await family();
    const url = pageOf(site, leaf, 'cloturer');
    const vu = hiddenOn(await visitor.get(url), 'vu');
    const statuses = await Promise.all(Array.from({ length: 5 }, () => visitor.postOnce(url, { vu })));
    expect(statuses.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409, 409]);
    expect(await auditOf('delegation_closed', site.id)).toHaveLength(1);
  });

  test('a form that somebody else’s change has made old changes nothing', async () => {
    const { site, leaf, visitor } = await family();
    const url = pageOf(site, leaf, 'cloturer');
    const vu = hiddenOn(await visitor.get(url), 'vu');
    await pressOn(visitor, pageOf(site, leaf, 'mettre-en-veille'));
    expect((await visitor.postOnce(url, { vu })).status).toBe(409);
    expect((await visitor.postOnce(url, { vu: 'x' })).status).toBe(409);
    expect((await row(leaf)).status).toBe('suspended');
  });

  test('closing and putting on standby leave one state and one line', async () => {
    const { site, leaf, visitor } = await family();
    const vu = hiddenOn(await visitor.get(pageOf(site, leaf, 'cloturer')), 'vu');
    const answers = await Promise.all(
      ['cloturer', 'mettre-en-veille'].map((act) => visitor.postOnce(pageOf(site, leaf, act), { vu })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const lines = [
      ...(await auditOf('delegation_closed', site.id)),
      ...(await auditOf('delegation_suspended', site.id)),
    ];
    expect(lines).toHaveLength(1);
  });

  test('what is over leads from its page to the delegation, which tells why', async () => {
    const { site, leaf, visitor } = await family();
    await pressOn(visitor, pageOf(site, leaf, 'cloturer'));
    const again = await visitor.once(pageOf(site, leaf, 'cloturer'));
    expect(again.location).toBe(`${issuer}/droits-d-acces/${site.siret}/delegations/${leaf}`);
  });
});
