/** Somebody who gives rights, step by step, as the forms of the screens bring him. */
import { randomUUID } from 'node:crypto';
import type { NewSite } from '../../provider/store/adherents.ts';
import { type Delegation, findDelegation } from '../../provider/store/delegation-acts.ts';
import { elsewhere } from './account.ts';
import { startApp, type TestApp } from './app.ts';
import type { Page, Visitor } from './visitor.ts';
import { emailOf, type Given, rightsOn } from './world.ts';

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

/** The fields that the summary of the errors leads to. */
export const refusedAt = ({ text }: Page): string[] =>
  [...text.matchAll(/<li><a href="#([^"]+)">/g)].map(([, field]) => field ?? '');

export const newEmail = (): string => `Collegue.${randomUUID().slice(0, 8)}@essai.test`;

/** Rights that a form asks for, so that it is whole. */
export const reader = { ...everyCollege, droit_documents: 'consultation' };

export type Asked = {
  readonly giver: Giver;
  readonly email: string;
  /** Beside what the first step asks for the giver’s first site. */
  readonly more?: Record<string, string>;
};

/** What the steps of a gift send, straight to one of them: the button itself unless told. */
export const give = (app: TestApp, { giver, email, more = reader }: Asked, path = ''): Promise<Page> =>
  giver.visitor.postOnce(rightsPage(app, giver.site, `/ajouter${path}`), {
    ...firstStep(app, giver.site, email),
    ...more,
  });

/** The delegations that hang on those, as the database has them. */
export async function givenBy(app: TestApp, parents: readonly string[]): Promise<Delegation[]> {
  const rows = await app.database.knex('delegation').select('id').whereIn('parent_id', parents).orderBy('id');
  const found = await Promise.all(rows.map(({ id }) => findDelegation(app.world().store, id)));
  return found.filter((one) => one !== undefined);
}

export async function delegationOf(app: TestApp, id: string): Promise<Delegation> {
  const found = await findDelegation(app.world().store, id);
  if (!found) throw new Error('no such delegation');
  return found;
}

/** A colleague of the giver on his first site. */
export async function colleagueOf(app: TestApp, giver: Giver, given: Given = { rights: SOME_RIGHTS }) {
  const accountId = await app.world().account();
  const people = { from: giver.accountId, to: accountId };
  const id = await app.world().delegate(giver.site, giver.delegations[0] ?? '', people, given);
  return { accountId, email: emailOf(accountId), id };
}

export const SOME_RIGHTS = rightsOn({ planning: 'mise_a_jour', documents: 'consultation' });

export const modificationPage = (app: TestApp, giver: Giver, id: string, path = ''): string =>
  rightsPage(app, giver.site, `/delegations/${id}/modifier${path}`);

export type Modifying = {
  readonly giver: Giver;
  readonly id: string;
  /** What he changes in the form as it stands; null unticks. */
  readonly chosen: Readonly<Record<string, string | null>>;
};

/** Fills in the form of a modification and sends it, straight to one of its steps: the button itself unless told. */
export async function modify(app: TestApp, { giver, id, chosen }: Modifying, path = ''): Promise<Page> {
  const form = await giver.visitor.get(modificationPage(app, giver, id));
  if (form.status !== 200) throw new Error(`no form: ${form.status}`);
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...formOf(form), ...chosen }))
    if (value !== null) fields[name] = value;
  return giver.visitor.postOnce(modificationPage(app, giver, id, path), fields);
}
