import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing } from '../../provider/domain/rights.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { pressOn, signedInOn } from '../support/closing.ts';
import { CHOSEN_PASSWORD } from '../support/enrolment.ts';
import { acceptAsNew, acceptSignedIn } from '../support/invitations.ts';
import {
  claimsOf,
  readableText,
  refresh,
  request,
  signInAndRedeem,
  signInOn,
  Visitor,
} from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

let addresses = 0;
const newAddress = () => `successeur-${++addresses}@essai.test`;

/** An administrator of so many sites of one adhérent, with a colleague below him on each. */
async function company(count = 1) {
  const world = app.world();
  const [head, user] = [await world.account({ givenName: 'Alix' }), await world.account()];
  const [first] = await world.sites([{ name: 'Siège' }]);
  if (!first) throw new Error('no site');
  const more = Array.from({ length: count - 1 }, (_, i) => ({
    name: `Dépôt ${i + 2}`,
    adherent: first.adherent,
  }));
  const sites = [first, ...(await world.sites(more))];
  const roots: string[] = [];
  const leaves: string[] = [];
  for (const site of sites) {
    const root = await world.enrol(head, site);
    roots.push(root);
    leaves.push(await world.delegate(site, root, { from: head, to: user }));
  }
  const visitor = await signedInOn(issuer, emailOf(head));
  return {
    world,
    head,
    user,
    site: first,
    sites,
    roots,
    leaves,
    visitor,
    url: `${issuer}/droits-d-acces/${first.siret}/ceder`,
  };
}

type Company = Awaited<ReturnType<typeof company>>;

const fieldsOf = ({ sites }: Company, email: string, chosen = sites) => ({
  email,
  ...Object.fromEntries(chosen.map(({ siret }) => [`site_${siret}`, 'oui'])),
});

/** Proposed, and the link that the successor got. */
async function proposed(one: Company, email: string, chosen = one.sites) {
  const done = await one.visitor.postOnce(`${one.url}/proposer`, fieldsOf(one, email, chosen));
  expect([done.status, done.location]).toEqual([
    303,
    `${issuer}/droits-d-acces/${one.site.siret}?fait=cession`,
  ]);
  await app.deliver();
  return app.inbox.next(email).link;
}

const statusOf = async (id: string) => (await app.database.knex('delegation').first().where({ id })).status;
const held = async ({ world }: Company, accountId: string, siteId: string) =>
  effectiveRights((await readHolding(world.store, accountId, { siteId }))?.chains ?? [], app.clock.now());
const accountOf = async (email: string) =>
  (await app.database.knex('account').first().where({ email_key: email }))?.id as string;

/** Where the page of a delegation leads to the one that it follows, or is followed by. */
const otherDelegation = ({ text }: { readonly text: string }) =>
  new URL(/href="([^"]+\/delegations\/[0-9a-f-]{36})">Voir/.exec(text)?.[1] ?? '', issuer).href;

describe('handing a site over', () => {
  test('says what goes on and what he loses before anything is sent', async () => {
    const one = await company(2);
    const page = await one.visitor.get(one.url);
    expect(readableText(page)).toContain('Céder ma place d’administrateur');
    expect(page.text).toContain(`name="site_${one.sites[1]?.siret}"`);
    const recap = await one.visitor.postOnce(`${one.url}/recapitulatif`, fieldsOf(one, newAddress()));
    expect(recap.status).toBe(200);
    const words = readableText(recap);
    expect(words).toContain(
      'Vous perdez 17 droits et le pouvoir de déléguer sur 2 sites et n’y gardez aucun accès.',
    );
    expect(words).toContain('2 délégations continuent sans interruption');
    expect(await app.database.knex('invitation').where({ inviter_account_id: one.head })).toEqual([]);
  });

  test('to somebody new: he opens his account, holds the sites, and all below goes on', async () => {
    const one = await company(2);
    const email = newAddress();
    const of = await signInAndRedeem(
      new Visitor(),
      { email: emailOf(one.user), siteId: one.site.id },
      await request(issuer, 'portail'),
    );
    const link = await proposed(one, email);
    expect(await statusOf(one.roots[0] ?? '')).toBe('active');
    const visitor = new Visitor();
    const after = await acceptAsNew(visitor, await visitor.get(link));
    expect(after.url).toContain('/invitation/ouverte');
    const successor = await accountOf(email);
    for (const site of one.sites) {
      expect(await held(one, successor, site.id)).toMatchObject({ administrator: true });
      expect(holdsNothing(await held(one, one.head, site.id))).toBe(true);
      expect(holdsNothing(await held(one, one.user, site.id))).toBe(false);
    }
    expect((await refresh(issuer, 'portail', of.refresh_token ?? '')).status).toBe(200);
    const lines = await app.database
      .knex('audit_event')
      .where({ kind: 'site_handed_over', actor_id: successor });
    expect(lines.map(({ facts }) => [facts.giver, facts.carried])).toEqual([
      [one.head, 1],
      [one.head, 1],
    ]);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('Vous administrez désormais');
    expect(app.inbox.next(emailOf(one.head)).subject).toContain('Vous avez transmis');
  });

  test('to a colleague who stands below: he accepts by signing in, and what he held there is redundant', async () => {
    const one = await company();
    const colleague = await one.world.account();
    const [root = ''] = one.roots;
    const own = await one.world.delegate(one.site, root, { from: one.head, to: colleague }, { admin: true });
    await one.world.delegate(one.site, own, { from: colleague, to: one.user });
    const link = await proposed(one, emailOf(colleague));
    const visitor = await signedInOn(issuer, emailOf(colleague));
    await acceptSignedIn(visitor, await visitor.get(link));
    expect(await held(one, colleague, one.site.id)).toMatchObject({ administrator: true });
    const rows = await app.database.knex('delegation').where({ site_id: one.site.id, status: 'active' });
    expect(rows.map(({ kind, grantee_account_id }) => `${kind} ${grantee_account_id}`).sort()).toEqual(
      [`enrolment ${colleague}`, `user ${one.user}`, `user ${one.user}`].sort(),
    );
  });

  test('ends at once what services hold for the former administrator, and he finds the site no more', async () => {
    const one = await company();
    const person = { email: emailOf(one.head), siteId: one.site.id };
    const tokens = await signInAndRedeem(new Visitor(), person, await request(issuer, 'portail'));
    expect(claimsOf(tokens.id_token).roles).toEqual(['administrateur']);
    const email = newAddress();
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(await proposed(one, email)));
    expect((await refresh(issuer, 'portail', tokens.refresh_token ?? '')).error).toBe('invalid_grant');
    const grants = await app.database
      .knex('oidc_artifact')
      .where({ kind: 'Grant', account_id: one.head, site_id: one.site.id });
    expect(grants).toEqual([]);
    expect((await one.visitor.get(one.url)).status).toBe(404);
  });

  test('lists each person below once, and what was there says by what it goes on', async () => {
    const one = await company();
    const email = newAddress();
    const link = await proposed(one, email);
    const guest = new Visitor();
    await acceptAsNew(guest, await guest.get(link));
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email, CHOSEN_PASSWORD);
    const list = await visitor.get(`${issuer}/droits-d-acces/${one.site.siret}`);
    const rows = readableText(list).match(new RegExp(`${emailOf(one.user)}|${emailOf(one.head)}`, 'g'));
    expect(rows?.sort()).toEqual([emailOf(one.user), emailOf(one.head)].sort());
    const former = await visitor.get(
      `${issuer}/droits-d-acces/${one.site.siret}/delegations/${one.leaves[0]}`,
    );
    expect(readableText(former)).toMatch(/Statut Inactif .*Continuée par La délégation de .* Historique/);
    const next = await visitor.get(otherDelegation(former));
    expect(readableText(next)).toMatch(/Statut Actif .*Prend la suite de La délégation de .* Historique/);
    expect(otherDelegation(next)).toBe(former.url);
  });

  test('leaves alone the sites that were not chosen', async () => {
    const one = await company(2);
    const email = newAddress();
    const visitor = new Visitor();
    const link = await proposed(one, email, one.sites.slice(0, 1));
    await acceptAsNew(visitor, await visitor.get(link));
    expect(await held(one, one.head, one.sites[1]?.id ?? '')).toMatchObject({ administrator: true });
    expect(holdsNothing(await held(one, await accountOf(email), one.sites[1]?.id ?? ''))).toBe(true);
  });

  test('is taken back as long as nobody has accepted', async () => {
    const one = await company();
    const email = newAddress();
    const link = await proposed(one, email);
    const page = await one.visitor.get(one.url);
    expect(readableText(page)).toContain('Proposition en attente');
    const invitation = /name="invitation" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const done = await one.visitor.postOnce(`${one.url}/retirer`, { invitation });
    expect(done.location).toContain('fait=retrait');
    await app.deliver();
    expect(app.inbox.next(email).subject).not.toBe('');
    const later = await new Visitor().get(link);
    expect(later.text).not.toContain('name="password"');
    expect(await statusOf(one.roots[0] ?? '')).toBe('active');
    expect((await one.visitor.postOnce(`${one.url}/retirer`, { invitation })).status).toBe(409);
  });
});

describe('an offer to succeed', () => {
  test('is no gift: the acts on a gift neither send it again nor take it back', async () => {
    const one = await company();
    const email = newAddress();
    const link = await proposed(one, email);
    const offered = { site_id: one.site.id, kind: 'enrolment', status: 'awaiting_beneficiary' };
    const { id } = await app.database.knex('delegation').first('id').where(offered);
    const page = `${issuer}/droits-d-acces/${one.site.siret}/delegations/${id}`;
    for (const act of ['renvoyer', 'retirer']) {
      expect((await one.visitor.get(`${page}/${act}`)).status).toBe(404);
      expect((await one.visitor.postOnce(`${page}/${act}`, { vu: '' })).status).toBe(404);
    }
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === email)).toHaveLength(1);
    expect((await new Visitor().get(link)).text).toContain('name="password"');
  });
});

describe('what is no successor', () => {
  test.each([
    ['', 'Saisissez une adresse électronique'],
    ['personne', 'Saisissez une adresse électronique'],
  ])('« %s »', async (email, words) => {
    const one = await company();
    const again = await one.visitor.postOnce(`${one.url}/recapitulatif`, fieldsOf(one, email));
    expect(again.status).toBe(422);
    expect(readableText(again)).toContain(words);
  });

  test('oneself, by whatever case, also by direct request', async () => {
    const one = await company();
    for (const step of ['recapitulatif', 'proposer']) {
      const again = await one.visitor.postOnce(
        `${one.url}/${step}`,
        fieldsOf(one, emailOf(one.head).toUpperCase()),
      );
      expect(again.status).toBe(422);
    }
    expect(await app.database.knex('invitation').where({ inviter_account_id: one.head })).toEqual([]);
  });

  test('nobody for no site, nor for a site of another adhérent or of somebody else', async () => {
    const [one, other] = [await company(2), await company()];
    const none = await one.visitor.postOnce(`${one.url}/proposer`, { email: newAddress() });
    expect(none.status).toBe(422);
    const foreign = await one.visitor.postOnce(`${one.url}/proposer`, fieldsOf(other, newAddress()));
    expect(foreign.status).toBe(422);
    expect(
      await app.database.knex('delegation').where({ site_id: other.site.id, kind: 'enrolment' }),
    ).toHaveLength(1);
  });
});

describe('nobody hands over what is not his by an enrolment', () => {
  test('neither an administrator by delegation, nor a user, nor a stranger', async () => {
    const one = await company();
    const deputy = await one.world.account();
    await one.world.delegate(one.site, one.roots[0] ?? '', { from: one.head, to: deputy }, { admin: true });
    const stranger = (await one.world.administrator(1)).accountId;
    for (const who of [deputy, one.user, stranger]) {
      const visitor = await signedInOn(issuer, emailOf(who));
      const answers = [
        await visitor.get(one.url),
        await visitor.postOnce(`${one.url}/proposer`, fieldsOf(one, newAddress())),
      ];
      for (const { status } of answers) expect([403, 404]).toContain(status);
    }
    expect(await app.database.knex('invitation').where({ adherent_id: one.site.adherent.id })).toEqual([]);
  });

  test('not even accepted: whoever has lost it meanwhile gives nothing', async () => {
    const one = await company();
    const email = newAddress();
    const link = await proposed(one, email);
    await one.world.close(one.roots[0] ?? '');
    const visitor = new Visitor();
    const after = await acceptAsNew(visitor, await visitor.get(link));
    expect(after.status).toBe(409);
    expect(await accountOf(email)).toBeUndefined();
    const rows = await app.database
      .knex('delegation')
      .where({ site_id: one.site.id, kind: 'enrolment', status: 'active' });
    expect(rows).toEqual([]);
  });

  test('the offer of somebody else is not his to take back', async () => {
    const [one, other] = [await company(), await company()];
    await proposed(one, newAddress());
    const [{ id: invitation }] = (await app.database
      .knex('invitation')
      .where({ inviter_account_id: one.head })) as [{ id: string }];
    expect((await other.visitor.postOnce(`${other.url}/retirer`, { invitation })).status).toBe(404);
    expect((await other.visitor.postOnce(`${other.url}/retirer`, { invitation: 'rien' })).status).toBe(404);
  });
});

describe('at once', () => {
  test('two offers of one site: one', async () => {
    const one = await company();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        one.visitor.postOnce(`${one.url}/proposer`, fieldsOf(one, newAddress())),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const offers = await app.database.knex('delegation').where({ succeeds_id: one.roots[0] ?? '' });
    expect(offers).toHaveLength(1);
  });

  test('a colleague’s delegation closed while the site changes hands stays closed', async () => {
    for (let i = 0; i < 3; i++) {
      const one = await company();
      const email = newAddress();
      const link = await proposed(one, email);
      const visitor = new Visitor();
      const page = await visitor.get(link);
      const [leaf = ''] = one.leaves;
      const closing = `${issuer}/droits-d-acces/${one.site.siret}/delegations/${leaf}/cloturer`;
      const [, closed] = await Promise.all([acceptAsNew(visitor, page), pressOn(one.visitor, closing)]);
      const gone = holdsNothing(await held(one, one.user, one.site.id));
      expect(gone).toBe(closed.status === 303);
      expect(await held(one, await accountOf(email), one.site.id)).toMatchObject({ administrator: true });
    }
  });

  test('whatever is given while the site changes hands is given once, below whoever holds it then', async () => {
    const one = await company();
    const email = newAddress();
    const link = await proposed(one, email);
    const visitor = new Visitor();
    const page = await visitor.get(link);
    const suspend = `${issuer}/droits-d-acces/${one.site.siret}/delegations/${one.leaves[0]}/mettre-en-veille`;
    const vu = /name="vu" value="(\d+)"/.exec((await one.visitor.get(suspend)).text)?.[1] ?? '';
    await Promise.all([acceptAsNew(visitor, page), one.visitor.postOnce(suspend, { vu })]);
    const standing = await app.database
      .knex('delegation')
      .where({ site_id: one.site.id, kind: 'user' })
      .whereNot('status', 'closed');
    expect(standing).toHaveLength(1);
    expect(standing[0].grantor_account_id).toBe(await accountOf(email));
  });
});
