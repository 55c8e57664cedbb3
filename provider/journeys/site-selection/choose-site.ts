/** The choice of the site to act for: allowed only where something is held at that instant. */
import { effectiveRights, holdsNothing } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { readHolding } from '../../store/holdings.ts';
import { recordVisit } from '../../store/portfolio.ts';
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
  await transaction(store, async (inside) => {
    const holding = await readHolding(inside, accountId, { siteId });
    if (!holding?.site || holdsNothing(effectiveRights(holding.chains, at)))
      throw new Refusal('site_not_held');
    await recordVisit(inside, { accountId, siteId, at });
    await appendAudit(inside, {
      kind: 'site_chosen',
      at,
      actorId: accountId,
      siteId,
      clientId,
      address,
      requestId,
    });
  });
}
