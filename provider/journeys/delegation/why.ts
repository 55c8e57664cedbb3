/** « Pourquoi » : the chains behind a right that somebody holds on this site, or the link that keeps it from him. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { type Explanation, explain } from '../../domain/explain.ts';
import type { Instant } from '../../domain/instant.ts';
import { type EffectiveRights, effectiveRights } from '../../domain/rights.ts';
import { searchTerms } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import type { ExplainedChain, WhyLocals } from '../../http/screens-list.ts';
import type { NamedLink } from '../../store/chains.ts';
import {
  findPersonOnSite,
  findSitePeople,
  type PersonOnSite,
  type SitePerson,
} from '../../store/site-people.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { enterSite, localsOf, type SitePlace } from '../delegation-place.ts';
import { tellObstacle } from '../obstacle-words.ts';
import { addressOf, carriedBy } from '../paged.ts';
import { type AskedFeature, askedFeature, rightChoices, tellRight } from '../right-choice.ts';
import { scopeFor, type Web } from '../web.ts';

const MOST_PEOPLE = 20;
const MOST_CHAINS = 20;

export async function showWhy(ctx: Context, web: Web): Promise<void> {
  const place = await enterSite(ctx, web);
  if (!place) return;
  const { store, caisse } = scopeFor(ctx);
  const path = `${place.base}/pourquoi`;
  const accountId = queryField(ctx, 'personne');
  const person = await findPersonOnSite(store, { siteId: place.site.id, accountId });
  web.send(ctx, 'delegation/why', {
    ...localsOf(ctx, place),
    errors: [],
    site: place.site,
    listHref: place.href(place.base),
    ...carriedBy(place.href(path)),
    typed: queryField(ctx, 'q').slice(0, 200).trim(),
    found: person ? null : await findPeople(ctx, place, path),
    asked: person
      ? {
          ...rightChoices(ctx, caisse.settings.hiddenFeatures),
          name: nameOf(person),
          email: person.email,
          ...carriedBy(place.href(addressOf(path, { personne: person.accountId }))),
          changeHref: place.href(path),
        }
      : null,
    answer: person ? answerFor(ctx, web, place, person) : null,
  });
}

const nameOf = ({ givenName, familyName }: SitePerson): string => `${givenName} ${familyName}`;

/** Only among those who were ever given something here: whether anybody else has an account is nobody's to ask. */
async function findPeople(
  ctx: Context,
  { site, href }: SitePlace,
  path: string,
): Promise<WhyLocals['found']> {
  const terms = searchTerms(queryField(ctx, 'q'));
  const { store } = scopeFor(ctx);
  const { matching, people } = await findSitePeople(store, { siteId: site.id, terms, limit: MOST_PEOPLE });
  return {
    matching,
    people: people.map((person) => ({
      name: nameOf(person),
      email: person.email,
      href: href(addressOf(path, { personne: person.accountId })),
    })),
  };
}

function answerFor(ctx: Context, web: Web, place: SitePlace, person: PersonOnSite): WhyLocals['answer'] {
  const { caisse, now } = scopeFor(ctx);
  const asked = askedFeature(ctx, caisse.settings.hiddenFeatures);
  if (!asked) return null;
  const held = mayUse(web, caisse, {
    siteId: place.site.id,
    rights: effectiveRights(person.chains, now()),
    asked,
  });
  const explained = person.chains.map((chain) => explain(chain, now(), asked));
  const name = nameOf(person);
  return {
    held,
    sentence: held
      ? `Oui, ${name} peut ${tellRight(asked)}.`
      : `Non, ${name} ne peut pas ${tellRight(asked)}.`,
    chains: explained
      .toSorted((a, b) => Number(b.held) - Number(a.held))
      .slice(0, MOST_CHAINS)
      .map((explanation) => chainShown(explanation, caisse)),
  };
}

/** The same decision as the tokens' and the services': what is explained is what is decided. */
export function mayUse(
  { enforcer }: Pick<Web, 'enforcer'>,
  { id: caisseId, settings }: Caisse,
  on: { readonly siteId: string; readonly rights: EffectiveRights; readonly asked: AskedFeature },
): boolean {
  const { siteId, rights, asked } = on;
  const resource = {
    caisseId,
    siteId,
    feature: asked.slug,
    college: asked.college ?? undefined,
    hidden: new Set(settings.hiddenFeatures),
  };
  return enforcer.mayUse(
    { caisseId, siteId, rights },
    resource,
    asked.level === 'consultation' ? 'read' : 'update',
  );
}

function chainShown(explanation: Explanation<NamedLink>, { timeZone }: Caisse): ExplainedChain {
  const { held, links, stop } = explanation;
  return {
    held,
    links: links.map(({ link, obstacle }) => {
      const isStop = link.id === stop?.link.id;
      const told = isStop ? stop.obstacle : obstacle;
      return {
        giver: link.kind === 'enrolment' ? null : link.grantorName,
        grantee: link.granteeName ?? 'Une personne invitée',
        nature: NATURES[link.kind],
        ...datesOf(link, timeZone),
        obstacle: told && `${SUBJECTS[link.kind]} ${tellObstacle(told, timeZone)}.`,
        isStop,
      };
    }),
  };
}

const NATURES: Readonly<Record<NamedLink['kind'], string>> = {
  enrolment: 'est à l’origine des droits du site',
  user: 'a reçu une délégation',
  cabinet: 'a reçu une délégation, comme cabinet comptable',
  staff: 'a reçu une délégation de son cabinet',
  membership: 'est responsable du cabinet',
};

const SUBJECTS: Readonly<Record<NamedLink['kind'], string>> = {
  enrolment: 'Cette place d’administrateur',
  user: 'Cette délégation',
  cabinet: 'Cette délégation',
  staff: 'Cette délégation',
  membership: 'Cette responsabilité',
};

const datesOf = (
  { from, to }: { readonly from: Instant; readonly to: Instant | null },
  timeZone: string,
) => ({
  since: tellDate(from, timeZone),
  until: tellLastDay(to, timeZone),
});
