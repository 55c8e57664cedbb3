/** The account that an act is about: who may be acted on by whom. */
import type { Context } from 'koa';
import { Refusal } from '../../refusal.ts';
import type { Handle } from '../../store/handle.ts';
import { type AccountSeen, findAccountSeen, seenOf } from '../../store/office-accounts.ts';
import type { Office } from '../office-place.ts';
import { scopeFor } from '../web.ts';

/** @throws Refusal `not_found` for an id that this caisse does not know. */
export async function loadAccount(ctx: Context): Promise<AccountSeen> {
  const account = await findAccountSeen(scopeFor(ctx).store, String(ctx.params.id));
  if (!account) throw new Refusal('not_found');
  return account;
}

/**
 * Likewise, to act on it.
 * @throws Refusal `office_forbidden` for oneself, and for one of the caisse's own people unless a supervisor acts:
 *   whoever changes how somebody signs in could sign in as him.
 */
export async function loadSubject(ctx: Context, office: Office): Promise<AccountSeen> {
  const account = await loadAccount(ctx);
  if (!mayActOn(office, account)) throw new Refusal('office_forbidden');
  return account;
}

export const mayActOn = ({ account, role }: Office, { id, staffRole }: AccountSeen): boolean =>
  id !== account.id && (staffRole === null || role === 'superviseur');

/** In the act: locked, and as the page showed it. @throws Refusal `changed_meanwhile`. */
export async function holdAsSeen(inside: Handle, id: string, seen: string): Promise<AccountSeen> {
  const account = await findAccountSeen(inside, id, true);
  if (!account || seenOf(account) !== seen) throw new Refusal('changed_meanwhile');
  return account;
}

export const fullName = ({ givenName, familyName }: Pick<AccountSeen, 'givenName' | 'familyName'>): string =>
  `${givenName} ${familyName}`;

export const accountPath = ({ id }: Pick<AccountSeen, 'id'>): string => `/gestion/comptes/${id}`;

/** What every act's page about an account begins with. */
export const commonWords = (account: AccountSeen) => ({
  section: '/gestion',
  trail: [
    { label: 'Recherche', path: '/gestion' },
    { label: fullName(account), path: accountPath(account) },
  ],
  facts: [
    {
      name: 'Compte',
      value: fullName(account),
      detail: account.email ?? 'Pas encore d’adresse électronique',
    },
  ],
  seen: seenOf(account),
});
