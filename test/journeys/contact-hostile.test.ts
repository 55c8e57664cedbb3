/** What a hostile form brings: refused in words that help, and nothing that was rightly filled in is lost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sweep } from '../../provider/jobs/sweep.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  actionOn,
  bodyOf,
  type FileSent,
  newVisitor,
  numberOn,
  openMailbox,
  PDF,
  post,
  send,
  setContact,
  WORDS,
  WRITER,
  written,
} from '../support/contact.ts';
import { officeFile, PNG, zipOf } from '../support/office-files.ts';
import { formOn } from '../support/staff.ts';
import { type Page, readableText, type Visitor } from '../support/visitor.ts';

const MAILBOX = 'messages@caisse.essai.test';
const MEGABYTE = 1024 * 1024;

let app: TestApp;
let issuer: string;
let visitor: Visitor;
let form: Page;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  issuer = app.issuerOf('grand-est');
  await openMailbox(app, MAILBOX);
});
afterAll(() => app.close());

const filled = { ...WRITER, ...WORDS, email: 'hostile@essai.test' };

/** A new form, from a new network, with everything filled in as it should be. */
async function open(): Promise<void> {
  visitor = newVisitor();
  form = await visitor.get(`${issuer}/contact`);
}

async function attach(...files: readonly FileSent[]): Promise<Page> {
  await open();
  return send(visitor, form, filled, files);
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1);

const namesOf = async (email: string) => {
  const rows = await app.database
    .knex('contact_file as f')
    .join('contact_message as m', 'm.form_hash', 'f.form_hash')
    .where('m.email', email)
    .select('f.name', 'f.media');
  return rows.map(({ name, media }): [string, string] => [name, media]).sort(byName);
};

const countMessages = async () => (await app.database.knex('contact_message')).length;

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const HTML = '<!doctype html><script>alert(1)</script>';
const EXE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);
const ZIP = zipOf([{ name: 'lettre.txt', content: 'Bonjour' }]);
const FAR = Buffer.concat([PDF, Buffer.from('\n'), ZIP]);

const WRONG_FILES: readonly (readonly [string, FileSent, RegExp])[] = [
  ['an SVG', { name: 'plan.svg', content: SVG }, /n’est pas d’un type accepté/],
  ['an SVG called a PNG', { name: 'plan.png', content: SVG }, /ne correspond pas à son extension/],
  ['a page called a PDF', { name: 'a.pdf', content: HTML }, /ne correspond pas à son extension/],
  ['a program called a PDF', { name: 'a.pdf', content: EXE }, /ne correspond pas à son extension/],
  ['a PDF called a PNG', { name: 'a.png', content: PDF }, /ne correspond pas à son extension/],
  ['two extensions, the last a program’s', { name: 'facture.pdf.exe', content: EXE }, /deux extensions/],
  ['two extensions, the last a PDF’s', { name: 'facture.exe.pdf', content: PDF }, /deux extensions/],
  ['no extension', { name: 'facture', content: PDF }, /n’est pas d’un type accepté/],
  ['nothing in it', { name: 'vide.pdf', content: '' }, /est vide/],
  ['a PDF that is an archive as well', { name: 'a.pdf', content: FAR }, /autre chose que ce qu’il annonce/],
  ['a PDF cut short', { name: 'a.pdf', content: PDF.subarray(0, 40) }, /est abîmé/],
  ['a PDF with a page before it', { name: 'a.pdf', content: `%PDF-1.4\n${HTML}\n%%EOF` }, /est abîmé/],
  [
    'a picture with a page behind it',
    { name: 'a.png', content: Buffer.concat([PNG, Buffer.from(HTML)]) },
    /est abîmé/,
  ],
  ['an archive called a Word file', { name: 'a.docx', content: ZIP }, /ne correspond pas à son extension/],
  ['an archive', { name: 'a.zip', content: ZIP }, /n’est pas d’un type accepté/],
  [
    'a Word file with macros',
    { name: 'a.docx', content: officeFile('docx', [{ name: 'word/vbaProject.bin', content: 'x' }]) },
    /contient des macros/,
  ],
  [
    'one that says so by its type alone',
    { name: 'a.docx', content: officeFile('docm') },
    /ne correspond pas à son extension/,
  ],
  [
    'one that holds a program',
    { name: 'a.docx', content: officeFile('docx', [{ name: 'word/embeddings/oleObject1.bin' }]) },
    /contient des macros/,
  ],
  [
    'a bomb',
    { name: 'a.xlsx', content: officeFile('xlsx', [{ name: 'xl/a.xml', claims: 4_000_000_000 }]) },
    /anormalement volumineux/,
  ],
  [
    'an archive with a password',
    { name: 'a.docx', content: officeFile('docx', [{ name: 'a', encrypted: true }]) },
    /protégé par un mot de passe/,
  ],
  [
    'a Word file behind something else',
    { name: 'a.docx', content: Buffer.concat([Buffer.from('PK'), officeFile('docx')]) },
    /est abîmé/,
  ],
  ['a Word file cut short', { name: 'a.docx', content: officeFile('docx').subarray(0, -5) }, /est abîmé/],
];

describe('a file that is not what it ought to be', () => {
  test.each(WRONG_FILES)('%s', async (_, file, words) => {
    const before = await countMessages();
    const page = await attach(file, { name: 'bonne.pdf', content: PDF });
    expect(page.status).toBe(422);
    expect(page.text).toContain('<a href="#pieces">');
    expect(readableText(page)).toMatch(words);
    // The other one, and every word, is still there: nothing but sending is left to do.
    expect(readableText(page)).toContain('Pièce déjà reçue bonne.pdf');
    expect(formOn(page)).toMatchObject(filled);
    expect(await countMessages()).toBe(before);
  });

  test('while what people do send is taken, each as what it is', async () => {
    const email = 'bien@essai.test';
    await open();
    const files = [
      { name: 'tableau.xlsx', content: officeFile('xlsx') },
      { name: 'photo.PNG', content: PNG },
      { name: 'lettre.docx', content: officeFile('docx') },
    ];
    expect(numberOn(await send(visitor, form, { ...filled, email }, files))).not.toBe('');
    expect((await namesOf(email)).map(([name]) => name)).toEqual([
      'lettre.docx',
      'photo.png',
      'tableau.xlsx',
    ]);
  });

  test('is known by a clean name, whatever it was called', async () => {
    const email = 'noms@essai.test';
    await open();
    const files = [
      { name: '../../etc/passwd\u202efdp.pdf', content: PDF },
      { name: 'C:\\Users\\a\\CON.pdf', content: PDF },
      { name: `<b>"${'é'.repeat(300)}".pdf`, content: PDF },
    ];
    await send(visitor, form, { ...filled, email }, files);
    expect(await namesOf(email)).toEqual([
      [`-b--${'é'.repeat(76)}.pdf`, 'application/pdf'],
      ['_CON.pdf', 'application/pdf'],
      ['passwdfdp.pdf', 'application/pdf'],
    ]);
    await app.deliver();
    const mail = app.inbox.all().find(({ replyTo }) => replyTo === email);
    expect(mail?.attachments.map(({ filename }) => filename).sort()).toEqual(
      (await namesOf(email)).map(([name]) => name),
    );
  });
});

const large = (bytes: number) =>
  Buffer.concat([PDF.subarray(0, 9), Buffer.alloc(bytes, '%'), Buffer.from('\n'), PDF.subarray(9)]);

describe('too much', () => {
  test('too many files: the first ones are kept, also over several tries', async () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => ({ name: `${name}.pdf`, content: PDF }));
    const page = await attach(...four);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('Joignez 3 fichiers au plus');
    const again = await send(visitor, page, filled, four.slice(0, 1));
    expect(again.status).toBe(422);
    expect(numberOn(await send(visitor, again, filled))).not.toBe('');
  });

  test('too large together: what fits is kept', async () => {
    const page = await attach(
      { name: 'a.pdf', content: large(9 * MEGABYTE) },
      { name: 'b.pdf', content: large(7 * MEGABYTE) },
    );
    expect(page.status).toBe(413);
    expect(readableText(page)).toContain('dépassent 15 Mo en tout');
    expect(readableText(page)).toContain('Pièce déjà reçue a.pdf 9 Mo');
    expect(formOn(page)).toMatchObject(filled);
  });

  test('a field of ten megabytes: the fields before it are kept', async () => {
    await open();
    const page = await send(visitor, form, { ...filled, message: 'x'.repeat(10 * MEGABYTE) });
    expect(page.status).toBe(413);
    expect(page.text.length).toBeLessThan(60_000);
    expect(readableText(page)).toContain('Raccourcissez votre message : 5 000 caractères au plus.');
    const { objet, email, family_name } = filled;
    expect(formOn(page)).toMatchObject({ objet, email, family_name });
  });

  test('a message too long, but not absurd, stays to be shortened', async () => {
    await open();
    const page = await send(visitor, form, { ...filled, message: 'é'.repeat(5_001) });
    expect(page.status).toBe(422);
    expect(formOn(page).message).toBe('é'.repeat(5_001));
  });

  test('more than anybody reads is not waited for', async () => {
    await open();
    const huge = new FormData();
    huge.append('formulaire', formOn(form).formulaire ?? '');
    huge.append('pieces', new Blob([Buffer.alloc(130 * MEGABYTE)]), 'a.pdf');
    const page = await post(visitor, actionOn(form), huge).catch(() => null);
    // The rest is cut off; a sender that listens while it sends reads why.
    if (page) expect([page.status, page.text.includes('bien trop volumineuses')]).toEqual([413, true]);
    expect((await newVisitor().get(`${issuer}/contact`)).status).toBe(200);
  });

  test('too many forms from one network, or to one address, wait', async () => {
    await open();
    const empty = () => post(visitor, actionOn(form), new URLSearchParams().toString(), FORM);
    const statuses = (await Promise.all(Array.from({ length: 61 }, empty))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const page = await send(visitor, form, filled);
    expect([page.status, Number(page.headers['retry-after']) > 0]).toEqual([429, true]);
    expect(formOn(page)).toMatchObject(filled);
    const email = 'inondee@essai.test';
    for (let n = 0; n < 10; n++) await written(app, { fields: { email } });
    await open();
    expect((await send(visitor, form, { ...filled, email })).status).toBe(429);
    expect(await app.database.knex('contact_message').where({ email })).toHaveLength(10);
  });
});

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('a form that no page of ours sent', () => {
  test('with a field twice, or by another name, says nothing', async () => {
    await open();
    const twice = bodyOf(form, filled);
    twice.append('objet', 'Un autre');
    twice.append('consentement', 'oui');
    const page = await post(visitor, actionOn(form), twice);
    expect(page.status).toBe(422);
    expect(page.text).toContain('<a href="#objet">');
    expect(page.text).toContain('<a href="#consentement">');
    const odd = bodyOf(form, { ...filled, objet: '' });
    for (const name of ['objet[]', 'objet[a]', '__proto__', 'constructor[prototype]']) odd.append(name, 'x');
    expect((await post(visitor, actionOn(form), odd)).status).toBe(422);
  });

  test('cut short, or in another shape, is refused without a fault', async () => {
    await open();
    const whole = new Response(bodyOf(form, filled, [{ name: 'a.pdf', content: PDF }]));
    const type = whole.headers.get('Content-Type') ?? '';
    const text = await whole.text();
    const cut = await post(visitor, actionOn(form), text.slice(0, -60), { 'Content-Type': type });
    expect(cut.status).toBe(422);
    expect(readableText(cut)).toContain('n’est pas arrivé en entier');
    expect(formOn(cut)).toMatchObject({ family_name: 'Essai', objet: WORDS.objet });
    for (const wrong of ['multipart/form-data', 'application/json', 'text/plain']) {
      const page = await post(visitor, actionOn(form), '{}', { 'Content-Type': wrong });
      expect([wrong, page.status]).toEqual([wrong, 422]);
    }
    expect(app.logged().filter((line) => line.includes('"msg":"fault"'))).toEqual([]);
  });

  test('from a page of somebody else’s is refused', async () => {
    await open();
    const page = await post(visitor, actionOn(form), bodyOf(form, filled), { Origin: 'https://piege.test' });
    expect(page.status).toBe(403);
  });

  test('sends nobody else a copy, and slips no line into a mail', async () => {
    const before = await countMessages();
    for (const email of ['a@b.test\r\nBcc: c@d.test', 'a@b.test, c@d.test', '<a@b.test>']) {
      await open();
      expect((await send(visitor, form, { ...filled, email })).status).toBe(422);
    }
    expect(await countMessages()).toBe(before);
    await written(app, { fields: { email: 'entetes@essai.test', objet: 'Un\r\nBcc: c@d.test' } });
    await app.deliver();
    const mails = app.inbox.all().filter(({ replyTo, to }) => [replyTo, to].includes('entetes@essai.test'));
    expect(mails).toHaveLength(2);
    for (const { headers, subject } of mails) {
      expect(headers.bcc).toBeUndefined();
      expect(subject).not.toContain('Bcc');
    }
  });
});

describe('what a caisse sets', () => {
  test('holds for its files: how many, and of which types', async () => {
    await setContact(app, { files: 1, kinds: ['pdf'] });
    const page = await attach({ name: 'a.png', content: PNG });
    expect(readableText(page)).toContain('Types acceptés : PDF.');
    await setContact(app, { files: 0 });
    await open();
    expect(form.text).not.toContain('type="file"');
    const none = await send(visitor, form, filled, [{ name: 'a.pdf', content: PDF }]);
    expect(readableText(none)).toContain('ne reçoit pas de pièces jointes');
    await setContact(app, { files: 3, kinds: ['pdf', 'png'] });
  });

  test('holds for their size together', async () => {
    const file = { name: 'grand.pdf', content: large(1.2 * MEGABYTE) };
    await setContact(app, { megabytes: 1 });
    const page = await attach(file);
    expect(page.status).toBe(413);
    expect(readableText(page)).toContain('dépassent 1 Mo en tout');
    await setContact(app, { megabytes: 2 });
    expect(numberOn(await attach(file))).not.toBe('');
    await setContact(app, { megabytes: 15 });
  });

  test('says how long it is kept: words and files from when they were sent on, the line for longer', async () => {
    const DAY = 86_400_000;
    await setContact(app, { keptDays: 10, listedDays: 40 });
    const { id } = await written(app, { files: [{ name: 'a.pdf', content: PDF }] });
    const left = await written(app, { slug: 'nord-ouest' });
    await open();
    await send(visitor, form, { ...filled, objet: '' }, [{ name: 'abandonnee.pdf', content: PDF }]);
    await app.deliver();
    const kept = async () => {
      const [row] = await app.database.knex('contact_message').where({ id });
      const files = row ? await app.database.knex('contact_file').where({ form_hash: row.form_hash }) : [];
      return [row?.sealed?.length > 0, files.map(({ sealed }) => sealed?.length > 0)];
    };
    const at = (days: number) => sweep(app.database.knex, app.clock.now() + days * DAY);
    await at(9);
    expect(await kept()).toEqual([true, [true]]);
    expect(await app.database.knex('contact_file').where({ name: 'abandonnee.pdf' })).toEqual([]);
    await at(11);
    expect(await kept()).toEqual([false, [false]]);
    // Nobody has had this one: it waits.
    const [unsent] = await app.database.knex('contact_message').where({ id: left.id });
    expect(unsent.sealed.length).toBeGreaterThan(0);
    await at(41);
    expect(await kept()).toEqual([false, []]);
    expect(await app.database.knex('contact_file').where({ caisse_id: 'grand-est' })).toEqual([]);
  });
});
