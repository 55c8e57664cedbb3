import type { Context } from 'koa';
import { searchTerms } from '../../domain/search.ts';
import { field, queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import {
  type FieldError,
  type Notice,
  SITES_PER_PAGE,
  type SiteChoice,
  type SitesPerPage,
} from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount } from '../../store/accounts.ts';
import { type PortfolioPage, type ReachedSite, readPortfolio } from '../../store/portfolio.ts';
import { lookOf } from '../../tenant/look.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { chooseSite } from './choose-site.ts';

const RECENT = 5;

export const siteSelectionRoutes: Routes = (router, web) => {
  router.get('/choix-du-site', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/choix-du-site/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'select_organization');
    if (interaction) await show(ctx, web, interaction);
  });
  router.post('/choix-du-site/:uid', (ctx) => submit(ctx, web));
  router.get('/choix-du-site/:uid/annuler', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'select_organization');
    if (interaction) await finish(ctx, web.interactions, { kind: 'refused' });
  });
};

async function submit(ctx: Context, web: Web): Promise<void> {
  const interaction = await pending(ctx, web.interactions, 'select_organization');
  if (!interaction) return;
  const siteId = field(ctx, 'site');
  if (siteId === '') return show(ctx, web, interaction, [{ field: 'site', message: 'Choisissez un site.' }]);
  const { clientId } = interaction;
  try {
    await chooseSite(scopeFor(ctx), { accountId: signedIn(interaction), siteId, clientId });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'site_not_held') throw error;
    return show(ctx, web, interaction, [GONE]);
  }
  await finish(ctx, web.interactions, { kind: 'site_chosen', siteId });
}

const GONE: FieldError = {
  field: 'site',
  message: 'Vous n’avez plus de droits sur le site choisi. Choisissez-en un autre.',
};

/** A hint that is held never leads here, unless the service asked for the list. */
const HINT_NOT_HELD: Notice = {
  kind: 'warning',
  title: null,
  text: 'Vous n’avez pas de droits sur le site que votre service a demandé. Choisissez-en un autre, ou demandez ces droits à l’administrateur de l’entreprise.',
};

/** The policy asks for a site only once somebody is signed in. */
function signedIn({ accountId }: Interaction): string {
  if (accountId === null) throw new Refusal('interaction_expired');
  return accountId;
}

type ListState = { readonly search: string; readonly page: number; readonly perPage: SitesPerPage };

function listState(ctx: Context): ListState {
  const page = Number(queryField(ctx, 'page'));
  const perPage = Number(queryField(ctx, 'par_page'));
  return {
    search: queryField(ctx, 'q').slice(0, 200),
    page: Number.isInteger(page) && page >= 1 && page <= 100_000 ? page : 1,
    perPage: SITES_PER_PAGE.find((size) => size === perPage) ?? SITES_PER_PAGE[0],
  };
}

async function show(
  ctx: Context,
  web: Web,
  interaction: Interaction,
  errors: readonly FieldError[] = [],
): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const accountId = signedIn(interaction);
  const [account, list] = await Promise.all([findAccount(store, accountId), readList(ctx, accountId)]);
  if (!account) throw new Refusal('interaction_expired');
  const action = `${caisse.basePath}/choix-du-site/${interaction.uid}`;
  const mayCancel = interaction.reasons.includes('select_organization_prompt');
  web.send(
    ctx,
    'site-selection/list',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors,
      action,
      listAction: action,
      person: {
        name: `${account.givenName} ${account.familyName}`,
        email: account.email,
        signOutHref: `${caisse.basePath}/session/end`,
        accountHref: `${caisse.basePath}/mon-compte`,
      },
      notice: interaction.siretHint === null || mayCancel ? null : HINT_NOT_HELD,
      search: list.state.search,
      recent: list.found.recent.map(toChoice),
      sites: list.found.sites.map(toChoice),
      matching: list.found.matching,
      reachable: list.found.reached,
      page: list.state.page,
      perPage: list.state.perPage,
      cancelHref: mayCancel || list.found.reached === 0 ? `${action}/annuler` : null,
    },
    { status: errors.length > 0 ? 422 : 200, formTargets: formTargets(interaction) },
  );
}

/** One query; a second one for whoever asks for a page past the end, who gets the last one. */
async function readList(
  ctx: Context,
  accountId: string,
): Promise<{ state: ListState; found: PortfolioPage }> {
  const { store, now } = scopeFor(ctx);
  const state = listState(ctx);
  const read = ({ page, perPage, search }: ListState) =>
    readPortfolio(store, {
      accountId,
      now: now(),
      terms: searchTerms(search),
      limit: perPage,
      offset: (page - 1) * perPage,
      recent: RECENT,
    });
  const found = await read(state);
  const last = lastPage(found.matching, state.perPage);
  if (state.page <= last) return { state, found };
  const atEnd = { ...state, page: last };
  return { state: atEnd, found: await read(atEnd) };
}

const toChoice = (site: ReachedSite): SiteChoice => ({
  id: site.id,
  raisonSociale: site.raisonSociale,
  siret: site.siret,
  name: site.name,
  identifiantCibtp: site.identifiant,
  dsnAlerts: site.alerts,
});
