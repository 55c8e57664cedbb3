/** « Mon cabinet comptable »: who it is, what it was given here and on the company's other sites, what may be done. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { type Act, actsOn } from '../../domain/delegation.ts';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { FirmDelegationShown, FirmOfCompany } from '../../http/screens-firm.ts';
import type { FirmDelegation } from '../../store/cabinet-attached.ts';
import { type NamedLink, readChains } from '../../store/chains.ts';
import { localsOf, type SitePlace } from '../delegation-place.ts';
import { endingOf, possibleActions } from '../giving.ts';
import { shownRights } from '../rights-shown.ts';
import { tellStanding } from '../standing-words.ts';
import { scopeFor, type Web } from '../web.ts';
import { type FirmScene, freeSites } from './firm-form.ts';

const INVITED: Notice = {
  kind: 'success',
  title: 'L’invitation est partie',
  text: 'Votre cabinet n’a encore aucun droit\u00a0: vous aurez à confirmer la délégation quand il l’aura acceptée.',
};

export async function showFirms(ctx: Context, web: Web, place: SitePlace, scene: FirmScene): Promise<void> {
  const here = scene.given.filter(({ site }) => site.id === place.site.id);
  const chains = await readChains(
    scopeFor(ctx).store,
    here.map(({ parentId }) => parentId),
  );
  const firms: FirmOfCompany[] = [];
  for (const { cabinetId, name, attached } of firmsOf(scene)) {
    const his = scene.given.filter((one) => one.cabinetId === cabinetId);
    const onSite = his.filter(({ site }) => site.id === place.site.id);
    firms.push({
      name,
      attached,
      here: await Promise.all(
        onSite.map((one) => shown(ctx, web, place, one, chains.get(one.parentId) ?? [])),
      ),
      elsewhere: his
        .filter(({ site }) => site.id !== place.site.id)
        .map((one) => elsewhere(ctx, place, scene, one)),
      giveHref:
        attached && freeSites(scene, cabinetId).length > 0
          ? place.href(`${place.base}/cabinet/${cabinetId}/deleguer`)
          : null,
    });
  }
  web.send(ctx, 'delegation/firm', {
    ...localsOf(ctx, place, queryField(ctx, 'fait') === 'invitation' ? INVITED : null),
    errors: [],
    site: place.site,
    listHref: place.href(place.base),
    firms,
  });
}

/** Those that are attached; then those that were, and still have something that waits to be deleted. */
function firmsOf({ attached, given }: FirmScene) {
  const now = attached.map(({ cabinetId, name }) => ({ cabinetId, name, attached: true }));
  const former = new Map(given.map((one) => [one.cabinetId, one.cabinetName]));
  for (const { cabinetId } of now) former.delete(cabinetId);
  return [...now, ...[...former].map(([cabinetId, name]) => ({ cabinetId, name, attached: false }))];
}

async function shown(
  ctx: Context,
  web: Web,
  place: SitePlace,
  one: FirmDelegation,
  chain: readonly NamedLink[],
): Promise<FirmDelegationShown> {
  const { caisse, store, now } = scopeFor(ctx);
  const gift = { kind: 'cabinet', cabinetId: one.cabinetId, admin: false, vector: one.rights } as const;
  const asking = { enforcer: web.enforcer, now: now(), accountId: place.account.id, gift };
  const his = chain.length === 0 ? [] : await possibleActions(store, chain, asking);
  const may = (act: Act) => his.includes(endingOf(gift)) && actsOn(one.standing).includes(act);
  const page = `${place.base}/delegations/${one.id}`;
  return {
    standing: tellStanding(one.standing, one.from, now()),
    from: tellDate(one.from, caisse.timeZone),
    to: tellLastDay(one.to, caisse.timeZone),
    giver: one.giver,
    email: one.email,
    rights: shownRights(one.rights, { admin: false, hidden: caisse.settings.hiddenFeatures }),
    viewHref: place.href(page),
    deleteHref: may('close') ? place.href(`${page}/cloturer`) : null,
    renewHref: may('renew') ? place.href(`${page}/renouveler`) : null,
  };
}

function elsewhere(
  ctx: Context,
  place: SitePlace,
  { administered }: FirmScene,
  { site, standing, from }: FirmDelegation,
): FirmOfCompany['elsewhere'][number] {
  const { now } = scopeFor(ctx);
  const isHis = administered.some(({ id }) => id === site.id);
  return {
    siteName: site.name,
    siret: site.siret,
    standing: tellStanding(standing, from, now()),
    href: isHis ? place.href(`/droits-d-acces/${site.siret}/cabinet`) : null,
  };
}
