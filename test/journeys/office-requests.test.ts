import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEnforcer } from '../../policies/enforcer.ts';
import { sweep } from '../../provider/jobs/sweep.ts';
import { validateRequest } from '../../provider/journeys/back-office/validate-request.ts';
import {
  ACCOUNTANT,
  directorFields,
  EMPLOYEE,
  identified,
  offerRequests,
  requested,
  sendStep,
} from '../support/access-requests.ts';
import { agentScope } from '../support/agent.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork, hiddenOn } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import {
  claimsOf,
  type Page,
  readableText,
  redeem,
  request,
  returned,
  signInOn,
  Visitor,
} from '../support/visitor.ts';

const CHOSEN = 'moulin zinc cordage pluie';
const DAY = 86_400_000;

let app: TestApp;
let issuer: string;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  await offerRequests(app);
  agent = await atWork(app);
});
afterAll(() => app.close());

const pathOf = (id: string, what = '') => `/gestion/demandes/${id}${what === '' ? '' : `/${what}`}`;

/** A request of a company that the post reaches. */
async function asked(given: Readonly<Record<string, string>> = {}) {
  const made = await requested(app, given);
  await app.database
    .knex('adherent')
    .update({ postal_address: ['12 rue du Test', '57000 METZ'] })
    .where({ id: made.held.site.adherent.id });
  return made;
}

const rowOf = (id: string) => app.database.knex('access_request').first().where({ id });

async function mailTo(email: string) {
  await app.deliver();
  const mails = app.inbox.all().filter(({ to }) => to === email);
  const last = mails.at(-1);
  if (!last) throw new Error(`no mail to ${email}`);
  return last;
}

/** What a letter brings: both in groups of four, the password the longer one. */
async function letterTo(name: string, siret: string) {
  await app.deliver();
  const grouped = siret.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, '$1 $2 $3 $4');
  const found = (await app.letters()).find(({ template, text }) => {
    const words = text.replaceAll('\u00a0', ' ');
    return template === 'initial_password' && words.includes(name) && words.includes(grouped);
  });
  if (!found) throw new Error(`no letter to ${name}`);
  const text = found.text.replaceAll('\u00a0', ' ');
  // The reader of PDFs takes wide letters for words of their own.
  const [, login = '', password = ''] =
    /Votreidentifiant([0-9A-Z]{4}-[0-9A-Z]{4})Votremotdepasseinitial([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/.exec(
      text.replace(/\s/g, ''),
    ) ?? [];
  return { text, login, password };
}

/** From the letter's credentials to tokens with one's own. */
async function tokensOf(letter: { readonly login: string; readonly password: string }) {
  const email = `moi-${randomUUID().slice(0, 8)}@essai.test`;
  const visitor = new Visitor();
  const page = await signInOn(
    visitor,
    await visitor.get((await request(issuer, 'portail')).url),
    letter.login,
    letter.password,
  );
  expect(page.url).toContain('/identifiants/');
  await visitor.post(page.url, {
    email,
    email_confirmation: email,
    password: CHOSEN,
    password_confirmation: CHOSEN,
  });
  const { link } = await mailTo(email);
  const token = new URL(link).searchParams.get('jeton') ?? '';
  await visitor.post(`${issuer}/certification`, { jeton: token });
  const own = new Visitor();
  const again = await request(issuer, 'portail');
  const back = await signInOn(own, await own.get(again.url), email, CHOSEN);
  const { id_token } = await redeem(again, returned(back).get('code') ?? '');
  return { claims: claimsOf(id_token), visitor: own, email };
}

const entitlementsOf = (claims: Record<string, unknown>) => claims.entitlements as readonly string[];

describe('the queue', () => {
  test('shows what waits, finds by number, company and director, and filters', async () => {
    const { id, number, held, email } = await asked();
    const other = await asked();
    for (const q of [number, number.replace('-', '').toLowerCase(), held.siret, held.identifiant, email]) {
      const page = await agent.open(`/gestion/demandes?q=${encodeURIComponent(q)}`);
      expect(page.status).toBe(200);
      expect(page.text).toContain(id);
      expect(page.text).not.toContain(other.id);
    }
    await act(agent, pathOf(other.id, 'refuser'), { raison: 'Convention non signée.' });
    const open = await agent.open('/gestion/demandes?par_page=50');
    expect(open.text).toContain(id);
    expect(open.text).not.toContain(other.id);
    const refused = await agent.open('/gestion/demandes?statut=refusees');
    expect(refused.text).toContain(other.id);
    expect(refused.text).not.toContain(id);
    const none = await agent.open('/gestion/demandes?q=%25_nulle-part&statut=toutes');
    expect(readableText(none)).toContain('Aucun résultat');
  });

  test('turns its pages, and takes any nonsense for the first', async () => {
    const { id } = await asked();
    const row = await rowOf(id);
    const copies = Array.from({ length: 30 }, (_, i) => {
      const { search_text: _words, ...columns } = row;
      return {
        ...columns,
        id: randomUUID(),
        number: `PAGE-${1000 + i}`,
        status: 'refused',
        link_hash: Buffer.from(randomUUID()),
        created_at: new Date(),
        changed_at: new Date(),
      };
    });
    for (const copy of copies) await app.database.knex('access_request').insert({ ...copy, delegate: null });
    const first = await agent.open('/gestion/demandes?q=page-10');
    const second = await agent.open('/gestion/demandes?q=page-10&page=2');
    expect(readableText(first)).toContain('30 demandes');
    expect((first.text.match(/badge--plain">PAGE-/g) ?? []).length).toBe(25);
    expect((second.text.match(/badge--plain">PAGE-/g) ?? []).length).toBe(5);
    for (const query of ['page=-1', 'page=x', 'statut=nimporte', 'q=a&q=b', 'par_page=1e9', 'q=%00'])
      expect((await agent.open(`/gestion/demandes?${query}`)).status).toBe(200);
    await app.database.knex('access_request').delete().where('number', 'like', 'PAGE-%');
  });
});

describe('a request that is validated', () => {
  test('brings the director his letter, and with it tokens as administrator of the site', async () => {
    const { id, held, email, number } = await asked();
    const page = await act(agent, pathOf(id, 'valider'));
    expect(readableText(page)).toContain('La demande est validée');
    expect(readableText(page)).toContain('Demande reçue par téléphone');
    expect((await mailTo(email)).text).toContain(number);
    const letter = await letterTo('Camille Essai', held.siret);
    expect(letter.text).toContain('12 rue du Test');
    const { claims } = await tokensOf(letter);
    expect(claims).toMatchObject({ siret: held.siret, roles: ['administrateur'] });
    expect(entitlementsOf(claims)).toContain('comptes_bancaires:mise_a_jour');
  });

  test('uses up the code that proved it, and answers no link any more', async () => {
    const { id, held, email, visitor } = await asked();
    const { link } = await mailTo(email);
    await act(agent, pathOf(id, 'valider'));
    const { used_at } = await app.database.knex('confidential_code').first().where({ id: held.codeId });
    expect(used_at).not.toBeNull();
    expect((await fetch(link)).status).toBe(404);
    const again = await visitor.get(`${issuer}/demande-d-acces/dirigeant`);
    expect(readableText(again)).toContain('Identifiez-vous à nouveau');
  });

  test('gives the employee an account of his own, with what was asked and never more than the director', async () => {
    const { id, held } = await asked({ ...EMPLOYEE });
    await act(agent, pathOf(id, 'valider'));
    const letter = await letterTo('Sacha Modèle', held.siret);
    expect(letter.text).toContain('4 rue des Essais');
    expect(letter.text).not.toContain('12 rue du Test');
    const director = await letterTo('Camille Essai', held.siret);
    expect(director.login).not.toBe(letter.login);
    expect(director.password).not.toBe(letter.password);
    const { claims } = await tokensOf(letter);
    expect(claims).toMatchObject({ siret: held.siret, roles: ['utilisateur'] });
    expect(entitlementsOf(claims)).toContain('comptes_bancaires:consultation');
    expect(entitlementsOf(claims).join(' ')).not.toContain('mise_a_jour');
    const row = await app.database.knex('delegation').first().where({ site_id: held.site.id, kind: 'user' });
    const root = await app.database.knex('delegation').first().where({ id: row.parent_id });
    expect(root).toMatchObject({ kind: 'enrolment', grantee_account_id: row.grantor_account_id });
  });

  test('what the director loses, the employee loses; the director sees and closes it like any delegation', async () => {
    const { id, held } = await asked({ ...EMPLOYEE, level: 'mise_a_jour' });
    await act(agent, pathOf(id, 'valider'));
    const employee = await tokensOf(await letterTo('Sacha Modèle', held.siret));
    expect(entitlementsOf(employee.claims)).toContain('documents:mise_a_jour');
    const director = await tokensOf(await letterTo('Camille Essai', held.siret));
    const list = await director.visitor.get(`${issuer}/droits-d-acces/${held.siret}`);
    expect(readableText(list)).toContain('Modèle');
    await app.database
      .knex('delegation')
      .update({ status: 'closed' })
      .where({ site_id: held.site.id, kind: 'enrolment' });
    const left = await app.database
      .knex('delegation')
      .where({ site_id: held.site.id, kind: 'user', status: 'active' });
    expect(left).toHaveLength(1);
    const visitor = new Visitor();
    const back = await signInOn(
      visitor,
      await visitor.get((await request(issuer, 'portail')).url),
      employee.email,
      CHOSEN,
    );
    expect(back.location).toBeNull();
  });

  test('gives somebody of the attached firm what goes through the firm, for that client alone', async () => {
    const { id, held } = await asked({ ...ACCOUNTANT });
    const cabinetId = await app.world().cabinet('Cabinet de l’Étang');
    await app.world().attach(cabinetId, held.site.adherent.id);
    const unsaid = await act(agent, pathOf(id, 'valider'));
    expect(unsaid.status).toBe(422);
    expect(readableText(unsaid)).toContain('Choisissez le cabinet');
    await act(agent, pathOf(id, 'valider'), { cabinet: cabinetId });
    const { claims } = await tokensOf(await letterTo('Sacha Modèle', held.siret));
    expect(claims).toMatchObject({ siret: held.siret, roles: ['utilisateur'], cabinet: { id: cabinetId } });
    const member = await app.database.knex('cabinet_member').first().where({ cabinet_id: cabinetId });
    expect(member).toMatchObject({ role: 'staff', adherent_id: held.site.adherent.id });
  });

  test('gives nothing to a firm that is not attached, or of another caisse; nothing at all is written', async () => {
    const { id, held } = await asked({ ...ACCOUNTANT });
    const stranger = await app.world().cabinet('Cabinet Inconnu');
    const foreign = await app.world('nord-ouest').cabinet('Cabinet d’ailleurs');
    for (const cabinet of [stranger, foreign, randomUUID()]) {
      const page = await act(agent, pathOf(id, 'valider'), { cabinet });
      expect(page.status).toBe(409);
      expect(readableText(page)).toContain('n’est pas rattaché');
    }
    expect((await rowOf(id)).status).toBe('received');
    expect(await app.database.knex('delegation').where({ site_id: held.site.id })).toEqual([]);
    const alone = await act(agent, pathOf(id, 'valider'), { cabinet: 'aucun' });
    expect(readableText(alone)).toContain('La demande est validée');
    const kinds = await app.database.knex('delegation').where({ site_id: held.site.id });
    expect(kinds.map(({ kind }) => kind)).toEqual(['enrolment']);
  });

  test('asks for a reason and an address that the post knows, and for a code that opened nothing meanwhile', async () => {
    const { id, held } = await asked();
    expect((await act(agent, pathOf(id, 'valider'), { motif: '' })).status).toBe(422);
    const adherent = app.database.knex('adherent').where({ id: held.site.adherent.id });
    await adherent.clone().update({ postal_address: [] });
    expect(readableText(await act(agent, pathOf(id, 'valider')))).toContain('Adresse postale inconnue');
    await adherent.clone().update({ postal_address: ['1 rue du Test', '57000 METZ'] });
    await app.database.knex('confidential_code').update({ used_at: new Date() }).where({ id: held.codeId });
    expect(readableText(await act(agent, pathOf(id, 'valider')))).toContain(
      'Le code de cette demande a servi',
    );
    expect((await rowOf(id)).status).toBe('received');
  });

  test('holds nothing while the first passwords are hashed', async () => {
    const { id } = await asked({ ...EMPLOYEE });
    const scope = await agentScope(app);
    let hashed = 0;
    const hash = async (password: string) => {
      await scope.store.sql('access_request').first('id').where({ id }).forUpdate().noWait();
      hashed += 1;
      return scope.passwords.hash(password);
    };
    const validating = { requestId: id, seen: 1, agentId: agent.accountId, reason: 'Reçue', cabinetId: null };
    const patient = { ...scope, passwords: { ...scope.passwords, hash } };
    const enforcer = await makeEnforcer();
    expect(await validateRequest(patient, enforcer, validating)).toBe('validated');
    expect(hashed).toBe(2);
    // Whoever comes too late hashes nothing.
    expect(await validateRequest(patient, enforcer, validating)).toBe('changed');
    expect(hashed).toBe(2);
  });

  test('says beforehand that the site has an administrator, and that the address has an account', async () => {
    const email = `connu-${randomUUID().slice(0, 8)}@essai.test`;
    const { id, held } = await asked({ email });
    const head = await app.world().account({ email, givenName: 'Dominique', familyName: 'Déjà' });
    await app.world().enrol(head, held.site);
    const page = readableText(await agent.open(pathOf(id)));
    expect(page).toContain('déjà un administrateur : Dominique Déjà');
    expect(page).toContain('sert déjà à un compte');
  });
});

describe('a request that is not', () => {
  test('incomplete: the mail says what is missing and brings the convention again, the history tells', async () => {
    const { id, email } = await asked();
    const first = await mailTo(email);
    const page = await act(agent, pathOf(id, 'completer'), { manque: 'le cachet <b>de</b> l’entreprise.' });
    expect(readableText(page)).toContain('Complément demandé');
    const mail = await mailTo(email);
    expect(mail.subject).toContain('Complétez votre demande d’accès');
    expect(mail.text).toContain('Il manque : le cachet <b>de</b> l’entreprise.'.replace(' :', '\u00a0:'));
    expect(mail.html).not.toContain('<b>de');
    expect(mail.attachments).toHaveLength(1);
    expect(mail.link).toBe(first.link);
    const done = await act(agent, pathOf(id, 'valider'));
    expect(readableText(done)).toContain('La demande est validée');
  });

  test('refused: the mail gives the reason, no account is made, and the code may ask again', async () => {
    const { id, email, held } = await asked();
    await mailTo(email);
    expect((await act(agent, pathOf(id, 'refuser'), { raison: '' })).status).toBe(422);
    await act(agent, pathOf(id, 'refuser'), { raison: 'La signature n’est pas celle du dirigeant.' });
    expect((await mailTo(email)).text).toContain('La signature n’est pas celle du dirigeant.');
    expect(await app.database.knex('delegation').where({ site_id: held.site.id })).toEqual([]);
    const again = await identified(app, { held });
    const sent = await sendStep(again.visitor, again.page, directorFields());
    expect(readableText(sent)).toContain('Votre demande est enregistrée');
    expect(await app.database.knex('access_request').where({ code_id: held.codeId })).toHaveLength(2);
  });
});

describe('two at once', () => {
  test('of two agents who validate, one does: one account, one letter', async () => {
    const { id, held } = await asked();
    const page = await agent.open(pathOf(id, 'valider'));
    const fields = { vu: hiddenOn(page, 'vu'), motif: 'Convention reçue' };
    const answers = await Promise.all([1, 2, 3].map(() => agent.post(pathOf(id, 'valider'), fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
    expect(await app.database.knex('delegation').where({ site_id: held.site.id })).toHaveLength(1);
  });

  test('whoever acts on what he did not see is told so, and nothing is done', async () => {
    const { id, visitor, page, fields } = await asked();
    const seen = await agent.open(pathOf(id, 'refuser'));
    await sendStep(visitor, page, { ...fields, position: 'Président' });
    const late = await agent.post(pathOf(id, 'refuser'), { vu: hiddenOn(seen, 'vu'), raison: 'Trop tard.' });
    expect(late.status).toBe(409);
    expect(readableText(late)).toContain('Cette demande a changé entre-temps');
    for (const vu of ['', '0', '-1', 'NaN', '1e3'])
      expect((await agent.post(pathOf(id, 'refuser'), { vu, raison: 'Encore.' })).status).toBe(409);
    expect((await rowOf(id)).status).toBe('received');
  });
});

describe('who may', () => {
  const paths = (id: string) => [
    pathOf(id),
    ...['valider', 'completer', 'refuser'].map((what) => pathOf(id, what)),
  ];
  const comparable = (page: Page, id: string) => page.text.replaceAll(id, 'ID').replace(/[0-9a-f]{16}/g, 'R');

  test('a request of another caisse, unknown or nonsense is the same 404, for agents and supervisors', async () => {
    await offerRequests(app, 'nord-ouest');
    const foreign = await requested(app, {}, 'nord-ouest');
    const supervisor = await atWork(app, 'superviseur');
    for (const staff of [agent, supervisor]) {
      for (const [i, path] of paths(foreign.id).entries()) {
        const none = randomUUID();
        const [one, two] = [await staff.open(path), await staff.open(paths(none)[i] ?? '')];
        expect([one.status, two.status]).toEqual([404, 404]);
        expect(comparable(one, foreign.id)).toBe(comparable(two, none));
        if (i > 0)
          expect((await staff.post(path, { vu: '1', motif: 'Demande', raison: 'Pas ici' })).status).toBe(404);
      }
      expect((await staff.open(pathOf('nonsense'))).status).toBe(404);
    }
    expect((await rowOf(foreign.id)).status).toBe('received');
  });

  test('nobody but the caisse’s own people finds such a page', async () => {
    const { id } = await asked();
    const boss = await app.world().administrator(1);
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), boss.email);
    for (const path of ['/gestion/demandes', ...paths(id)]) {
      expect((await visitor.get(issuer + path)).status).toBe(404);
      expect((await visitor.post(issuer + path, { vu: '1' })).status).toBe(404);
    }
    expect((await rowOf(id)).status).toBe('received');
  });
});

describe('what is over', () => {
  test('is erased after the delay of the caisse, steps and all: later what was validated, whose accounts stay', async () => {
    const [refused, left, done] = [await asked(), await asked(), await asked()];
    await act(agent, pathOf(refused.id, 'refuser'), { raison: 'Sans suite.' });
    await act(agent, pathOf(done.id, 'valider'));
    const ids = [refused.id, left.id, done.id];
    const standing = async () =>
      (await app.database.knex('access_request').whereIn('id', ids)).map(({ id }) => id).sort();
    await sweep(app.database.knex, app.clock.now() + 89 * DAY);
    expect(await standing()).toEqual([...ids].sort());
    await sweep(app.database.knex, app.clock.now() + 91 * DAY);
    expect(await standing()).toEqual([done.id]);
    expect(
      await app.database.knex('access_request_step').whereIn('request_id', [refused.id, left.id]),
    ).toEqual([]);
    const accounts = async () => Number((await app.database.knex('account').count({ n: '*' }).first())?.n);
    const before = await accounts();
    await sweep(app.database.knex, app.clock.now() + 364 * DAY);
    expect(await standing()).toEqual([done.id]);
    await sweep(app.database.knex, app.clock.now() + 367 * DAY);
    expect(await standing()).toEqual([]);
    expect(await accounts()).toBe(before);
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
