/**
 * The sites of one adhérent on which somebody may give rights, and what he may give on all those that he chose. What
 * is really given is checked again, chain by chain, inside the act (giving.ts).
 */
import type { Gift } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { EVERYTHING, meet, NOTHING, type Vector } from '../../domain/rights.ts';
import { type AdministeredSite, listAdministeredSites } from '../../store/administered-sites.ts';
import { findAdherentOf } from '../../store/gifts.ts';
import type { Handle } from '../../store/handle.ts';
import { readHoldings } from '../../store/holdings.ts';
import { type Giving, givingsIn } from '../delegation-place.ts';
import { giverHolds } from '../giving.ts';

/** A gift on more sites at once is made in several. */
export const MOST_SITES = 300;

/** As many as one query brings; nobody administers more sites of one adhérent. */
const ALL = 5_000;

/** Of the adhérent of that site, in the order of the alphabet. */
export async function administeredBeside(
  store: Handle,
  { accountId, siteId, now }: { readonly accountId: string; readonly siteId: string; readonly now: Instant },
): Promise<readonly AdministeredSite[]> {
  const adherentId = await findAdherentOf(store, siteId);
  if (!adherentId) return [];
  const { sites } = await listAdministeredSites(store, {
    accountId,
    adherentId,
    now,
    terms: [],
    limit: ALL,
    offset: 0,
  });
  return sites;
}

/** A site, and the chains by which he may give rights there; none when he has lost that power. */
export type GivingSite = { readonly site: AdministeredSite; readonly givings: readonly Giving[] };

/** One query. */
export async function givingsOn(
  handle: Handle,
  sites: readonly AdministeredSite[],
  { accountId, now }: { readonly accountId: string; readonly now: Instant },
): Promise<GivingSite[]> {
  const held = await readHoldings(
    handle,
    sites.map(({ siret }) => ({ accountId, siret })),
  );
  return sites.map((site, i) => ({ site, givings: givingsIn(held[i]?.chains ?? [], now) }));
}

/** What he may give on every one of them at once. */
export const commonHolds = (sites: readonly GivingSite[]): Vector =>
  sites.reduce<Vector>(
    (common, { givings: [first] }) => meet(common, first?.holds.vector ?? NOTHING),
    EVERYTHING,
  );

/** The first of his chains that holds what is given; undefined when none does by itself. */
export const chainFor = (givings: readonly Giving[], gift: Gift, now: Instant): Giving | undefined =>
  givings.find(({ chain }) => giverHolds(chain, { gift, now }));
