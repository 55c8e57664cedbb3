/** People in front of the selection screen. */
import type { TestApp } from './app.ts';
import { type Page, request, signInOn, Visitor } from './visitor.ts';
import { type DescribedSite, emailOf } from './world.ts';

/** Somebody who administers those sites, in front of the selection screen. */
export async function atTheList(app: TestApp, sites: readonly DescribedSite[]) {
  const world = app.world();
  const accountId = await world.account();
  const held = await world.sites(sites);
  await world.enrolOnAll(accountId, held);
  return { ...(await arrive(app, accountId)), accountId, sites: held };
}

export async function arrive(app: TestApp, accountId: string, visitor = new Visitor()) {
  const asked = await request(app.issuerOf('grand-est'), 'portail', { prompt: 'login select_organization' });
  const form = await visitor.get(asked.url);
  const list = await signInOn(visitor, form, emailOf(accountId));
  return { visitor, list };
}

/** Sites whose names sort in their order. */
export const named = (count: number, prefix = 'Site'): DescribedSite[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix} ${String(i + 1).padStart(4, '0')}` }));

export const search = (visitor: Visitor, list: Page, typed: string): Promise<Page> =>
  visitor.get(`${list.url}?q=${encodeURIComponent(typed)}`);
