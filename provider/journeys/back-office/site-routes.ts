/** A site of an adhérent: everybody who reaches it, where each delegation stands and who gave it. */
import type { Context } from 'koa';
import { groupSiret } from '../../http/format.ts';
import { Refusal } from '../../refusal.ts';
import { findSite, listDelegationsAt } from '../../store/office-adherents.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { addressOf, askedPage } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { delegationRow } from './delegation-row.ts';
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
        rows: delegations.map((one) => delegationRow(ctx, one, { withSite: false })),
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
