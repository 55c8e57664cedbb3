/**
 * Whoever gives rights, sent here by a service (`prompt=manage_delegations`): on to the site that it names, and back to
 * it with state and code once he says so. What he changes meanwhile, the tokens that follow know.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { chainRights } from '../../domain/rights.ts';
import { parseSiret } from '../../domain/siret.ts';
import { listAdministeredSites } from '../../store/administered-sites.ts';
import { listManagerships } from '../../store/cabinet-managers.ts';
import { readHolding } from '../../store/holdings.ts';
import { backOf, SENT } from '../back-to-service.ts';
import { type Entered, enteredBy, givingsIn, goTo, localsOf } from '../delegation-place.ts';
import { finish, type Interaction, leadOn, pending } from '../interaction.ts';
import { scopeFor, type Web } from '../web.ts';

const HOME = '/droits-d-acces';
const FIRM = '/mon-cabinet';
const MOST_SITES = 10;

export function sentRoutes(router: Router, web: Web): void {
  router.get(`${SENT}/:uid`, async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'manage_delegations');
    if (interaction) await receive(ctx, web, interaction);
  });
  router.post(`${SENT}/:uid`, async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'manage_delegations');
    if (interaction) await finish(ctx, web.interactions, { kind: 'delegations_managed' });
  });
  router.get(`${SENT}/:uid/annuler`, async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'manage_delegations');
    if (interaction) await finish(ctx, web.interactions, { kind: 'refused' });
  });
}

/** Signed in no more (the session was ended elsewhere): the policy says what is next. */
async function receive(ctx: Context, web: Web, interaction: Interaction): Promise<void> {
  const session = await web.interactions.session(ctx);
  if (!session) return leadOn(ctx, web.interactions);
  const entered = await enteredBy(ctx, session, interaction.uid);
  const siret = interaction.siretHint && parseSiret(interaction.siretHint);
  const page = siret && (await pageOf(ctx, entered, siret));
  if (page) return goTo(ctx, entered, page);
  await offer(ctx, web, entered, siret || null);
}

/** Where that site's rights are his to give: as its administrator, or as manager of the firm that it delegates to. */
async function pageOf(ctx: Context, { account }: Entered, siret: string): Promise<string | null> {
  const { store, now } = scopeFor(ctx);
  const holding = await readHolding(store, account.id, { siret });
  if (!holding?.site) return null;
  if (givingsIn(holding.chains, now()).length > 0) return `${HOME}/${siret}`;
  const firms = holding.chains.flatMap((chain) => {
    const holds = chainRights(chain, now());
    return holds?.administrator && holds.cabinetId !== null ? [holds.cabinetId] : [];
  });
  return firms[0] === undefined ? null : `${FIRM}/clients/${siret}?cabinet=${firms[0]}`;
}

/** The sites that he administers, when the service named none, or one that he does not. */
async function offer(ctx: Context, web: Web, entered: Entered, siret: string | null): Promise<void> {
  const { store, now } = scopeFor(ctx);
  const query = { accountId: entered.account.id, now: now(), terms: [], limit: MOST_SITES, offset: 0 };
  const [{ administered, sites }, managed, back] = await Promise.all([
    listAdministeredSites(store, query),
    listManagerships(store, entered.account.id, now()),
    backOf(ctx, web, entered),
  ]);
  if (!back) return leadOn(ctx, web.interactions);
  if (siret === null && administered > 0) return goTo(ctx, entered, HOME);
  if (administered === 0 && managed.length > 0) return goTo(ctx, entered, FIRM);
  const { formTargets, ...way } = back;
  const locals = {
    ...localsOf(ctx, entered),
    errors: [],
    back: way,
    siret,
    sites: sites.map(({ raisonSociale, identifiant, siret: number, name }) => ({
      raisonSociale,
      identifiant,
      siret: number,
      name,
      href: entered.href(`${HOME}/${number}`),
    })),
    allHref: administered > MOST_SITES ? entered.href(HOME) : null,
    cabinetHref: managed.length > 0 ? entered.href(FIRM) : null,
  };
  web.send(ctx, 'delegation/sent', locals, { formTargets });
}
