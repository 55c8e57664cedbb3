/** A site of an adhérent: everybody who reaches it, where each delegation stands and who gave it. */
import type { Context } from 'koa';
import { standingOf } from '../../domain/delegation.ts';
import { groupSiret } from '../../http/format.ts';
import type { OfficeRow } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import {
  type DelegationSeen,
  findSite,
  listDelegationsAt,
  type SiteSeen,
} from '../../store/office-adherents.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { addressOf, askedPage } from '../paged.ts';
import { tellShortDate, tellStanding } from '../standing-words.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { handOverRoutes } from './hand-over-routes.ts';
import { PER_PAGE, pagesOf, sendPage } from './page.ts';

const SECTION = '/gestion';

export const siteRoutes: Routes = (router, web) => {
  router.get('/gestion/sites/:id', async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showSite(ctx, web, office);
  });
  handOverRoutes(router, web);
};

const DONE_AT_SITE = {
  cession: 'Le site a changé d’administrateur. Les deux personnes en sont prévenues.',
  proposition: 'La proposition est partie par courriel. Rien ne change tant qu’elle n’est pas acceptée.',
};

async function showSite(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const site = await findSite(store, String(ctx.params.id));
  if (!site) throw new Refusal('not_found');
  const asked = askedPage(ctx, PER_PAGE);
  const { matching, delegations } = await listDelegationsAt(store, {
    siteId: site.id,
    adherentId: site.adherent.id,
    now: now(),
    limit: asked.perPage,
    offset: (asked.page - 1) * asked.perPage,
  });
  const { basePath } = caisse;
  const path = `/gestion/sites/${site.id}`;
  sendPage(ctx, web, office, {
    section: SECTION,
    title: site.name,
    lead: `${site.adherent.raisonSociale} – SIRET\u00a0${groupSiret(site.siret)}`,
    trail: [
      { label: 'Recherche', href: `${basePath}/gestion` },
      { label: site.adherent.raisonSociale, href: `${basePath}/gestion/adherents/${site.adherent.id}` },
    ],
    done: DONE_AT_SITE,
    facts: [
      {
        name: 'Adhérent',
        value: site.adherent.raisonSociale,
        detail: `Identifiant ${site.adherent.identifiant}`,
      },
      {
        name: 'Journal',
        value: 'Ce qui s’est passé sur ce site',
        act: {
          label: 'Voir',
          href: addressOf(`${basePath}/gestion/journal`, { site: site.siret }),
          about: 'le journal de ce site',
        },
      },
    ],
    lists: [
      {
        id: 'acces',
        title: 'Comptes et délégations',
        empty: 'Personne n’accède à ce site\u00a0: son espace n’est pas ouvert.',
        rows: delegations.map((one) => delegationRow(ctx, site, one)),
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path,
          label: 'Pages des délégations',
          unit: 'délégations par page',
        }),
      },
    ],
  });
}

function delegationRow(ctx: Context, site: SiteSeen, one: DelegationSeen): OfficeRow {
  const { caisse, now } = scopeFor(ctx);
  const { basePath, timeZone } = caisse;
  const standing = standingOf(one, now());
  const isHead = one.kind === 'enrolment' && standing === 'active' && one.accountId !== null;
  const href =
    one.cabinetId !== null
      ? `${basePath}/gestion/cabinets/${one.cabinetId}`
      : one.accountId !== null
        ? `${basePath}/gestion/comptes/${one.accountId}`
        : null;
  const until = one.to === null ? '' : ` jusqu’au ${tellShortDate(one.to - 1, timeZone)}`;
  return {
    name: one.beneficiary,
    href,
    badge: roleOf(one),
    standing: tellStanding(standing, one.from, now()),
    details: [
      ...(one.email === null || one.email === one.beneficiary ? [] : [one.email]),
      `${one.giver === null ? 'Ouvert par courrier ou par succession' : `Donnée par ${one.giver}`}, à compter du ${tellShortDate(one.from, timeZone)}${until}`,
    ],
    acts: isHead
      ? [
          {
            label: 'Confier à un successeur',
            href: `${basePath}/gestion/sites/${site.id}/succession/${one.id}`,
            about: `\u00a0: ${one.beneficiary}`,
          },
        ]
      : [],
  };
}

function roleOf({ kind, admin }: DelegationSeen): string {
  switch (kind) {
    case 'enrolment':
      return 'Administrateur Entreprise';
    case 'cabinet':
      return 'Cabinet comptable';
    case 'staff':
      return 'Collaborateur du cabinet';
    case 'user':
      return admin ? 'Administrateur' : 'Utilisateur';
  }
}
