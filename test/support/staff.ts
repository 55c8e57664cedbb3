/** The caisse's own people at their desk: signed in with a second factor. */
import type { Slug, TestApp } from './app.ts';
import { giveFactor } from './second-factor.ts';
import { type Page, signInOn, Visitor } from './visitor.ts';

export type Desk = {
  readonly accountId: string;
  readonly visitor: Visitor;
  readonly get: (path: string) => Promise<Page>;
  readonly post: (path: string, fields?: Record<string, string>) => Promise<Page>;
};

/** `role` null: somebody who is not of the caisse. */
export async function atTheDesk(
  app: TestApp,
  role: 'agent' | 'superviseur' | null,
  slug: Slug = 'grand-est',
): Promise<Desk> {
  const issuer = app.issuerOf(slug);
  const email = `${role ?? 'personne'}-${Math.floor(app.clock.now())}-${++serial}@essai.test`;
  const accountId = await app.world(slug).account({ email, staffRole: role });
  const application = await giveFactor(app, accountId, slug);
  const visitor = new Visitor();
  const asked = await signInOn(visitor, await visitor.get(`${issuer}/gestion/services`), email);
  if (asked.text.includes('name="code"')) await visitor.post(asked.url, { code: application.code() });
  return {
    accountId,
    visitor,
    get: (path) => visitor.get(issuer + path),
    post: (path, fields = {}) => visitor.post(issuer + path, fields),
  };
}

let serial = 0;

/** Without any second factor. */
export async function withPasswordAlone(
  app: TestApp,
  role: 'agent' | 'superviseur',
  path: string,
): Promise<Page> {
  const email = `seul-${++serial}@essai.test`;
  await app.world().account({ email, staffRole: role });
  const visitor = new Visitor();
  return signInOn(visitor, await visitor.get(app.issuerOf('grand-est') + path), email);
}

/** The values of a form as its page holds them, ready to be sent again. */
export function formOn(page: Page): Record<string, string> {
  const fields: Record<string, string> = {};
  const attribute = (tag: string, name: string) =>
    unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
  for (const [tag] of page.text.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    if (name === '' || /type="file"/.test(tag)) continue;
    if (!/type="(checkbox|radio)"/.test(tag) || /\schecked/.test(tag)) fields[name] = attribute(tag, 'value');
  }
  for (const [, tag = '', text = ''] of page.text.matchAll(/(<textarea\b[^>]*>)([^<]*)<\/textarea>/g)) {
    fields[attribute(tag, 'name')] = unescaped(text).replace(/^\n/, '');
  }
  for (const [, tag = '', options = ''] of page.text.matchAll(/(<select\b[^>]*>)([\s\S]*?)<\/select>/g)) {
    const chosen =
      /<option value="([^"]*)" selected/.exec(options) ?? /<option value="([^"]*)"/.exec(options);
    fields[attribute(tag, 'name')] = unescaped(chosen?.[1] ?? '');
  }
  return fields;
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
