import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACCOUNTANT,
  directorFields,
  EMPLOYEE,
  identified,
  numberOn,
  offerRequests,
  requested,
  sendStep,
} from '../support/access-requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { identifiersOf, letters, valueOn } from '../support/enrolment.ts';
import { type Page, readableText, request, Visitor } from '../support/visitor.ts';
import { newSiret } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  await offerRequests(app);
});
afterAll(() => app.close());

const url = (path = '') => `${issuer}/demande-d-acces${path}`;

const textOf = async (pdf: Uint8Array): Promise<string> =>
  (await extractText(pdf.slice(), { mergePages: true })).text.replaceAll('\u00a0', ' ');

async function mailTo(email: string) {
  await app.deliver();
  return app.inbox.next(email);
}

const rowOf = (number: string) => app.database.knex('access_request').first().where({ number });

describe('a caisse that takes no requests', () => {
  test('offers none at the sign-in, and says where to go instead to whoever comes all the same', async () => {
    const elsewhere = app.issuerOf('nord-ouest');
    const visitor = new Visitor();
    const signIn = await visitor.get((await request(elsewhere, 'portail')).url);
    expect(signIn.text).not.toContain('demande-d-acces');
    for (const path of ['', '/dirigeant', '/envoyee']) {
      const page = await new Visitor().get(`${elsewhere}/demande-d-acces${path}`);
      expect(page.status).toBe(404);
      expect(readableText(page)).toContain('ne prend pas, ou plus, de demande d’accès');
      expect(page.text).toContain('href="/nord-ouest/premiere-connexion"');
      expect(page.text).not.toContain('<input');
    }
    expect((await new Visitor().post(`${elsewhere}/demande-d-acces/dirigeant`, {})).status).toBe(404);
  });
});

describe('a request for access', () => {
  test('is found under the sign-in form, and says where a lost code is asked for', async () => {
    const visitor = new Visitor();
    const signIn = await visitor.get((await request(issuer, 'portail')).url);
    expect(readableText(signIn)).toContain('Je demande mes accès avec une convention signée');
    const page = await visitor.get(url());
    expect(readableText(page)).toContain('Lettre clé (code confidentiel)');
    expect(page.text).toContain('/grand-est/mot-de-passe-oublie/code-perdu');
  });

  test('goes from the three identifiers to a number, and its convention comes by mail, filled in', async () => {
    const { visitor, held, page } = await identified(app);
    expect(readableText(page)).toContain('Non affilié à la caisse');
    const fields = directorFields(ACCOUNTANT);
    const ask = await sendStep(visitor, page, directorFields({ delegate: 'cabinet' }), 'director');
    expect(readableText(ask)).toContain('Votre cabinet comptable');
    const recap = await sendStep(visitor, page, fields, 'delegate');
    expect(recap.status).toBe(200);
    for (const word of ['Essai Camille', 'Gérante', 'Cabinet de l’Étang', '4 rue des Essais, 57000 Metz']) {
      expect(readableText(recap)).toContain(word);
    }
    const sent = await sendStep(visitor, recap, fields);
    const number = numberOn(sent);
    expect(number).toMatch(/^\w{4}-\w{4}$/);
    const mail = await mailTo(fields.email as string);
    expect(mail.subject).toContain('Signez et renvoyez votre convention d’accès');
    expect(mail.text).toContain(number);
    const [attached] = mail.attachments;
    expect(attached).toMatchObject({ filename: `convention-${number}.pdf`, contentType: 'application/pdf' });
    const text = await textOf(attached?.content ?? new Uint8Array());
    const siret = held.siret.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, '$1 $2 $3 $4');
    for (const word of [
      number,
      siret,
      held.identifiant,
      'Essai Camille',
      'non affilié à la caisse',
      'Cachet',
    ])
      expect(text).toContain(word);
    for (const word of ['Cabinet de l’Étang', 'Modèle Sacha', 'consulter toutes les rubriques', 'signature'])
      expect(text).toContain(word);
  });

  test('keeps what was typed from step to step, back and forth', async () => {
    const { visitor, page } = await identified(app);
    const fields = directorFields(EMPLOYEE);
    const back = await sendStep(visitor, page, fields, 'correct');
    expect(valueOn(back, 'family_name')).toBe('Essai');
    expect(valueOn(back, 'street')).toBe('4 rue des Essais');
    expect(back.text).toMatch(/value="employee" checked/);
    expect(back.text).toMatch(/name="unaffiliated"[^>]* checked/);
  });

  test('its convention is one tagged page in French, and stays behind the link of the mail', async () => {
    const { email, number } = await requested(app);
    const { link, attachments } = await mailTo(email);
    const answer = await fetch(link);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="convention-${number}.pdf"`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const pdf = new Uint8Array(await answer.arrayBuffer());
    const raw = Buffer.from(pdf).toString('latin1');
    expect(raw).toContain('/Lang (fr-FR)');
    expect(raw).toContain('/MarkInfo');
    const document = await getDocumentProxy(pdf.slice());
    expect(document.numPages).toBe(1);
    expect(await textOf(pdf)).toBe(await textOf(attachments[0]?.content ?? new Uint8Array()));
    const again = await fetch(link);
    expect(again.status).toBe(200);
  });

  test('a link that never was, of another caisse or cut short finds nothing', async () => {
    const { email } = await requested(app);
    const { link } = await mailTo(email);
    const foreign = link.replace('/grand-est/', '/nord-ouest/');
    for (const wrong of [
      link.slice(0, -3),
      foreign,
      `${url('/convention')}`,
      `${url('/convention')}?jeton=a&jeton=b`,
    ])
      expect((await fetch(wrong)).status).toBe(404);
  });

  test('nothing of it rests in clear in the outbox, and the link nowhere', async () => {
    const { email, number } = await requested(app);
    const [job] = await app.database
      .knex('pgboss.job')
      .whereRaw(`data->>'template' = 'access_request_received'`)
      .orderBy('created_on', 'desc');
    expect(JSON.stringify(job)).not.toContain(email);
    const { link } = await mailTo(email);
    const token = new URL(link).searchParams.get('jeton') ?? '-';
    expect(JSON.stringify(await rowOf(number))).not.toContain(token);
  });

  test('sent twice at once it is one request, one number, one mail', async () => {
    const { visitor, page } = await identified(app);
    const fields = directorFields();
    const sent = await Promise.all([
      sendStep(visitor, page, fields),
      sendStep(visitor, page, fields),
      sendStep(visitor, page, fields),
    ]);
    expect(new Set(sent.map(numberOn)).size).toBe(1);
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === fields.email)).toHaveLength(1);
  });

  test('sent again with another address it is corrected: the same number, a second mail, the same link', async () => {
    const { visitor, page, fields, number, email } = await requested(app);
    const first = await mailTo(email);
    const form = await visitor.get(url('/dirigeant'));
    expect(valueOn(form, 'email')).toBe(email);
    const corrected = directorFields({ ...fields, email: `juste-${email}` });
    expect(numberOn(await sendStep(visitor, page, corrected))).toBe(number);
    const second = await mailTo(`juste-${email}`);
    expect(second.link).toBe(first.link);
    expect((await rowOf(number)).version).toBe(2);
  });

  test('leaves the code as it was: the space may still be opened with it', async () => {
    const { held } = await requested(app);
    const page = await new Visitor().post(`${issuer}/premiere-connexion/identification`, identifiersOf(held));
    expect(page.url).toContain('/coordonnees');
  });

  test('begins again once its code was used, and once its ticket has run out', async () => {
    const used = await identified(app);
    await app.database
      .knex('confidential_code')
      .update({ used_at: new Date() })
      .where({ id: used.held.codeId });
    const gone = await sendStep(used.visitor, used.page, directorFields());
    expect(readableText(gone)).toContain('Identifiez-vous à nouveau');
    expect(await app.database.knex('access_request').where({ code_id: used.held.codeId })).toEqual([]);
    const late = await identified(app);
    const foreign = await sendStep(late.visitor, used.page, directorFields());
    expect(readableText(foreign)).toContain('Identifiez-vous à nouveau');
    expect(readableText(await new Visitor().get(url('/envoyee')))).toContain('Identifiez-vous à nouveau');
  });
});

describe('what is typed', () => {
  const wrongs: readonly (readonly [string, Record<string, string>, string])[] = [
    ['no name', { family_name: ' ' }, 'Saisissez le nom du dirigeant.'],
    ['a long name', { given_name: 'x'.repeat(81) }, '80 caractères au plus'],
    ['no role', { position: '' }, 'Saisissez son rôle'],
    ['no address', { email: '' }, 'Saisissez son adresse électronique.'],
    ['half an address', { email: 'camille@' }, 'Saisissez une adresse complète'],
    ['two addresses', { email: 'a@essai.test, b@essai.test' }, 'Saisissez une adresse complète'],
    ['no answer about a delegate', { delegate: 'other' }, 'Dites si une autre personne'],
    ['a firm without a name', { ...ACCOUNTANT, firm: '' }, 'Saisissez le nom du cabinet.'],
    ['a street too long', { ...EMPLOYEE, street: 'r'.repeat(39) }, '38 caractères au plus'],
    ['half a postcode', { ...EMPLOYEE, postcode: '5700' }, 'code postal de 5 chiffres'],
    ['no town', { ...EMPLOYEE, city: '' }, 'Saisissez la commune.'],
    ['rights that are not offered', { ...EMPLOYEE, level: 'administrateur' }, 'Choisissez les droits'],
  ];
  test.each(wrongs)('%s is refused, and the rest is kept', async (_, typed, message) => {
    const { visitor, held, page } = await identified(app);
    const answer = await sendStep(visitor, page, directorFields(typed));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('<title>Erreur&nbsp;: ');
    expect(readableText(answer)).toContain(message);
    const summary = /data-error-summary[\s\S]*?href="#(\w+)"/.exec(answer.text)?.[1];
    expect(answer.text).toContain(`id="${summary}"`);
    if (typed.position !== '') expect(valueOn(answer, 'position')).toBe('Gérante');
    expect(await app.database.knex('access_request').where({ code_id: held.codeId })).toEqual([]);
  });

  test('markup, control characters and addresses are words, on pages, in the mail and on paper', async () => {
    const hostile = '<script>alert(1)</script>';
    const { visitor, page } = await identified(app);
    const fields = directorFields({
      family_name: hostile,
      given_name: 'Ca\u0000mi\u202elle\r\nBcc: a@b.fr',
      position: '=HYPERLINK("https://mechant.test")',
    });
    const recap = await sendStep(visitor, page, fields, 'director');
    expect(recap.text).not.toContain(hostile);
    expect(numberOn(await sendStep(visitor, recap, fields))).not.toBe('');
    const mail = await mailTo(fields.email as string);
    expect(mail.html).not.toContain('<script');
    expect(mail.text).toMatch(/^Bonjour,\n/);
    const text = await textOf(mail.attachments[0]?.content ?? new Uint8Array());
    expect(text).toContain('HYPERLINK');
    expect(text).not.toContain('\u202e');
  });

  test('fields that come twice and too large a form write nothing', async () => {
    const { visitor, page } = await identified(app);
    const doubled = await fetch(page.url, {
      method: 'POST',
      headers: {
        origin: new URL(issuer).origin,
        cookie: visitor.cookiesFor(page.url),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `${new URLSearchParams({ ...directorFields(), ticket: valueOn(page, 'ticket'), step: 'send' })}&email=b@b.fr`,
    });
    expect(doubled.status).toBe(422);
    const large = await sendStep(visitor, page, directorFields({ family_name: 'x'.repeat(70_000) }));
    expect(large.status).toBe(413);
  });
});

describe('who tries to find something out', () => {
  async function queriesOf(act: () => Promise<Page>) {
    const queries: string[] = [];
    const note = ({ sql }: { sql: string }) => void queries.push(sql);
    app.database.knex.on('query', note);
    const page = await act();
    app.database.knex.off('query', note);
    return { page, queries };
  }

  test('gets the same page by the same statements, whichever of the three is wrong or unknown', async () => {
    const [one, two, three, four] = await Promise.all(
      Array.from({ length: 4 }, () => letters(app.world(), app.clock.now())),
    );
    if (!one || !two || !three || !four) throw new Error('no letters');
    const tries = [
      { ...identifiersOf(one), code: '00000-00000' },
      { ...identifiersOf(two), identifiant: 'INCONNU' },
      { ...identifiersOf(three), siret: newSiret() },
      { ...identifiersOf(four), code: three.code },
    ];
    await new Visitor().post(url(), { ...identifiersOf(one), siret: newSiret() });
    const all = [];
    for (const typed of tries) {
      const { page, queries } = await queriesOf(() => new Visitor().post(url(), typed));
      expect(page.status).toBe(422);
      all.push({ text: page.text.replaceAll(typed.identifiant, 'I').replaceAll(typed.siret, 'S'), queries });
    }
    for (const one of all) expect(one).toEqual(all[0]);
  });

  test('is held up before anything is looked at, together with tries on the other ways in', async () => {
    const held = await letters(app.world(), app.clock.now());
    const wrong = { ...identifiersOf(held), code: '00000-00000' };
    for (let i = 0; i < 3; i++)
      await new Visitor().post(`${issuer}/premiere-connexion/identification`, wrong);
    for (let i = 0; i < 2; i++) await new Visitor().post(url(), wrong);
    const { page, queries } = await queriesOf(() => new Visitor().post(url(), identifiersOf(held)));
    expect(page.status).toBe(429);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
    expect(queries.some((sql) => sql.includes('confidential_code'))).toBe(false);
  });

  test('cannot fill a stranger’s mailbox', async () => {
    const { visitor, page } = await identified(app);
    const email = 'victime@essai.test';
    const last = { status: 200 };
    for (let i = 0; i < 12; i++) {
      const fields = directorFields({ email, position: `Gérant ${i}` });
      last.status = (await sendStep(visitor, page, fields)).status;
    }
    expect(last.status).toBe(429);
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === email)).toHaveLength(10);
  });
});
