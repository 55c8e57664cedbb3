/** A row of the list of beneficiaries: what it says, and the acts that its administrator is offered on it. */
import type { Context } from 'koa';
import { tellShortDate } from '../../domain/dates.ts';
import { type Act, actsOn, standingOf } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { chainRights } from '../../domain/rights.ts';
import type { ActLink, BeneficiaryShown } from '../../http/screens-list.ts';
import { type NamedLink, readChains } from '../../store/chains.ts';
import type { Beneficiary } from '../../store/delegation-list.ts';
import type { Handle } from '../../store/handle.ts';
import type { SitePlace } from '../delegation-place.ts';
import { type StandingShown, tellStanding } from '../standing-words.ts';
import { scopeFor, type Web } from '../web.ts';
import { actsFor, linkTo } from './acts.ts';

/** What a row offers beside « Voir »: what waits for its administrator first. */
const ON_A_ROW: readonly Act[] = ['confirm', 'renew', 'modify', 'close', 'withdraw'];

/** One query for the chains of them all. */
export async function rowsOf(
  ctx: Context,
  web: Web,
  place: SitePlace,
  { rows, now }: { readonly rows: readonly Beneficiary[]; readonly now: Instant },
): Promise<BeneficiaryShown[]> {
  const { store, caisse } = scopeFor(ctx);
  const { roles } = caisse.settings.delegations;
  const chains = await readChains(
    store,
    rows.map(({ delegationId }) => delegationId),
  );
  return Promise.all(
    rows.map(async (row) => {
      const chain = chains.get(row.delegationId) ?? [];
      const above = chain.slice(0, -1);
      return {
        role: row.admin ? roles.administrator : roles.user,
        name: nameIn(row),
        isSelf: row.accountId === place.account.id,
        siteName: row.site.name,
        standing: standingShown(row, chain, now),
        from: tellShortDate(row.from, caisse.timeZone),
        to: row.to === null ? null : tellShortDate(row.to - 1, caisse.timeZone),
        email: row.email,
        acts: linksOf(place, row, await offered(store, web, place, { row, chain: above, now })),
      };
    }),
  );
}

/** Active itself, and yet worth nothing: what it hangs on sleeps, is over, or may not be given on any more. */
function standingShown(row: Beneficiary, chain: readonly NamedLink[], now: Instant): StandingShown {
  const told = tellStanding(standingOf(row, now), row.from, now);
  const bare = told.status === 'active' && told.beside === null;
  return bare && chainRights(chain, now) === null ? { ...told, beside: 'sans effet en ce moment' } : told;
}

async function offered(
  store: Handle,
  web: Web,
  { account }: SitePlace,
  on: { readonly row: Beneficiary; readonly chain: readonly NamedLink[]; readonly now: Instant },
): Promise<readonly Act[]> {
  const { row, chain, now } = on;
  if (row.kind === 'enrolment') return [];
  const gift = { kind: row.kind, cabinetId: null, admin: row.admin, vector: row.rights };
  const possible = await actsFor(store, web, { gift, chain, accountId: account.id, now });
  const standing = actsOn(standingOf(row, now));
  return ON_A_ROW.filter((act) => possible.includes(act) && standing.includes(act));
}

function linksOf({ href }: SitePlace, row: Beneficiary, acts: readonly Act[]): ActLink[] {
  const about = `la délégation de ${nameIn(row) ?? row.email}`;
  const base = `/droits-d-acces/${row.site.siret}`;
  const on = { base, id: row.delegationId, invitationId: row.invitationId };
  return [
    { label: 'Voir', href: href(`${base}/delegations/${row.delegationId}`), about },
    ...acts.map((act) => {
      const { label, path } = linkTo(act, on);
      return { label, href: href(path), about };
    }),
  ];
}

const nameIn = ({ familyName, givenName }: Beneficiary): string | null =>
  familyName === null ? null : `${familyName} ${givenName ?? ''}`.trim();
