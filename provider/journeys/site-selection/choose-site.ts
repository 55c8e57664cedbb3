/** The choice of the site to act for: allowed only where something is held at that instant. */
import { effectiveRights, holdsNothing } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { readHolding } from '../../store/holdings.ts';
import { recordChoice } from '../../store/site-choice.ts';
import type { Scope } from '../../tenant/scope.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws Refusal `site_not_held`, alike for an unknown site, another caisse's and one whose rights have gone. */
export async function chooseSite(
  scope: Scope,
  choice: { readonly accountId: string; readonly siteId: string; readonly clientId: string },
): Promise<void> {
  const { store, address, requestId } = scope;
  const { accountId, siteId, clientId } = choice;
  if (!UUID.test(siteId)) throw new Refusal('site_not_held');
  const at = scope.now();
  const holding = await readHolding(store, accountId, { siteId });
  if (!holding?.site || holdsNothing(effectiveRights(holding.chains, at))) throw new Refusal('site_not_held');
  const event = {
    kind: 'site_chosen' as const,
    at,
    actorId: accountId,
    siteId,
    clientId,
    address,
    requestId,
  };
  await recordChoice(store, { accountId, siteId, at }, event);
}
