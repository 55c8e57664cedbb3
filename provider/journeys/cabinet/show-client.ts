/** The page of one client's site. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { actsOn, standingOf } from '../../domain/delegation.ts';
import { type Chain, chainRights } from '../../domain/rights.ts';
import type { ClientLocals } from '../../http/screens-portfolio.ts';
import { readChain } from '../../store/chains.ts';
import { type Entrusted, findAccounts, listEntrusted, type MemberAddress } from '../../store/firm-staff.ts';
import type { Scope } from '../../tenant/scope.ts';
import { backOf } from '../back-to-service.ts';
import { shownRights } from '../rights-shown.ts';
import { scopeFor, type Web } from '../web.ts';
import type { ClientPlace } from './client-place.ts';
import { doneNotice, FIRM, firmLocals } from './firm-page.ts';
import { heldBy, tellBriefly } from './held.ts';

const DONE = {
  cloture: ['La délégation est clôturée', 'La personne n’a plus ces droits. Un message l’en informe.'],
  veille: ['La délégation est en veille', 'Vous pourrez la réactiver à tout moment.'],
  reactivation: ['La délégation est réactivée', 'La personne a de nouveau ces droits.'],
} as const;

export async function showClient(ctx: Context, web: Web, place: ClientPlace): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, now } = scope;
  const { site, chains, cabinet } = place;
  const at = now();
  const entrusted = await listEntrusted(store, {
    cabinetId: cabinet.id,
    siteIds: [site.siteId],
    accountIds: null,
    now: at,
  });
  const people = await findAccounts(store, [...new Set(entrusted.map(({ accountId }) => accountId))]);
  const held = heldBy(chains, at);
  const back = await backOf(ctx, web, place);
  const locals = {
    back,
    ...firmLocals(ctx, place, { tab: 'clients', notice: doneNotice(ctx, DONE) }),
    site,
    asleep: held.asleep,
    holds: chains.flatMap((chain) => shownHold(chain, scope)),
    why: await Promise.all(chains.map((chain) => whyOf(chain, scope))),
    staff: entrusted
      .map((row) => shownEntrusted(row, { people, place, scope }))
      .sort((a, b) => a.name.localeCompare(b.name, 'fr')),
    entrustHref: place.href(`${FIRM}/confier?client=${site.siret}`),
  };
  web.send(ctx, 'cabinet/client', locals, { formTargets: back?.formTargets ?? [] });
}

function shownHold(chain: Chain, { caisse, now }: Scope): ClientLocals['holds'] {
  const holds = chainRights(chain, now());
  if (holds === null) return [];
  const { until } = heldBy([chain], now());
  return [
    {
      rights: shownRights(holds.vector, { admin: false, hidden: caisse.settings.hiddenFeatures }),
      until: tellLastDay(until, caisse.timeZone),
    },
  ];
}

/** Who gave it to whom, since when, until when: from the enrolment down to the firm. */
async function whyOf(chain: Chain, { caisse, store, now }: Scope): Promise<ClientLocals['why'][number]> {
  const links = await readChain(store, chain.at(-1)?.id ?? '');
  return links.map((link) => ({
    to: link.granteeName ?? '',
    by: link.grantorName,
    from: tellDate(link.from, caisse.timeZone),
    until: tellLastDay(link.to, caisse.timeZone),
    alive:
      link.status === 'active' &&
      link.from <= now() &&
      (link.to === null || link.to > now()) &&
      link.standsOn.every(({ from, to }) => from <= now() && (to === null || to > now())),
  }));
}

type Around = {
  readonly people: readonly MemberAddress[];
  readonly place: ClientPlace;
  readonly scope: Scope;
};

function shownEntrusted(row: Entrusted, { people, place, scope }: Around): ClientLocals['staff'][number] {
  const { caisse, now } = scope;
  const person = people.find(({ accountId }) => accountId === row.accountId);
  const chain = place.chains.find((one) => one.at(-1)?.id === row.parentId) ?? [];
  const firm = chainRights(chain, now());
  const left = firm && chainRights([...chain, linkOf(row, chain)], now());
  const acts = actsOn(standingOf({ ...row, waitsUntil: null }, now()));
  const at = (path: string) => place.href(`${place.page}/delegations/${row.id}/${path}`);
  const { hiddenFeatures: hidden } = caisse.settings;
  return {
    name: person ? `${person.familyName} ${person.givenName}` : '',
    email: person?.email ?? '',
    given: tellBriefly([row.rights], hidden) ?? '',
    rights: shownRights(row.rights, { admin: false, hidden }),
    left: left ? tellBriefly([left.vector], hidden) : null,
    from: tellDate(row.from, caisse.timeZone),
    until: tellLastDay(row.to, caisse.timeZone),
    asleep: row.status === 'suspended',
    modifyHref: place.href(`${FIRM}/confier?client=${place.site.siret}&personne=${row.accountId}`),
    suspendHref: acts.includes('suspend') ? at('mettre-en-veille') : null,
    resumeHref: acts.includes('resume') ? at('reactiver') : null,
    closeHref: at('cloturer'),
  };
}

/** His own link as the engine reads it: what it is really worth is the meet with all that stands above. */
const linkOf = (row: Entrusted, chain: Chain): Chain[number] => ({
  ...row.rights,
  id: row.id,
  parentId: row.parentId,
  caisseId: chain[0]?.caisseId ?? '',
  siteId: row.siteId,
  kind: 'staff',
  grantorId: chain.at(-1)?.granteeId ?? '',
  granteeId: row.accountId,
  admin: false,
  status: row.status,
  from: row.from,
  to: row.to,
  standsOn: [],
});
