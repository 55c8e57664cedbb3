/** A person at My account, and what he finds in his mails. */
import type { TestApp } from './app.ts';
import { type Page, refresh, request, signInAndRedeem, signInOn, type Tokens, Visitor } from './visitor.ts';
import { PASSWORD } from './world.ts';

export type AtHome = {
  readonly visitor: Visitor;
  readonly email: string;
  readonly accountId: string;
  readonly siteId: string;
  /** Of the service that he signed in for first. */
  readonly tokens: Tokens;
};

/** Signed in for a service, with one site. */
export async function atHome(app: TestApp, issuer: string): Promise<AtHome> {
  const { accountId, email, sites } = await app.world().administrator(1);
  const visitor = new Visitor();
  const tokens = await signInAndRedeem(visitor, { email }, await request(issuer, 'portail'));
  return { visitor, email, accountId, siteId: sites[0]?.id ?? '', tokens };
}

/** Another browser of the same person, signed in. */
export async function elsewhere(issuer: string, email: string, password = PASSWORD) {
  const visitor = new Visitor();
  const asked = await request(issuer, 'portail');
  const page = await signInOn(visitor, await visitor.get(asked.url), email, password);
  return { visitor, page, signedIn: page.location?.includes('code=') ?? false };
}

export const tokenOf = (link: string): string => new URL(link).searchParams.get('jeton') ?? '';

/** Presses the button of the page that a link in a mail opens. */
export const confirm = (link: string, visitor = new Visitor()): Promise<Page> =>
  visitor.post(link, { jeton: tokenOf(link) });

export async function isStillIn(
  issuer: string,
  { visitor }: { readonly visitor: Visitor },
): Promise<boolean> {
  const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
  return silent.location?.includes('code=') ?? false;
}

export const mayRefresh = async (issuer: string, { refresh_token }: Tokens): Promise<boolean> =>
  (await refresh(issuer, 'portail', refresh_token ?? '')).status === 200;
