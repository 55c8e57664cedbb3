/** « Qui pouvait » : who held a right on this site at an instant of the past, from dated facts alone. */
import type { Context } from 'koa';
import { dayOf, instantOf } from '../../domain/calendar.ts';
import { tellDate, tellLastDay, tellMoment } from '../../domain/dates.ts';
import { explain } from '../../domain/explain.ts';
import type { Instant } from '../../domain/instant.ts';
import { type Chain, effectiveRights, type Link } from '../../domain/rights.ts';
import { fold } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import type { FieldError } from '../../http/screens.ts';
import type { AtDateLocals } from '../../http/screens-list.ts';
import { saidAt } from '../../store/delegation-past.ts';
import { readSiteHolders, type SiteHolder } from '../../store/site-holders.ts';
import { readFirmNames, readPeople, type SitePerson } from '../../store/site-people.ts';
import { enterSite, localsOf, type SitePlace } from '../delegation-place.ts';
import { addressOf, askedPage, carriedBy, pagingOf } from '../paged.ts';
import { dayTyped } from '../period-form.ts';
import { type AskedFeature, askedFeature, rightChoices, tellRight } from '../right-choice.ts';
import { scopeFor, type Web } from '../web.ts';
import { mayUse } from './why.ts';

const PER_PAGE = [25, 50, 100] as const;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export async function showAtDate(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const { caisse, now } = scopeFor(ctx);
  const { timeZone, settings } = caisse;
  const asked = askedFeature(ctx, settings.hiddenFeatures);
  const typed = {
    day: queryField(ctx, 'jour').slice(0, 10).trim(),
    time: queryField(ctx, 'heure').slice(0, 5).trim(),
  };
  const moment = asked ? momentOf(typed, { now: now(), timeZone }) : null;
  const errors = moment !== null && 'errors' in moment ? moment.errors : [];
  web.send(
    ctx,
    'delegation/at-date',
    {
      ...localsOf(ctx, place),
      errors,
      site: place.site,
      listHref: place.href(place.base),
      ...carriedBy(place.href(`${place.base}/a-la-date`)),
      choices: rightChoices(ctx, settings.hiddenFeatures),
      day: typed.day === '' && !asked ? dayOf(now(), timeZone) : typed.day,
      time: typed.time,
      answer:
        asked && moment && 'at' in moment ? await answerAt(ctx, web, place, { asked, at: moment.at }) : null,
    },
    { status: errors.length > 0 ? 422 : 200 },
  );
}

type Moment = { readonly at: Instant } | { readonly errors: readonly FieldError[] };

/** Without a time: noon, or now for today. */
function momentOf(
  typed: { readonly day: string; readonly time: string },
  { now, timeZone }: { readonly now: Instant; readonly timeZone: string },
): Moment {
  const day = dayTyped(typed.day);
  if (day === null) return fault('jour', 'Saisissez une date complète, par exemple 24/11/2026.');
  if (typed.time !== '' && !TIME.test(typed.time))
    return fault('heure', 'Saisissez une heure, par exemple 14:05.');
  const isToday = day === dayOf(now, timeZone);
  const at = typed.time === '' && isToday ? now : instantOf(day, typed.time || '12:00', timeZone);
  return at > now ? fault('jour', 'Choisissez un moment passé.') : { at };
}

const fault = (field: string, message: string): Moment => ({ errors: [{ field, message }] });

type Holding = { readonly person: SitePerson; readonly chain: Chain };

async function answerAt(
  ctx: Context,
  web: Web,
  place: SitePlace,
  { asked, at }: { readonly asked: AskedFeature; readonly at: Instant },
): Promise<AtDateLocals['answer']> {
  const { store, caisse } = scopeFor(ctx);
  const { timeZone } = caisse;
  const { holders } = await readSiteHolders(store, { siteId: place.site.id }, saidAt(at));
  const able = holders.filter(({ chains }) =>
    mayUse(web, caisse, { siteId: place.site.id, rights: effectiveRights(chains, at), asked }),
  );
  const people = await readPeople(
    store,
    able.map(({ accountId }) => accountId),
  );
  const named = able
    .flatMap((holder) => holdingOf(holder, people, { asked, at }))
    .toSorted((a, b) => compare(keyOf(a.person), keyOf(b.person)));
  const state = askedPage(ctx, PER_PAGE);
  const page = Math.min(state.page, lastPage(named.length, state.perPage));
  const shown = named.slice((page - 1) * state.perPage, page * state.perPage);
  const nameOf = await namesIn(ctx, shown);
  return {
    heading: `Qui pouvait ${tellRight(asked)}, le ${tellMoment(at, timeZone)}`,
    people: shown.map(({ person, chain }) => ({
      name: `${person.familyName} ${person.givenName}`,
      email: person.email,
      ...giftShown(chain, nameOf, timeZone),
    })),
    total: named.length,
    paging: pagingOf({
      page,
      perPage: state.perPage,
      matching: named.length,
      sizes: PER_PAGE,
      label: 'Pages de la liste des personnes',
      unit: 'personnes par page',
      hrefOf: (to) => place.href(addressOf(`${place.base}/a-la-date`, { ...queryOf(ctx), ...pageOf(to) })),
    }),
  };
}

const keyOf = ({ familyName, givenName, accountId }: SitePerson): string =>
  `${fold(familyName)}\t${fold(givenName)}\t${accountId}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By the first chain that gave it. */
function holdingOf(
  { accountId, chains }: SiteHolder,
  people: ReadonlyMap<string, SitePerson>,
  { asked, at }: { readonly asked: AskedFeature; readonly at: Instant },
): Holding[] {
  const person = people.get(accountId);
  const chain = chains.find(([root, ...below]) => root && explain([root, ...below], at, asked).held);
  return person && chain ? [{ person, chain }] : [];
}

async function namesIn(
  ctx: Context,
  shown: readonly Holding[],
): Promise<(id: string | null) => string | null> {
  const { store } = scopeFor(ctx);
  const links = shown.flatMap(({ chain }) => [...chain]);
  const ids = [...new Set(links.flatMap(({ grantorId, granteeId }) => [grantorId ?? granteeId, granteeId]))];
  const [people, firms] = [await readPeople(store, ids), await readFirmNames(store, ids)];
  return (id) => {
    const person = people.get(id ?? '');
    return person ? `${person.givenName} ${person.familyName}` : (firms.get(id ?? '') ?? null);
  };
}

function giftShown(chain: Chain, nameOf: (id: string | null) => string | null, timeZone: string) {
  const last = chain.at(-1) as Link;
  const end = tellLastDay(last.to, timeZone);
  const firm = chain.find(({ kind }) => kind === 'cabinet');
  return {
    by: last.kind === 'enrolment' ? null : nameOf(last.grantorId),
    since:
      end === null
        ? `depuis le ${tellDate(last.from, timeZone)}`
        : `du ${tellDate(last.from, timeZone)} au ${end}`,
    through: firm ? nameOf(firm.granteeId) : null,
  };
}

const KEPT = ['fonctionnalite', 'droit', 'college', 'jour', 'heure'] as const;
const queryOf = (ctx: Context): Record<string, string> =>
  Object.fromEntries(KEPT.map((name) => [name, queryField(ctx, name)]));
const pageOf = ({ page, perPage }: { readonly page: number; readonly perPage: number }) => ({
  par_page: perPage === PER_PAGE[0] ? '' : String(perPage),
  page: page === 1 ? '' : String(page),
});
