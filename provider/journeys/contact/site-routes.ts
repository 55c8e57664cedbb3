/** For which of his sites somebody writes: chosen before he writes, by a link, and looked up again when he sends. */
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import { findAccount } from '../../store/accounts.ts';
import { readPortfolio } from '../../store/portfolio.ts';
import { lookOf } from '../../tenant/look.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { type Routes, scopeFor } from '../web.ts';
import { PATH, personOf } from './form-page.ts';

const SIZES = [10, 25, 50];

export const siteRoutes: Routes = (router, web) => {
  router.get(`${PATH}/site`, async (ctx) => {
    const { caisse, store, now } = scopeFor(ctx);
    const form = caisse.basePath + PATH;
    const session = await web.interactions.session(ctx);
    const account = session && (await findAccount(store, session.accountId));
    if (!account) {
      return seeOther(ctx, form);
    }
    const search = queryField(ctx, 'q').trim().slice(0, 200);
    const { page, perPage } = askedPage(ctx, SIZES);
    const { matching, sites } = await readPortfolio(store, {
      accountId: account.id,
      now: now(),
      terms: searchTerms(search),
      limit: perPage,
      offset: (page - 1) * perPage,
      recent: 0,
    });
    const action = `${form}/site`;
    web.send(ctx, 'contact/site', {
      look: lookOf(caisse),
      service: null,
      errors: [],
      person: personOf(account, caisse.basePath),
      action,
      search,
      total: count(matching, 'site', 'sites'),
      sites: sites.map(({ siret, raisonSociale, name, identifiant }) => ({
        href: addressOf(form, { site: siret }),
        raisonSociale,
        name,
        siret: groupSiret(siret),
        identifiant,
      })),
      paging:
        matching <= perPage && page === 1
          ? null
          : pagingOf({
              page,
              perPage,
              matching,
              sizes: SIZES,
              label: 'Pages des sites',
              unit: 'sites',
              hrefOf: (to) =>
                addressOf(action, {
                  q: search,
                  page: to.page > 1 ? String(to.page) : '',
                  par_page: to.perPage === SIZES[0] ? '' : String(to.perPage),
                }),
            }),
      backHref: form,
    });
  });
};
