/**
 * Searches (AuthZEN §8): who may, on what, and what. Each tells what evaluations would permit, by the same desk and in
 * one query a page; the member that is searched for may bear an id, which is ignored.
 */
import { FEATURES } from '../../../policies/catalogue.ts';
import { FEATURE_ACTIONS } from '../../../policies/requests.ts';
import type { College } from '../../domain/rights.ts';
import { type Holding, readHoldings, readPortfolioHoldings } from '../../store/holdings.ts';
import { readSiteHolders, type SiteHolder } from '../../store/site-holders.ts';
import { isMeaningless, type Meaningless, meaningOf } from './contract.ts';
import type { Desk } from './decide.ts';
import { type Candidate, NO_RESULTS, pageOf, type Range, type Results, rangeOf } from './pages.ts';
import { ActionSearch, parse, ResourceSearch, SubjectSearch } from './requests.ts';

/** Looked at for one page: an answer is bounded, whoever holds how much. */
const MOST_PEOPLE = 1_000;
const MOST_SITES = 50;

type Found<T> = Results<T> & { readonly context?: Meaningless };

const nothing = (context: Meaningless): Found<never> => ({ ...NO_RESULTS, context });

type FoundSubject = { readonly type: 'user'; readonly id: string };

export async function searchSubjects(desk: Desk, body: unknown): Promise<Found<FoundSubject>> {
  const { page, ...request } = parse(SubjectSearch, body);
  const meant = meaningOf('subjects', request);
  if (isMeaningless(meant)) return nothing(meant);
  const { action, resource } = meant;
  const { siret, college } = resource.properties;
  const range = rangeOf(page, ['subjects', desk.scope.caisse.id, meant]);
  const { siteId, holders } = await readSiteHolders(desk.scope.store, { siret });
  const following = holders.filter(({ accountId }) => accountId > range.after);
  const candidate = (person: SiteHolder): Candidate<FoundSubject> => {
    const standing = desk.standingOf(siteId ?? undefined, person, person.chains);
    const permitted = desk.permits(standing, { feature: resource.id, college, action: action.name });
    return { key: person.accountId, result: permitted ? { type: 'user', id: person.accountId } : null };
  };
  const looked = following.slice(0, MOST_PEOPLE);
  return pageOf(range, mapped(looked, candidate), looked.length < following.length);
}

type FoundResource = {
  readonly type: 'feature';
  readonly id: string;
  readonly properties: { readonly siret: string; readonly college?: College };
};

/** Without a SIRET, over all the sites of the person, by SIRET. */
export async function searchResources(desk: Desk, body: unknown): Promise<Found<FoundResource>> {
  const { page, ...request } = parse(ResourceSearch, body);
  const meant = meaningOf('resources', request);
  if (isMeaningless(meant)) return nothing(meant);
  const { subject, action, resource } = meant;
  const { siret, college } = resource.properties;
  const range = rangeOf(page, ['resources', desk.scope.caisse.id, meant]);
  const holdings = await holdingsFor(desk, subject.id, siret ?? null, range);
  const candidates = function* (): Generator<Candidate<FoundResource>> {
    for (const { site, account, chains } of holdings) {
      if (!site) continue;
      const standing = desk.standingOf(site.id, account, chains);
      const properties = { siret: site.siret, ...(college === undefined ? {} : { college }) };
      for (const [i, { slug }] of FEATURES.entries()) {
        const permitted = desk.permits(standing, { feature: slug, college, action: action.name });
        const key = `${site.siret}/${String(i).padStart(2, '0')}`;
        yield { key, result: permitted ? { type: 'feature', id: slug, properties } : null };
      }
    }
  };
  return pageOf(range, candidates(), (siret ?? null) === null && holdings.length === MOST_SITES);
}

async function holdingsFor(
  { scope }: Desk,
  accountId: string,
  siret: string | null,
  { after }: Range,
): Promise<readonly Holding[]> {
  if (siret !== null) {
    return (await readHoldings(scope.store, [{ accountId, siret }])).filter((holding) => holding !== null);
  }
  // The last site looked at may have features left.
  return readPortfolioHoldings(scope.store, { accountId, from: after.slice(0, 14), limit: MOST_SITES });
}

type FoundAction = { readonly name: string };

export async function searchActions(desk: Desk, body: unknown): Promise<Found<FoundAction>> {
  const { page, ...request } = parse(ActionSearch, body);
  const meant = meaningOf('actions', request);
  if (isMeaningless(meant)) return nothing(meant);
  const { subject, resource } = meant;
  const range = rangeOf(page, ['actions', desk.scope.caisse.id, meant]);
  const question = { accountId: subject.id, feature: resource.id, ...resource.properties };
  const decisions = await desk.decide(FEATURE_ACTIONS.map((action) => ({ ...question, action })));
  const candidates = FEATURE_ACTIONS.map((name, i) => ({
    key: name,
    result: decisions[i] ? { name } : null,
  }));
  return pageOf(range, candidates, false);
}

/** One by one, as the page takes them. */
function* mapped<T, U>(all: readonly T[], to: (one: T) => U): Generator<U> {
  for (const one of all) yield to(one);
}
