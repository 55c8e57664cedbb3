/** An administrator before the pages of an act on a delegation. */
import type { Page } from './visitor.ts';
import { signInOn, Visitor } from './visitor.ts';

/** Signed in on our own pages. */
export async function signedInOn(issuer: string, email: string): Promise<Visitor> {
  const visitor = new Visitor();
  await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email);
  return visitor;
}

/** The value of the hidden field of that name; '' when the page has none. */
export const hiddenOn = ({ text }: Page, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

/** Presses the button of the page at that address. */
export async function pressOn(
  visitor: Visitor,
  url: string,
  fields: Record<string, string> = {},
): Promise<Page> {
  const page = await visitor.get(url);
  return visitor.postOnce(url, { vu: hiddenOn(page, 'vu'), ...fields });
}
