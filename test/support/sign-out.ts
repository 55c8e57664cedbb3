/** Signing out as a person does: the question, then the answer. */
import { discover, type Page, request, returned, type Visitor } from './visitor.ts';

type Query = Readonly<Record<string, string | undefined>>;

export async function signOutPage(visitor: Visitor, issuer: string, query: Query = {}): Promise<Page> {
  const { end_session_endpoint } = await discover(issuer);
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return visitor.get(`${end_session_endpoint}?${new URLSearchParams(given)}`);
}

const found = (page: Page, pattern: RegExp): string => pattern.exec(page.text)?.[1] ?? '';

export const answerOn = (
  visitor: Visitor,
  page: Page,
  logout: boolean,
  headers: Record<string, string> = {},
) =>
  visitor.post(
    new URL(found(page, /action="([^"]+)"/), page.url).href,
    { xsrf: found(page, /name="xsrf" value="([^"]+)"/), ...(logout ? { logout: 'yes' } : {}) },
    headers,
  );

/** What the portal's « Se déconnecter » does, and the person's yes. */
export async function signOut(visitor: Visitor, issuer: string, query: Query = {}): Promise<Page> {
  return answerOn(visitor, await signOutPage(visitor, issuer, query), true);
}

export async function isSignedIn(visitor: Visitor, issuer: string): Promise<boolean> {
  const back = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
  return returned(back).get('error') !== 'login_required';
}
