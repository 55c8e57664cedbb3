/** The caisse's own people at work: signed in with a second factor, on the pages of the back office. */
import type { StaffRole } from '../../provider/store/accounts.ts';
import type { Slug, TestApp } from './app.ts';
import { type Authenticator, giveFactor } from './second-factor.ts';
import { type Page, signInOn, Visitor } from './visitor.ts';
import { emailOf } from './world.ts';

export type AtWork = {
  readonly visitor: Visitor;
  readonly accountId: string;
  readonly email: string;
  readonly application: Authenticator;
  /** Of a page under the issuer: `/gestion…`. */
  readonly url: (path: string) => string;
  readonly open: (path: string) => Promise<Page>;
  readonly post: (path: string, fields?: Record<string, string>) => Promise<Page>;
};

/** Signed in with password and code. */
export async function atWork(
  app: TestApp,
  role: StaffRole = 'agent',
  { slug = 'grand-est', accountId: given }: { readonly slug?: Slug; readonly accountId?: string } = {},
): Promise<AtWork> {
  const accountId = given ?? (await app.world(slug).account({ staffRole: role }));
  const email = emailOf(accountId);
  const application = await giveFactor(app, accountId, slug);
  const visitor = new Visitor();
  const issuer = app.issuerOf(slug);
  const asked = await signInOn(visitor, await visitor.get(`${issuer}/gestion`), email);
  const home = await visitor.post(asked.url, { code: application.code() });
  if (!home.url.startsWith(`${issuer}/gestion`)) throw new Error(`not at work: ${home.status} ${home.url}`);
  const url = (path: string) => issuer + path;
  return {
    visitor,
    accountId,
    email,
    application,
    url,
    open: (path) => visitor.get(url(path)),
    post: (path, fields = {}) => visitor.post(url(path), fields),
  };
}

/** The value of a hidden field of a page's form. */
export const hiddenOn = (page: Page, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1] ?? '';

/** Opens the page of an act and sends its form, with the reason and what it showed. */
export async function act(staff: AtWork, path: string, fields: Record<string, string> = {}): Promise<Page> {
  const page = await staff.open(path);
  if (page.status !== 200) return page;
  return staff.post(path, { vu: hiddenOn(page, 'vu'), motif: 'Demande reçue par téléphone', ...fields });
}
