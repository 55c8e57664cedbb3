/**
 * The back office, where the caisse's own people work: who is signed in, with a second factor, and as what. Everybody
 * else finds no such page: nothing tells that there is one.
 */
import type { Context } from 'koa';
import { sayingDone, seeOther } from '../http/redirect.ts';
import type { Notice } from '../http/screens.ts';
import type { OfficeLocals } from '../http/screens-office.ts';
import { Refusal } from '../refusal.ts';
import { type Account, findAccount, type StaffRole } from '../store/accounts.ts';
import { lookOf } from '../tenant/look.ts';
import { type SignedIn, signedIn } from './interaction.ts';
import { scopeFor, type Web } from './web.ts';

export type Office = {
  readonly account: Account;
  readonly session: SignedIn;
  readonly role: StaffRole;
};

export type Needed = {
  /** Only supervisors: what changes the caisse itself. */
  readonly superviseur?: boolean;
  /** Seconds within which he must have signed in, for what cannot be undone. */
  readonly maxAge?: number;
};

/** @throws Refusal `not_found` for whoever is not of the caisse; `office_forbidden` for an agent where a supervisor is needed. */
export async function enterOffice(ctx: Context, web: Web, needed: Needed = {}): Promise<Office | null> {
  const { store, now } = scopeFor(ctx);
  const isReading = ctx.method === 'GET' || ctx.method === 'HEAD';
  const path = isReading ? ctx.path + ctx.search : ctx.path;
  const asked = { path, now: now() };
  // First without: who is none of ours is not asked for a second factor, and learns nothing by it.
  const anybody = await signedIn(ctx, web.interactions, asked);
  if (!anybody) return null;
  const account = await findAccount(store, anybody.accountId);
  if (!account?.staffRole) throw new Refusal('not_found');
  const session = await signedIn(ctx, web.interactions, {
    ...asked,
    secondFactor: true,
    maxAge: needed.maxAge,
  });
  if (!session) return null;
  if (needed.superviseur && account.staffRole !== 'superviseur') throw new Refusal('office_forbidden');
  return { account, session, role: account.staffRole };
}

const SECTIONS: readonly { readonly label: string; readonly path: string; readonly superviseur?: boolean }[] =
  [
    { label: 'Recherche', path: '/gestion' },
    { label: 'Demandes d’accès', path: '/gestion/demandes' },
    { label: 'Messages', path: '/gestion/messages' },
    { label: 'Courriers', path: '/gestion/courriers' },
    { label: 'Import', path: '/gestion/import' },
    { label: 'Journal', path: '/gestion/journal' },
    { label: 'Services', path: '/gestion/services', superviseur: true },
    { label: 'Gestionnaires', path: '/gestion/gestionnaires', superviseur: true },
    { label: 'Réglages', path: '/gestion/reglages', superviseur: true },
  ];

/** What every page of the back office is drawn with. `section`: the path of the one that it belongs to. */
export function officeLocals(
  ctx: Context,
  { account, role }: Office,
  section: string,
  notice: Notice | null = null,
): OfficeLocals {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    errors: [],
    person: {
      name: `${account.givenName} ${account.familyName}`,
      email: account.email,
      signOutHref: `${caisse.basePath}/session/end`,
      accountHref: `${caisse.basePath}/mon-compte`,
    },
    notice,
    sections: SECTIONS.filter(({ superviseur }) => !superviseur || role === 'superviseur').map(
      ({ label, path }) => ({ label, href: caisse.basePath + path, current: path === section }),
    ),
  };
}

/** 303 to a page of the back office that then says what was done: `fait` names it. */
export function goToOffice(ctx: Context, path: string, done?: string): void {
  const to = done === undefined ? path : sayingDone(path, done);
  seeOther(ctx, scopeFor(ctx).caisse.basePath + to);
}
