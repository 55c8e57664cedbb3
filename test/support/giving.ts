/** Somebody who gives rights, step by step, as the forms of the screens bring him. */
import type { NewSite } from '../../provider/store/adherents.ts';
import { elsewhere } from './account.ts';
import { startApp, type TestApp } from './app.ts';
import type { Page, Visitor } from './visitor.ts';
import { emailOf } from './world.ts';

export { startApp, type TestApp };

export type Giver = {
  readonly accountId: string;
  readonly email: string;
  readonly visitor: Visitor;
  readonly site: NewSite;
  /** All of them, the first included. */
  readonly sites: readonly NewSite[];
  /** His delegation on each site. */
  readonly delegations: readonly string[];
};

/** Administrateur Entreprise of the first site and of its neighbours, signed in. */
export async function giverOf(app: TestApp, names: readonly string[] = ['Siège']): Promise<Giver> {
  const world = app.world();
  const accountId = await world.account();
  const [first] = await world.sites([{ name: names[0] ?? 'Siège' }]);
  if (!first) throw new Error('no site');
  const others = await world.sites(names.slice(1).map((name) => ({ name, adherent: first.adherent })));
  const sites = [first, ...others];
  const delegations: string[] = [];
  for (const site of sites) delegations.push(await world.enrol(accountId, site));
  return { ...(await signedIn(app, accountId)), site: first, sites, delegations };
}

/** Administrator of that site under another, signed in. */
export async function giverBelow(app: TestApp, { accountId, site, delegations }: Giver): Promise<Giver> {
  const below = await app.world().account();
  const people = { from: accountId, to: below };
  const delegation = await app.world().delegate(site, delegations[0] ?? '', people, { admin: true });
  return { ...(await signedIn(app, below)), site, sites: [site], delegations: [delegation] };
}

export async function signedIn(app: TestApp, accountId: string) {
  const email = emailOf(accountId);
  const { visitor } = await elsewhere(app.issuerOf('grand-est'), email);
  return { accountId, email, visitor };
}

export const rightsPage = (app: TestApp, site: { readonly siret: string }, path = ''): string =>
  `${app.issuerOf('grand-est')}/droits-d-acces/${site.siret}${path}`;

/** What the first step sends for one site, from today on. */
export const firstStep = (
  app: TestApp,
  site: { readonly siret: string },
  email: string,
): Record<string, string> => ({
  email,
  date_effet: dayOf(app.clock.now()),
  date_fin: '',
  [`site_${site.siret}`]: 'oui',
});

export const everyCollege = { college_ouvrier: 'oui', college_etam: 'oui', college_cadre: 'oui' };

export const dayOf = (at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' }).format(at);

const DECODED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&#34;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
};
const decode = (text: string) => text.replace(/&[#\w]+;/g, (entity) => DECODED[entity] ?? entity);

/** What the form of a page would send as it stands: hidden fields, texts, what is ticked. */
export function formOf({ text }: Page): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [tag] of text.matchAll(/<input\b[^>]*>/g)) {
    const attribute = (name: string) => decode(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
    const ticks = ['checkbox', 'radio'].includes(attribute('type'));
    if (!ticks || /\schecked\b/.test(tag)) fields[attribute('name')] = attribute('value');
  }
  return fields;
}
