/**
 * Where the pages of rights stand: who is signed in, the site in the address, and by which chains he may give rights
 * there. What he may do to one delegation is asked by its act (giving.ts).
 */
import type { Context } from 'koa';
import {
  type Chain,
  type ChainRights,
  chainRights,
  effectiveRights,
  holdsNothing,
} from '../domain/rights.ts';
import { parseSiret } from '../domain/siret.ts';
import { sayingDone, seeOther } from '../http/redirect.ts';
import type { Notice } from '../http/screens.ts';
import { Refusal } from '../refusal.ts';
import { type Account, findAccount } from '../store/accounts.ts';
import { readHolding, type Site } from '../store/holdings.ts';
import { lookOf } from '../tenant/look.ts';
import { type SignedIn, signedIn } from './interaction.ts';
import { keeping, sentFrom } from './sent-from.ts';
import { scopeFor, type Web } from './web.ts';

export type Entered = {
  readonly account: Account;
  readonly session: SignedIn;
  /** The interaction that sent the person here (`prompt=manage_delegations`); '' for none. */
  readonly from: string;
  /** Address of a page of ours, which then leads back to whoever sent the person here. */
  readonly href: (path: string) => string;
};

/** A chain that gives the power to delegate, and what it leaves now. */
export type Giving = { readonly chain: Chain; readonly holds: ChainRights };

export type SitePlace = Entered & {
  readonly site: Site;
  /** `/droits-d-acces/<siret>`, under the caisse's base path: what the pages of this site begin with. */
  readonly base: string;
  /** Never empty; the enrolment first, then the shortest. */
  readonly givings: readonly [Giving, ...Giving[]];
};

/** Seconds. Rights are looked at and given by who has proven lately that he is there; a form begun in time is not lost. */
const RECENT = 3_600;

/**
 * The person signed in, within the hour; else leads to the sign-in and back to the page with its query, and returns
 * null. `maxAge`: seconds, where a page wants it more recent.
 */
export async function enter(ctx: Context, web: Web, maxAge?: number): Promise<Entered | null> {
  const { now } = scopeFor(ctx);
  const isReading = ctx.method === 'GET' || ctx.method === 'HEAD';
  // After a form whose session has ended: back to the page itself, which no form's fields may reach.
  const path = isReading ? ctx.path + ctx.search : ctx.path;
  const session = await signedIn(ctx, web.interactions, {
    path,
    now: now(),
    maxAge: maxAge ?? (isReading ? RECENT : 2 * RECENT),
  });
  return session && enteredBy(ctx, session, sentFrom(ctx));
}

/** `from`: the interaction that sent the person here; '' for none. */
export async function enteredBy(ctx: Context, session: SignedIn, from: string): Promise<Entered> {
  const { caisse, store } = scopeFor(ctx);
  const account = await findAccount(store, session.accountId);
  if (!account) throw new Refusal('not_found');
  return {
    account,
    session,
    from,
    href: (to) => keeping(from, caisse.basePath + to),
  };
}

/**
 * As `enter`, on the site whose SIRET stands in the address (`:siret`).
 * @throws Refusal `not_found` for a site that he does not reach, `not_administrator` for one that he may not manage.
 */
export async function enterSite(ctx: Context, web: Web, maxAge?: number): Promise<SitePlace | null> {
  const entered = await enter(ctx, web, maxAge);
  if (!entered) return null;
  const { store, now } = scopeFor(ctx);
  const siret = parseSiret(String(ctx.params.siret ?? ''));
  const holding = siret && (await readHolding(store, entered.account.id, { siret }));
  if (!holding?.site || holdsNothing(effectiveRights(holding.chains, now()))) throw new Refusal('not_found');
  const [first, ...others] = givingsIn(holding.chains, now());
  if (!first) throw new Refusal('not_administrator');
  return {
    ...entered,
    site: holding.site,
    base: `/droits-d-acces/${holding.site.siret}`,
    givings: [first, ...others],
  };
}

/** The chains by which somebody may give rights as an administrator of the company; a firm’s managers have pages of their own. */
export const givingsIn = (chains: readonly Chain[], now: number): Giving[] =>
  chains
    .flatMap((chain) => {
      const holds = chainRights(chain, now);
      return holds?.administrator && holds.cabinetId === null ? [{ chain, holds }] : [];
    })
    .sort((a, b) => a.chain.length - b.chain.length);

/** What every page of rights is drawn with. */
export function localsOf(ctx: Context, { account, href }: Entered, notice: Notice | null = null) {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    person: {
      name: `${account.givenName} ${account.familyName}`,
      email: account.email,
      signOutHref: `${caisse.basePath}/session/end`,
      accountHref: href('/mon-compte'),
    },
    notice,
  };
}

/** 303 to a page of ours that then says what was done: `fait` names it. */
export function goTo(ctx: Context, { href }: Pick<Entered, 'href'>, path: string, done?: string): void {
  const to = done === undefined ? path : sayingDone(path, done);
  seeOther(ctx, href(to));
}
