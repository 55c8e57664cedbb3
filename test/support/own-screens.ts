/** A person at the screens of rights, signed in where the address led him. */
import { type Page, signInOn, Visitor } from './visitor.ts';
import { emailOf } from './world.ts';

export type AtScreens = {
  readonly visitor: Visitor;
  /** The page that he asked for first. */
  readonly page: Page;
  readonly get: (path: string) => Promise<Page>;
  readonly post: (path: string, fields?: Record<string, string>) => Promise<Page>;
};

/** `accountId`: of an account whose address the world chose. */
export async function signedInAt(issuer: string, accountId: string, path: string): Promise<AtScreens> {
  const visitor = new Visitor();
  const page = await signInOn(visitor, await visitor.get(issuer + path), emailOf(accountId));
  return {
    visitor,
    page,
    get: (to) => visitor.get(issuer + to),
    post: (to, fields = {}) => visitor.post(issuer + to, fields),
  };
}
