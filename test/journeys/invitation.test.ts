import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { CHOSEN_PASSWORD, valueOn } from '../support/enrolment.ts';
import {
  acceptAsNew,
  acceptSignedIn,
  decide,
  demandOf,
  type Inviting,
  inviteTo,
  linkTo,
  signedInAt,
  statusesOf,
} from '../support/invitations.ts';
import { claimsOf, readableText, request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';
import { rightsOn } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

/** An administrator of so many sites of one adhérent, who has invited somebody to all of them. */
async function invited(given: Partial<Inviting> & { readonly sites?: number } = {}) {
  const world = app.world();
  const giver = await world.administrator(1, { givenName: 'Alix', familyName: 'Donneur' });
  const [first] = giver.sites;
  if (!first) throw new Error('no site');
  const more = Array.from({ length: (given.sites ?? 1) - 1 }, (_, i) => ({
    name: `Dépôt ${i + 2}`,
    adherent: first.adherent,
  }));
  const sites = [first, ...(await world.sites(more))];
  const roots = [...giver.delegations];
  for (const site of sites.slice(1)) roots.push(await world.enrol(giver.accountId, site));
  const on = sites.map((site, i) => ({ site, parentId: roots[i] ?? '' }));
  const sent = await inviteTo(app, world, { inviterId: giver.accountId, on, ...given });
  return { ...sent, world, giver, sites, site: first, roots, link: linkTo(issuer, sent) };
}

async function asGiver({ giver }: { readonly giver: { readonly email: string } }) {
  return signedInAt(issuer, new Visitor(), giver.email);
}

const accounts = async (email: string) =>
  Number((await app.database.knex('account').count('* as n').where({ email_key: email }))[0]?.n);

describe('somebody who has no account', () => {
  test('accepts by the form, waits for the administrator, and holds the rights once he has confirmed', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    expect(readableText(page)).toContain('Ouverture de délégation');
    expect(readableText(page)).toContain('Alix Donneur vous délègue des droits');
    expect(readableText(page)).toContain(one.email);
    expect(readableText(page)).toContain('Mes documents : mise à jour');
    const after = await acceptAsNew(visitor, page);
    expect(after.url).toBe(`${issuer}/invitation/demande-envoyee`);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_confirmation']);
    expect(await accounts(one.email)).toBe(0);

    await app.deliver();
    const mail = app.inbox.next(one.giver.email);
    expect(mail.link).toBe(demandOf(issuer, one.site, one));
    const admin = new Visitor();
    const gate = await admin.get(mail.link);
    const demand = await signInOn(admin, gate, one.giver.email);
    expect(demand.url).toBe(mail.link);
    expect(readableText(demand)).toContain('Dominique Nouvelle');
    expect(readableText(demand)).toContain(one.email);
    const done = await decide(admin, demand, 'accepter');
    expect(done.url).toContain('fait=confirmation');
    expect(await statusesOf(one.world, one)).toEqual(['active']);

    await app.deliver();
    expect(app.inbox.next(one.email).subject).toContain('Grand Est');
    const person = new Visitor();
    const asked = await request(issuer, 'portail');
    const back = await signInOn(person, await person.get(asked.url), one.email, CHOSEN_PASSWORD);
    expect(back.location).toContain('code=');
    const tokens = await signInAndRedeem(person, { email: one.email }, await request(issuer, 'portail'));
    const claims = claimsOf(tokens.id_token);
    expect(claims.siret).toBe(one.site.siret);
    expect(claims.entitlements).toEqual([
      'planning:consultation:ouvrier+etam+cadre',
      'documents:mise_a_jour',
    ]);
    expect(claims.email_verified).toBe(true);
    const row = await app.database.knex('invitation').first().where({ id: one.invitationId });
    expect(row.password_hash).toBeNull();
  });

  test('holds them at once where colleagues need no confirmation', async () => {
    const one = await invited({ needsConfirmation: false });
    const visitor = new Visitor();
    const after = await acceptAsNew(visitor, await visitor.get(one.link));
    expect(after.url).toBe(`${issuer}/invitation/ouverte`);
    expect(await statusesOf(one.world, one)).toEqual(['active']);
    expect(await accounts(one.email)).toBe(1);
  });

  test('is told what is wrong, and never types a good password twice', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    const wrong = await acceptAsNew(visitor, page, { family_name: '', mobile: '12' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Erreur');
    expect(readableText(wrong)).toContain('Votre mot de passe est retenu');
    expect(valueOn(wrong, 'given_name')).toBe('Dominique');
    const again = await acceptAsNew(visitor, wrong, { password: '', password_confirmation: '' });
    expect(again.url).toBe(`${issuer}/invitation/demande-envoyee`);
    const [drafts] = await app.database.knex('invitation_draft').count('* as n').where({
      invitation_id: one.invitationId,
    });
    expect(Number(drafts?.n)).toBe(0);
  });

  test('is asked for a password of the caisse’s rule', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    const weak = await acceptAsNew(visitor, page, { password: 'court', password_confirmation: 'court' });
    expect(weak.status).toBe(422);
    expect(readableText(weak)).not.toContain('est retenu');
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
  });

  test('keeps what he typed to himself: another browser with the link begins anew', async () => {
    const one = await invited();
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(one.link), { family_name: '' });
    const other = await new Visitor().get(one.link);
    expect(valueOn(other, 'given_name')).toBe('');
    expect(readableText(other)).not.toContain('est retenu');
  });

  test('certifies his mobile by SMS, comes back to what he typed, and services learn it', async () => {
    const one = await invited({ needsConfirmation: false });
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    const step = await acceptAsNew(visitor, page, { mobile: '06 39 98 40 01', step: 'certifier' });
    expect(step.url).toContain('/invitation/mobile');
    await app.deliver();
    const { code } = app.phones.next('+33639984001');
    const wrong = await visitor.post(`${issuer}/invitation/mobile`, {
      jeton: one.token,
      code: '000000',
      step: 'verifier',
    });
    expect(wrong.status).toBe(code === '000000' ? 200 : 422);
    const back = await visitor.post(`${issuer}/invitation/mobile`, {
      jeton: one.token,
      code,
      step: 'verifier',
    });
    expect(back.url).toBe(one.link);
    expect(readableText(back)).toContain('Numéro certifié');
    expect(valueOn(back, 'family_name')).toBe('Nouvelle');
    await acceptAsNew(visitor, back, { mobile: '06 39 98 40 01', password: '', password_confirmation: '' });
    const account = await app.database.knex('account').first().where({ email_key: one.email });
    expect(account.mobile).toBe('+33639984001');
    expect(account.mobile_certified_at).not.toBeNull();
  });

  test('is bound to the account that an enrolment opened with his address meanwhile', async () => {
    const one = await invited();
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(one.link));
    const accountId = await one.world.account({ email: one.email, familyName: 'Entre-Temps' });
    const admin = await asGiver(one);
    await decide(admin, await admin.get(demandOf(issuer, one.site, one)), 'accepter');
    const row = await app.database.knex('delegation').first().where({ id: one.delegations[0] });
    expect(row.grantee_account_id).toBe(accountId);
    expect(await accounts(one.email)).toBe(1);
  });

  test('is sent to the sign-in when his address gets an account while he types', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    await one.world.account({ email: one.email });
    const answer = await acceptAsNew(visitor, page);
    expect(readableText(answer)).toContain('Accepter en me connectant');
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
  });
});

describe('somebody who has an account', () => {
  test('signs in to accept, and holds the rights once confirmed', async () => {
    const one = await invited();
    const accountId = await one.world.account({
      email: one.email,
      givenName: 'Sacha',
      familyName: 'Déjà-Là',
    });
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    expect(readableText(page)).toContain('Accepter en me connectant');
    expect(page.text).not.toContain('type="password"');
    const href = /href="([^"]+)"[^>]*>Accepter en me connectant/.exec(page.text)?.[1] ?? '';
    const gate = await visitor.get(new URL(href, issuer).href);
    const offer = await signInOn(visitor, gate, one.email);
    expect(offer.url).toBe(`${issuer}/invitation/reponse/${one.invitationId}`);
    const after = await acceptSignedIn(visitor, offer);
    expect(after.url).toBe(`${issuer}/invitation/demande-envoyee`);
    const admin = await asGiver(one);
    const demand = await admin.get(demandOf(issuer, one.site, one));
    expect(readableText(demand)).toContain('Sacha Déjà-Là');
    await decide(admin, demand, 'accepter');
    const row = await app.database.knex('delegation').first().where({ id: one.delegations[0] });
    expect([row.status, row.grantee_account_id]).toEqual(['active', accountId]);
  });

  test('is told when another account is signed in, and learns nothing of the invitation', async () => {
    const one = await invited();
    await one.world.account({ email: one.email });
    const stranger = await one.world.administrator(1);
    const visitor = await signedInAt(issuer, new Visitor(), stranger.email);
    const known = await visitor.get(one.link);
    expect(readableText(known)).toContain('Vous êtes connecté avec un autre compte');
    const url = `${issuer}/invitation/reponse/${one.invitationId}`;
    const page = await visitor.get(url);
    expect(page.status).toBe(404);
    expect(readableText(page)).toContain('Changer de compte');
    expect(readableText(page)).not.toContain('Alix');
    const unknown = await visitor.get(`${issuer}/invitation/reponse/${one.delegations[0]}`);
    expect(readableText(unknown)).toBe(readableText(page));
    expect((await visitor.post(url, { vu: 'x' })).status).toBe(404);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
    const gate = await visitor.get(`${url}/autre-compte`);
    const switched = await signInOn(visitor, gate, one.email);
    expect(switched.url).toBe(url);
    expect(readableText(switched)).toContain('Alix Donneur');
  });

  test.each(['closed', 'deactivated'] as const)(
    'that is %s is told so, and nothing is accepted',
    async (status) => {
      const one = await invited();
      await one.world.account({ email: one.email, status });
      const page = await new Visitor().get(one.link);
      expect(page.status).toBe(409);
      expect(readableText(page)).toContain('Votre espace n’est pas actif');
    },
  );

  test('that is closed after it accepted is not confirmed', async () => {
    const one = await invited();
    const accountId = await one.world.account({ email: one.email });
    const visitor = await signedInAt(issuer, new Visitor(), one.email);
    await acceptSignedIn(visitor, await visitor.get(one.link));
    await one.world.change('account', accountId, { status: 'closed' });
    const admin = await asGiver(one);
    const answer = await decide(admin, await admin.get(demandOf(issuer, one.site, one)), 'accepter');
    expect(answer.status).toBe(409);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_confirmation']);
  });

  test('that has become the giver’s own, by its address, is not given what comes from his own rights', async () => {
    const one = await invited();
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(one.link));
    const admin = await asGiver(one);
    await one.world.change('account', one.giver.accountId, { email: one.email, email_key: one.email });
    const answer = await decide(admin, await admin.get(demandOf(issuer, one.site, one)), 'accepter');
    expect(answer.status).toBe(409);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_confirmation']);
  });

  test('cannot accept what he gives himself, nor what comes from his own rights', async () => {
    const world = app.world();
    const giver = await world.administrator(1);
    const [site] = giver.sites;
    if (!site) throw new Error('no site');
    const on = [{ site, parentId: giver.delegations[0] ?? '' }];
    const sent = await inviteTo(app, world, { inviterId: giver.accountId, email: giver.email, on });
    const visitor = await signedInAt(issuer, new Visitor(), giver.email);
    const answer = await acceptSignedIn(visitor, await visitor.get(linkTo(issuer, sent)));
    expect(answer.status).toBe(409);
    expect(readableText(answer)).toContain('Vous ne pouvez pas accepter ces droits vous-même');
    expect(await statusesOf(world, sent)).toEqual(['awaiting_beneficiary']);
  });
});

describe('refusing', () => {
  test('by the link: a page asks once more, the giver hears of it, the link says so ever after', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const ask = await visitor.get(`${issuer}/invitation/refuser?jeton=${one.token}`);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
    const done = await visitor.post(ask.url.replace(/\?.*/, ''), { jeton: one.token });
    expect(done.url).toBe(`${issuer}/invitation/refusee`);
    expect(await statusesOf(one.world, one)).toEqual(['refused']);
    await app.deliver();
    expect(app.inbox.next(one.giver.email).text).toContain(one.email);
    expect(readableText(await visitor.get(one.link))).toContain('Vous avez refusé cette invitation');
  });

  test('signed in', async () => {
    const one = await invited();
    const accountId = await one.world.account({ email: one.email });
    const visitor = await signedInAt(issuer, new Visitor(), one.email);
    const page = await visitor.get(`${issuer}/invitation/reponse/${one.invitationId}/refuser`);
    await visitor.post(page.url, {});
    expect(await statusesOf(one.world, one)).toEqual(['refused']);
    const line = await app.database
      .knex('audit_event')
      .first()
      .where({ kind: 'delegation_refused', subject_id: accountId });
    expect(line.facts.giver).toBe(one.giver.accountId);
  });
});

describe('the link', () => {
  test('changes nothing by being opened, by whatever scanner', async () => {
    const one = await invited();
    const before = await app.database.knex('invitation').first().where({ id: one.invitationId });
    for (const path of ['', '/refuser', '/mobile']) {
      await new Visitor().get(`${issuer}/invitation${path}?jeton=${one.token}`);
    }
    await new Visitor().get(`${issuer}/invitation/reponse/${one.invitationId}/autre-compte`);
    expect(await app.database.knex('invitation').first().where({ id: one.invitationId })).toEqual(before);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
  });

  test('of another caisse is that of nobody', async () => {
    const one = await invited();
    const elsewhere = await new Visitor().get(linkTo(app.issuerOf('nord-ouest'), one));
    const unknown = await new Visitor().get(linkTo(app.issuerOf('nord-ouest'), { token: 'a'.repeat(43) }));
    expect(elsewhere.status).toBe(404);
    expect(readableText(elsewhere)).toBe(readableText(unknown));
  });

  test('that has lapsed says what to do', async () => {
    const one = await invited();
    await app.database
      .knex('invitation')
      .update({ expires_at: new Date(app.clock.now() - 1000).toISOString() })
      .where({ id: one.invitationId });
    const page = await new Visitor().get(one.link);
    expect(page.status).toBe(410);
    expect(readableText(page)).toContain('Cette invitation a expiré');
    const posted = await acceptAsNew(new Visitor(), { ...page, text: '' }, { jeton: one.token });
    expect(posted.status).toBe(410);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
  });
});

describe('the giver who no longer holds it', () => {
  test('narrowed before the acceptance: nothing is accepted, and the same link works once he holds it again', async () => {
    const one = await invited({ sites: 1 });
    const { world, site } = one;
    const middle = await world.account({ givenName: 'Mina' });
    const parentId = await world.delegate(
      site,
      one.roots[0] ?? '',
      { from: one.giver.accountId, to: middle },
      { admin: true },
    );
    const sent = await inviteTo(app, world, { inviterId: middle, on: [{ site, parentId }] });
    await world.change('delegation', parentId, {
      admin: 0,
      levels: rightsOn({ documents: 'consultation' }).levels.toString(),
    });
    const visitor = new Visitor();
    const answer = await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    expect(answer.status).toBe(409);
    expect(readableText(answer)).toContain('ne détient plus');
    expect(await statusesOf(world, sent)).toEqual(['awaiting_beneficiary']);
    await world.change('delegation', parentId, { admin: 1, levels: '-1' });
    const after = await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    expect(after.url).toBe(`${issuer}/invitation/demande-envoyee`);
  });

  test('on one site of two: the other goes on, and that one is refused', async () => {
    const one = await invited({ sites: 2 });
    await one.world.close(one.roots[1] ?? '');
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    const after = await acceptAsNew(visitor, page);
    expect(after.url).toBe(`${issuer}/invitation/demande-envoyee?partie=1`);
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_confirmation', 'refused']);
  });

  test('narrowed after the acceptance: nobody confirms', async () => {
    const one = await invited();
    const { world, site } = one;
    const middle = await world.account();
    const people = { from: one.giver.accountId, to: middle };
    const parentId = await world.delegate(site, one.roots[0] ?? '', people, { admin: true });
    const sent = await inviteTo(app, world, { inviterId: middle, on: [{ site, parentId }] });
    const visitor = new Visitor();
    await acceptAsNew(visitor, await visitor.get(linkTo(issuer, sent)));
    const admin = await asGiver(one);
    const demand = await admin.get(demandOf(issuer, site, sent));
    expect(demand.status).toBe(200);
    await world.close(parentId);
    const answer = await decide(admin, demand, 'accepter');
    expect(answer.status).toBe(403);
    expect(await statusesOf(world, sent)).toEqual(['awaiting_confirmation']);
    expect(await accounts(sent.email)).toBe(0);
    // Taking away needs no giver who holds anything.
    expect((await decide(admin, demand, 'refuser')).url).toContain('fait=refus');
    expect(await statusesOf(world, sent)).toEqual(['refused']);
  });

  test('changes what he gives while the page is read: it is read again first', async () => {
    const one = await invited();
    const visitor = new Visitor();
    const page = await visitor.get(one.link);
    await one.world.change('delegation', one.delegations[0] ?? '', {
      levels: rightsOn({ planning: 'consultation' }).levels.toString(),
      changed_at: new Date(app.clock.now() + 1).toISOString(),
    });
    const answer = await acceptAsNew(visitor, page);
    expect(answer.status).toBe(409);
    expect(readableText(answer)).toContain('L’invitation vient de changer');
    expect(await statusesOf(one.world, one)).toEqual(['awaiting_beneficiary']);
    const again = await acceptAsNew(visitor, answer, { password: '', password_confirmation: '' });
    expect(again.url).toBe(`${issuer}/invitation/demande-envoyee`);
  });
});
