import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import {
  actionOn,
  bodyOf,
  newVisitor,
  numberOn,
  openMailbox,
  PDF,
  post,
  send,
  WORDS,
  WRITER,
  written,
} from '../support/contact.ts';
import { valueOn } from '../support/enrolment.ts';
import { formOn } from '../support/staff.ts';
import { type Page, readableText, request, returned, signInOn, type Visitor } from '../support/visitor.ts';

const MAILBOX = 'messages@caisse.essai.test';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  issuer = app.issuerOf('grand-est');
  await openMailbox(app, MAILBOX);
});
afterAll(() => app.close());

const rowsOf = (email: string) => app.database.knex('contact_message').where({ email });

const filesOf = (formHash: Buffer) =>
  app.database.knex('contact_file').where({ form_hash: formHash }).orderBy('name');

/** Signed in, standing on his own account. */
async function signedIn(email: string): Promise<Visitor> {
  const visitor = newVisitor();
  await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email);
  return visitor;
}

async function mailsAfter<T>(act: () => Promise<T>) {
  await app.deliver();
  app.inbox.clear();
  const done = await act();
  await app.deliver();
  return { done, mails: app.inbox.all() };
}

describe('whoever is not signed in', () => {
  test('writes to the caisse, and gets a number on the page and by mail', async () => {
    const { done, mails } = await mailsAfter(() =>
      written(app, { files: [{ name: 'Bulletin de paie.pdf', content: PDF }] }),
    );
    const { number, page, email } = done;
    expect([page.status, numberOn(page)]).toEqual([200, number]);
    expect(readableText(page)).toContain('Bulletin de paie.pdf (65 octets)');
    const acknowledged = mails.find(({ to }) => to === email);
    expect(acknowledged?.subject).toContain('Votre message nous est parvenu');
    expect(acknowledged?.text).toContain(number);
    expect(acknowledged?.text).not.toContain('attestation');
    expect(acknowledged?.attachments).toEqual([]);
    const brought = mails.find(({ to }) => to === MAILBOX);
    expect(brought?.replyTo).toBe(email);
    for (const word of [number, 'Attestation non reçue', 'n’est pas arrivée', 'Maçonnerie de la Vallée'])
      expect(brought?.text).toContain(word);
    expect(brought?.text).toContain('d’après ses propres dires');
    expect(brought?.attachments).toEqual([
      { filename: 'Bulletin de paie.pdf', contentType: 'application/pdf', content: new Uint8Array(PDF) },
    ]);
  });

  test('is told what is missing, field by field, and keeps the rest', async () => {
    const visitor = newVisitor();
    const form = await visitor.get(`${issuer}/contact`);
    const page = await send(visitor, form, {
      ...WRITER,
      given_name: ' ',
      email: 'camille',
      siret: '123',
      phone: 'appelez-moi',
      message: 'Première ligne\r\n<b>seconde</b>',
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('<title>Erreur');
    for (const id of ['given_name', 'email', 'siret', 'phone', 'objet', 'consentement']) {
      expect(page.text).toContain(`<a href="#${id}">`);
      expect(page.text).toMatch(new RegExp(`id="${id}"[^>]*aria-invalid="true"`));
    }
    expect(valueOn(page, 'family_name')).toBe('Essai');
    expect(page.text).toContain('Première ligne\n&lt;b&gt;seconde&lt;/b&gt;</textarea>');
    expect(await rowsOf('camille')).toEqual([]);
  });

  test('takes nothing without his consent, which is written down with it', async () => {
    const visitor = newVisitor();
    const email = 'sans-accord@essai.test';
    const form = await visitor.get(`${issuer}/contact`);
    const refused = await send(visitor, form, { ...WRITER, ...WORDS, email, consentement: '' });
    expect(refused.status).toBe(422);
    expect(await rowsOf(email)).toEqual([]);
    expect((await send(visitor, refused, { consentement: 'oui' })).status).toBe(200);
    const [row] = await rowsOf(email);
    expect(row.consented_at).toEqual(row.created_at);
  });

  test('finds the files of a form that has to be corrected where he left them, and takes one out', async () => {
    const visitor = newVisitor();
    const email = 'pieces-gardees@essai.test';
    const form = await visitor.get(`${issuer}/contact`);
    const files = [
      { name: 'a.pdf', content: PDF },
      { name: 'b.pdf', content: PDF },
    ];
    const wrong = await send(visitor, form, { ...WRITER, ...WORDS, email, objet: '' }, files);
    expect(readableText(wrong)).toMatch(/Pièces déjà reçues a\.pdf 65 octets Retirer a\.pdf b\.pdf/);
    const [, id = ''] = /name="retirer" value="([^"]+)">Retirer<span[^>]*> a\.pdf/.exec(wrong.text) ?? [];
    const fewer = await send(visitor, wrong, { retirer: id });
    expect(fewer.status).toBe(200);
    expect(readableText(fewer)).not.toContain('a.pdf');
    const sent = await send(visitor, fewer, { objet: 'Corrigé' });
    expect(numberOn(sent)).not.toBe('');
    const [row] = await rowsOf(email);
    expect((await filesOf(row.form_hash)).map(({ name }) => name)).toEqual(['b.pdf']);
  });
});

describe('whoever is signed in', () => {
  test('writes in his own name for his site, whatever the form says', async () => {
    const person = await app.world().administrator(1, { familyName: 'Réel', givenName: 'Noé' });
    const [site] = person.sites;
    const visitor = await signedIn(person.email);
    const form = await visitor.get(`${issuer}/contact`);
    const shown = readableText(form);
    for (const word of [
      'Réel',
      'Noé',
      person.email,
      site?.adherent.raisonSociale,
      site?.adherent.identifiant,
    ])
      expect(shown).toContain(word);
    expect(form.text).not.toMatch(
      /name="(family_name|given_name|email|phone|raison_sociale|identifiant|siret)"/,
    );
    const { mails } = await mailsAfter(() =>
      send(visitor, form, {
        ...WORDS,
        ...WRITER,
        email: 'autre@essai.test',
        siret: '73282932000074',
        identifiant: 'FAUX',
        account_id: '00000000-0000-4000-8000-000000000000',
        accountId: '00000000-0000-4000-8000-000000000000',
        'writer[email]': 'autre@essai.test',
        number: 'AAAA-AAAA',
        handled_at: '2026-01-01',
        site: site?.id ?? '',
      }),
    );
    expect(mails.map(({ to }) => to).sort()).toEqual([MAILBOX, person.email].sort());
    const [row] = await rowsOf(person.email);
    expect(row).toMatchObject({
      account_id: person.accountId,
      site_id: site?.id,
      family_name: 'Réel',
      given_name: 'Noé',
      siret: site?.siret,
      identifiant: site?.adherent.identifiant,
      raison_sociale: site?.adherent.raisonSociale,
      handled_at: null,
    });
    expect(row.number).not.toBe('AAAA-AAAA');
    const brought = mails.find(({ to }) => to === MAILBOX);
    expect(brought?.text).toContain('connecté à son espace sécurisé');
    expect(brought?.replyTo).toBe(person.email);
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'contact_message_received', actor_id: person.accountId });
    expect(line).toMatchObject({ site_id: site?.id, facts: { message: row.number, files: 0 } });
  });

  test('with several sites says which, loses nothing of what he wrote meanwhile, and reaches no other', async () => {
    const person = await app.world().administrator(2);
    const other = await app.world().administrator(1);
    const [, second] = person.sites;
    const visitor = await signedIn(person.email);
    const bare = await visitor.get(`${issuer}/contact`);
    const choice = await send(visitor, bare, { ...WORDS, choisir: 'oui' }, [{ name: 'a.pdf', content: PDF }]);
    expect(readableText(choice)).toContain('2 sites');
    const turn = (page: Page, fields: Readonly<Record<string, string>>) =>
      visitor.post(`${issuer}/contact/site`, { ...formOn(page), ...fields });
    const found = await turn(choice, { q: second?.siret ?? '' });
    expect(readableText(found)).toContain('1 site');
    const back = await turn(found, { revenir: 'oui' });
    expect([actionOn(back), formOn(back)]).toMatchObject([`${issuer}/contact`, WORDS]);
    const form = await turn(found, { site: second?.siret ?? '' });
    expect(actionOn(form)).toBe(`${issuer}/contact?site=${second?.siret}`);
    expect(formOn(form)).toMatchObject(WORDS);
    expect(readableText(form)).toContain('Pièce déjà reçue a.pdf');
    expect(numberOn(await send(visitor, form))).not.toBe('');
    expect(await rowsOf(person.email)).toMatchObject([{ site_id: second?.id, siret: second?.siret }]);
    const foreign = other.sites[0]?.siret ?? '';
    for (const siret of [foreign, '73282932000074', 'x']) {
      expect((await visitor.get(`${issuer}/contact?site=${siret}`)).status).toBe(404);
      const sent = await post(visitor, `${issuer}/contact?site=${siret}`, bodyOf(form, WORDS));
      expect([siret, sent.status]).toEqual([siret, 404]);
      expect((await turn(choice, { site: siret, formulaire: '' })).status).toBe(404);
    }
  });

  test('whose session has ended meanwhile loses nothing of what he wrote', async () => {
    const person = await app.world().administrator(1);
    const visitor = await signedIn(person.email);
    const form = await visitor.get(`${issuer}/contact`);
    const page = await send(newVisitor(), form, WORDS, [{ name: 'a.pdf', content: PDF }]);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Vous n’êtes plus connecté');
    expect(formOn(page)).toMatchObject({ objet: WORDS.objet, message: WORDS.message, consentement: 'oui' });
    expect(readableText(page)).toContain('Pièce déjà reçue a.pdf');
    const again = await send(visitor, form, {});
    expect(readableText(again)).toContain('Pièce déjà reçue a.pdf');
  });
});

describe('in the middle of something else', () => {
  test('a sign-in goes on after a message as if there had been none', async () => {
    const person = await app.world().administrator(1);
    const visitor = newVisitor();
    const asked = await visitor.get((await request(issuer, 'portail')).url);
    const [link] = asked.text.match(/<a [^>]*href="\/grand-est\/contact"[^>]*>/) ?? [];
    expect(link).toContain('target="_blank"');
    const form = await visitor.get(`${issuer}/contact`);
    const sent = await send(visitor, form, { ...WRITER, ...WORDS, email: 'au-milieu@essai.test' });
    expect(numberOn(sent)).not.toBe('');
    const back = await signInOn(visitor, asked, person.email);
    expect(returned(back).get('code')).toBeTruthy();
  });
});

describe('the same form', () => {
  test('sent several times at once, and again later, is one message', async () => {
    const visitor = newVisitor();
    const email = 'double-clic@essai.test';
    const form = await visitor.get(`${issuer}/contact`);
    const fields = { ...WRITER, ...WORDS, email };
    const files = [{ name: 'a.pdf', content: PDF }];
    const { done, mails } = await mailsAfter(() =>
      Promise.all(Array.from({ length: 4 }, () => send(visitor, form, fields, files))),
    );
    const again = await send(visitor, form, { ...fields, message: 'Encore' }, files);
    const numbers = new Set([...done, again].map(numberOn));
    expect(numbers.size).toBe(1);
    const rows = await rowsOf(email);
    expect(rows).toHaveLength(1);
    expect(await filesOf(rows[0].form_hash)).toHaveLength(1);
    expect(mails.map(({ to }) => to).sort()).toEqual([email, MAILBOX].sort());
  });

  test('of another caisse is another form, and its acknowledgement is nobody else’s', async () => {
    const { page } = await written(app);
    const visitor = newVisitor();
    expect((await visitor.get(page.url)).status).toBe(200);
    expect((await visitor.get(page.url.replace('/grand-est/', '/nord-ouest/'))).status).toBe(404);
    expect((await visitor.get(page.url.slice(0, -1))).status).toBe(404);
  });
});

describe('what was written', () => {
  test('rests sealed, words and files, in the tables and in the outbox', async () => {
    const secret = 'Bulletin n° 4821 de la paie de Dominique';
    const content = Buffer.concat([PDF.subarray(0, 9), Buffer.from(`% ${secret}\n`), PDF.subarray(9)]);
    await written(app, { fields: { message: secret }, files: [{ name: 'a.pdf', content }] });
    for (const table of ['contact_message', 'contact_file', 'pgboss.job', 'audit_event']) {
      const { rows } = await app.database.knex.raw(`select t::text as row from ${table} t`);
      const text = rows.map(({ row }: { row: string }) => row).join('\n');
      for (const form of [
        secret,
        Buffer.from(secret).toString('hex'),
        Buffer.from(secret).toString('base64'),
      ])
        expect(text).not.toContain(form);
    }
    expect(app.logged().join('\n')).not.toContain(secret);
  });
});
