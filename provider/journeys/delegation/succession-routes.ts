/**
 * « Céder ma place d’administrateur »: who opened a site by letter offers it, or several of the same adhérent, to
 * somebody else. What goes on and what he loses is said first; nothing changes until that one accepts.
 */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { ending, lossesOf, sumOf } from '../../domain/impact.ts';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { readHoldings } from '../../store/holdings.ts';
import { countBelow, listOwnSites, type OwnSite } from '../../store/succession-offers.ts';
import { enterSite, goTo, localsOf, type SitePlace } from '../delegation-place.ts';
import { tellOwnLoss } from '../impact-told.ts';
import { countInvitation, waitsUntil } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { countedAt } from '../preview.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { siteField } from './add-form.ts';
import { offerSites, withdrawOffer } from './offer-sites.ts';

const PATH = '/droits-d-acces/:siret/ceder';

export const successionRoutes: Routes = (router, web) => {
  router.get(PATH, (ctx) => withOwn(ctx, web, (own) => show(ctx, web, own, firstTyped(own))));
  // Reloaded, or come back to after a sign-in: from the beginning.
  for (const step of ['recapitulatif', 'proposer', 'retirer']) {
    router.get(`${PATH}/${step}`, async (ctx) => {
      const place = await enterSite(ctx, web);
      if (place) goTo(ctx, place, `${place.base}/ceder`);
    });
  }
  router.post(PATH, (ctx) => withOwn(ctx, web, (own) => show(ctx, web, own, typedIn(ctx, own))));
  router.post(`${PATH}/recapitulatif`, (ctx) => withOwn(ctx, web, (own) => recap(ctx, web, own)));
  router.post(`${PATH}/proposer`, (ctx) => withOwn(ctx, web, (own) => propose(ctx, web, own)));
  router.post(`${PATH}/retirer`, (ctx) => withOwn(ctx, web, (own) => withdraw(ctx, own)));
};

type Own = { readonly place: SitePlace; readonly sites: readonly OwnSite[] };
type Typed = { readonly email: string; readonly sirets: readonly string[] };
type Checked = { readonly email: string; readonly sites: readonly OwnSite[] };

/** @throws Refusal `not_found` for whoever administers this site otherwise than by his own enrolment. */
async function withOwn(ctx: Context, web: Web, act: (own: Own) => void | Promise<void>): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const { store, now } = scopeFor(ctx);
  const asked = { accountId: place.account.id, siteId: place.site.id, now: now() };
  const sites = await listOwnSites(store, asked);
  if (!sites.some(({ id }) => id === place.site.id)) throw new Refusal('not_found');
  await act({ place, sites });
}

const MOST_EMAIL = 254;

const firstTyped = ({ place }: Own): Typed => ({ email: '', sirets: [place.site.siret] });

function typedIn(ctx: Context, { place, sites }: Own): Typed {
  const sirets = sites.map(({ siret }) => siret).filter((siret) => field(ctx, siteField(siret)) === 'oui');
  // With one site there is nothing to choose.
  const one = sites.length === 1 ? [place.site.siret] : sirets;
  return { email: field(ctx, 'email').trim().slice(0, MOST_EMAIL), sirets: one };
}

function check({ place, sites }: Own, typed: Typed): { checked: Checked | null; errors: FieldError[] } {
  const email = parseEmail(typed.email);
  const chosen = sites.filter(({ siret }) => typed.sirets.includes(siret));
  const at = (name: string, message: string) => [{ field: name, message }];
  const errors = [
    ...(email === null
      ? at('email', 'Saisissez une adresse électronique, par exemple prenom.nom@entreprise.fr.')
      : []),
    ...(email !== null && emailKey(email) === emailKey(place.account.email)
      ? at('email', 'Saisissez l’adresse d’une autre personne\u00a0: celle-ci est la vôtre.')
      : []),
    ...(chosen.length === 0 ? at('sites', 'Choisissez au moins un site.') : []),
    ...(chosen.some(({ offered }) => offered !== null)
      ? at(
          'sites',
          'Un site déjà proposé ne peut pas l’être une seconde fois\u00a0: retirez d’abord la proposition.',
        )
      : []),
  ];
  return { checked: email === null || errors.length > 0 ? null : { email, sites: chosen }, errors };
}

function show(ctx: Context, web: Web, own: Own, typed: Typed, errors: readonly FieldError[] = []): void {
  const { place, sites } = own;
  const { caisse } = scopeFor(ctx);
  const offers = new Map(
    sites.flatMap(({ offered }) => (offered ? [[offered.invitationId, offered] as const] : [])),
  );
  const path = `${place.base}/ceder`;
  const locals = {
    ...localsOf(ctx, place),
    errors,
    site: place.site,
    action: place.href(`${path}/recapitulatif`),
    withdrawAction: place.href(`${path}/retirer`),
    listHref: place.href(place.base),
    email: typed.email,
    // Where the only site is offered already, there is nothing to fill in.
    free: sites.some(({ offered }) => offered === null),
    sites: sites
      .filter(({ offered }) => offered === null)
      .map(({ siret, name }) => ({
        field: siteField(siret),
        siret,
        name,
        checked: typed.sirets.includes(siret),
      })),
    offers: [...offers.values()].map(({ invitationId, email, until }) => ({
      invitationId,
      email,
      until: tellDate(until - 1, caisse.timeZone),
      sites: sites.filter(({ offered }) => offered?.invitationId === invitationId).map(({ name }) => name),
    })),
  };
  web.send(ctx, 'delegation/hand-over', locals, { status: errors.length > 0 ? 422 : 200 });
}

async function recap(ctx: Context, web: Web, own: Own, notice: Notice | null = null): Promise<void> {
  const typed = typedIn(ctx, own);
  const { checked, errors } = check(own, typed);
  if (!checked) return show(ctx, web, own, typed, errors);
  const { place } = own;
  const { store, now, caisse } = scopeFor(ctx);
  const enrolmentIds = checked.sites.map(({ enrolmentId }) => enrolmentId);
  const path = `${place.base}/ceder`;
  const locals = {
    ...localsOf(ctx, place, notice),
    errors: [],
    raisonSociale: place.site.raisonSociale,
    email: checked.email,
    sites: checked.sites.map(({ name, siret }) => ({ name, siret })),
    below: await countBelow(store, enrolmentIds, now()),
    loses: await ownLoss(ctx, place, checked.sites),
    until: tellDate(waitsUntil({ caisse }, now()) - 1, caisse.timeZone),
    action: place.href(`${path}/proposer`),
    backAction: place.href(path),
    listHref: place.href(place.base),
    carried: [
      { name: 'email', value: checked.email },
      ...checked.sites.map(({ siret }) => ({ name: siteField(siret), value: 'oui' })),
    ],
  };
  web.send(ctx, 'delegation/hand-over-recap', locals, { status: notice ? 429 : 200 });
}

/** What leaves himself: those below lose nothing. */
async function ownLoss(ctx: Context, { account }: SitePlace, sites: readonly OwnSite[]): Promise<string> {
  const { store, now, caisse } = scopeFor(ctx);
  const holdings = await readHoldings(
    store,
    sites.map(({ siret }) => ({ accountId: account.id, siret })),
  );
  const affected = holdings.flatMap((holding) => {
    const chains = holding?.chains.map((chain) => chain.map((link) => ({ ...link, membershipId: null })));
    return holding?.site && chains ? [{ accountId: account.id, siteId: holding.site.id, chains }] : [];
  });
  const losses = lossesOf(affected, {
    turn: ending(sites.map(({ enrolmentId }) => enrolmentId)),
    at: now(),
    counted: countedAt(caisse.settings.hiddenFeatures),
  });
  return tellOwnLoss(sumOf(losses));
}

async function propose(ctx: Context, web: Web, own: Own): Promise<void> {
  const typed = typedIn(ctx, own);
  const { checked, errors } = check(own, typed);
  if (!checked) return show(ctx, web, own, typed, errors);
  const scope = scopeFor(ctx);
  const { account } = own.place;
  const seconds = await countInvitation(scope, { inviterId: account.id, email: checked.email });
  if (seconds > 0) return recap(ctx, web, own, tooManyTries(seconds));
  await offerSites(scope, { account, ...checked });
  goTo(ctx, own.place, own.place.base, 'cession');
}

async function withdraw(ctx: Context, { place }: Own): Promise<void> {
  await withdrawOffer(scopeFor(ctx), { account: place.account, invitationId: field(ctx, 'invitation') });
  goTo(ctx, place, place.base, 'retrait');
}
