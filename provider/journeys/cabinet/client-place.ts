/** Where the pages of one client stand: the site in the address, and the chains by which the firm holds it. */
import type { Context } from 'koa';
import type { Chain } from '../../domain/rights.ts';
import { parseSiret } from '../../domain/siret.ts';
import { Refusal } from '../../refusal.ts';
import { readFirmChains } from '../../store/firm-chains.ts';
import { type ClientName, nameSites } from '../../store/firm-portfolio.ts';
import { scopeFor } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import { FIRM } from './firm-page.ts';

export type ClientPlace = CabinetPlace & {
  readonly site: ClientName;
  /** Never empty; each ends with the firm's own link. */
  readonly chains: readonly Chain[];
  /** `/mon-cabinet/clients/<siret>` */
  readonly page: string;
};

/** @throws Refusal `not_found` where nothing of the firm's stands: such a site is unknown to it. */
export async function placeOfClient(
  ctx: Context,
  place: CabinetPlace,
  typed: unknown = ctx.params.siret,
): Promise<ClientPlace> {
  const { store } = scopeFor(ctx);
  const siret = parseSiret(String(typed ?? ''));
  const [site] = siret ? await nameSites(store, { sirets: [siret] }) : [];
  if (!site) throw new Refusal('not_found');
  const bySite = await readFirmChains(store, { cabinetId: place.cabinet.id, siteIds: [site.siteId] });
  const chains = bySite.get(site.siteId) ?? [];
  if (chains.length === 0) throw new Refusal('not_found');
  return { ...place, site, chains, page: `${FIRM}/clients/${site.siret}` };
}
