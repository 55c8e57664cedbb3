/** The contact form as a browser fills it in and sends it, files and all. */
import type { Slug, TestApp } from './app.ts';
import { formOn } from './staff.ts';
import { type Page, Visitor } from './visitor.ts';

export type FileSent = { readonly name: string; readonly content: Uint8Array | string };

export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n',
  'latin1',
);

export const WRITER = {
  family_name: 'Essai',
  given_name: 'Camille',
  phone: '06 39 98 00 01',
  raison_sociale: 'Maçonnerie de la Vallée',
} as const;

export const WORDS = {
  objet: 'Attestation non reçue',
  message: 'Bonjour,\n\nNotre attestation n’est pas arrivée.',
  consentement: 'oui',
} as const;

let networks = 0;

/** From a network of its own, so that no test counts against another's limit. */
export const newVisitor = (): Visitor => {
  networks += 1;
  return new Visitor({ 'X-Forwarded-For': `198.51.${Math.floor(networks / 250)}.${1 + (networks % 250)}` });
};

/** What goes over the wire; several fields of one name as they are. */
export async function post(
  visitor: Visitor,
  url: string,
  body: FormData | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: {
      Cookie: visitor.cookiesFor(url),
      Origin: new URL(url).origin,
      Accept: 'text/html',
      ...visitor.headers,
      ...headers,
    },
  });
  const location = response.headers.get('location');
  if (location !== null) return visitor.get(new URL(location, url).href);
  const text = await response.text();
  return {
    url,
    status: response.status,
    text,
    headers: Object.fromEntries(response.headers),
    location: null,
  };
}

/** Of the page's form: what it holds, then `fields` and `files`. */
export function bodyOf(
  page: Page,
  fields: Readonly<Record<string, string>>,
  files: readonly FileSent[] = [],
) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...formOn(page), ...fields })) body.append(name, value);
  for (const { name, content } of files) {
    const bytes = typeof content === 'string' ? content : new Uint8Array(content);
    body.append('pieces', new Blob([bytes], { type: 'application/octet-stream' }), name);
  }
  return body;
}

export const actionOn = (page: Page): string =>
  new URL(/<form class="form" action="([^"]+)"/.exec(page.text)?.[1] ?? '', page.url).href;

export const send = (
  visitor: Visitor,
  page: Page,
  fields: Readonly<Record<string, string>> = {},
  files: readonly FileSent[] = [],
): Promise<Page> => post(visitor, actionOn(page), bodyOf(page, fields, files));

export const numberOn = (page: Page): string => /contact-number">(\w{4}-\w{4})</.exec(page.text)?.[1] ?? '';

/** The caisse's mailbox for messages. */
export async function openMailbox(app: TestApp, mailbox: string, slug: Slug = 'grand-est'): Promise<void> {
  await setContact(app, { mailbox }, slug);
}

/** Heard of by everybody when this resolves. */
export async function setContact(
  app: TestApp,
  contact: Readonly<Record<string, unknown>>,
  slug: Slug = 'grand-est',
): Promise<void> {
  const row = await app.database.knex('caisse').first('settings').where({ id: slug });
  const settings = { ...row.settings, contact: { ...row.settings.contact, ...contact } };
  const mark = `+33 ${Math.floor(Math.random() * 1e9)}`;
  await app.database
    .knex('caisse')
    .update({ settings: JSON.stringify({ ...settings, phone: mark }) })
    .where({ id: slug });
  for (let tries = 0; tries < 200; tries++) {
    if ((await new Visitor().get(`${app.issuerOf(slug)}/contact`)).text.includes(mark)) return;
    await new Promise((resume) => setTimeout(resume, 25));
  }
  throw new Error('nobody heard of the setting');
}

export type Written = {
  readonly id: string;
  readonly number: string;
  readonly email: string;
  readonly page: Page;
};

let writers = 0;

/** Somebody who is not signed in writes. */
export async function written(
  app: TestApp,
  {
    slug = 'grand-est',
    fields = {},
    files = [],
  }: {
    readonly slug?: Slug;
    readonly fields?: Readonly<Record<string, string>>;
    readonly files?: readonly FileSent[];
  } = {},
): Promise<Written> {
  const email = fields.email ?? `ecrit-${++writers}-${Math.floor(app.clock.now())}@essai.test`;
  const visitor = newVisitor();
  const form = await visitor.get(`${app.issuerOf(slug)}/contact`);
  const page = await send(visitor, form, { ...WRITER, ...WORDS, email, ...fields }, files);
  const row = await app.database
    .knex('contact_message')
    .first('id', 'number')
    .where({ caisse_id: slug, email })
    .orderBy('created_at', 'desc');
  if (!row) throw new Error(`not sent: ${page.status} ${page.text.slice(0, 3_000)}`);
  return { ...row, email, page };
}
