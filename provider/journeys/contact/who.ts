/** Who writes: the person signed in and the site that he acts for, as the server knows them; nothing that a form says. */
import type { Context } from 'koa';
import type { Writer } from '../../domain/contact.ts';
import { formatPhone } from '../../domain/phone.ts';
import { effectiveRights, holdsNothing } from '../../domain/rights.ts';
import { parseSiret } from '../../domain/siret.ts';
import { queryField } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { readHolding, type Site } from '../../store/holdings.ts';
import { readPortfolio } from '../../store/portfolio.ts';
import { scopeFor, type Web } from '../web.ts';

export type Known = {
  readonly account: Account;
  /** null: he reaches none, or several and has not said which. */
  readonly site: Site | null;
  /** Sites that he may write for. */
  readonly reached: number;
};

/**
 * null: nobody is signed in. `named`: the SIRET of a site that he chose.
 * @throws Refusal `not_found` for one that he does not reach.
 */
export async function whoWrites(
  ctx: Context,
  web: Web,
  named = queryField(ctx, 'site'),
): Promise<Known | null> {
  const { store, now } = scopeFor(ctx);
  const session = await web.interactions.session(ctx);
  const account = session && (await findAccount(store, session.accountId));
  if (!account) return null;
  const asked = { accountId: account.id, now: now(), terms: [], limit: 1, offset: 0, recent: 1 };
  const { reached, recent, sites } = await readPortfolio(store, asked);
  if (named !== '') return { account, reached, site: await heldSite(ctx, account.id, named) };
  return { account, reached, site: recent[0] ?? (reached === 1 ? (sites[0] ?? null) : null) };
}

async function heldSite(ctx: Context, accountId: string, named: string): Promise<Site> {
  const { store, now } = scopeFor(ctx);
  const siret = parseSiret(named);
  const holding = siret && (await readHolding(store, accountId, { siret }));
  if (!holding?.site || holdsNothing(effectiveRights(holding.chains, now()))) throw new Refusal('not_found');
  return holding.site;
}

export const writerKnown = ({ account, site }: Known): Writer => ({
  givenName: account.givenName,
  familyName: account.familyName,
  email: account.email,
  phones: [account.landline, account.mobile].flatMap((phone) => (phone === null ? [] : [formatPhone(phone)])),
  raisonSociale: site?.raisonSociale ?? '',
  identifiant: site?.identifiant ?? '',
  siret: site?.siret ?? '',
});
