/** What /dev shows of one caisse, read from the database as it is now: a right that was withdrawn is not shown. */
import { entitlements, roles } from '../../policies/entitlements.ts';
import type { Instant } from '../domain/instant.ts';
import { effectiveRights, holdsNothing } from '../domain/rights.ts';
import type { Sealer } from '../domain/seal.ts';
import type { Database } from '../store/database.ts';
import { type DemoCode, listDemoCodes } from '../store/demo-letters.ts';
import { type CaisseCounts, countCaisse, type ListedPerson, listPeople } from '../store/demo-listing.ts';
import { type Handle, handleOf } from '../store/handle.ts';
import { readHolding } from '../store/holdings.ts';
import { type ReachedSite, readPortfolio } from '../store/portfolio.ts';
import type { Caisse } from '../tenant/directory.ts';
import type { DemoAddresses } from './addresses.ts';
import type { OpenCaisse } from './open.ts';
import { PEOPLE, PEOPLE_DOMAIN } from './people.ts';
import type { Service } from './services.ts';

const EXAMPLES = 4;

/** A developer needs the secrets of what he connects; the portal's is between it and the provider. */
const KEPT_SECRETS: readonly string[] = ['portail'];

type Reading = {
  readonly sql: Database;
  readonly sealer: Sealer;
  readonly addresses: DemoAddresses;
  readonly now: Instant;
};

type Link = { readonly label: string; readonly href: string };

export type CaisseListing = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly links: readonly Link[];
  readonly counts: CaisseCounts;
  readonly people: readonly PersonListing[];
  readonly services: readonly ServiceListing[];
  /** Codes of sites whose space nobody has opened. */
  readonly codes: readonly DemoCode[];
};

export async function describeCaisse(
  { caisse, services }: OpenCaisse,
  reading: Reading,
): Promise<CaisseListing> {
  const store = handleOf(reading.sql, caisse.id);
  const people = inOrder(await listPeople(store, PEOPLE_DOMAIN));
  return {
    id: caisse.id,
    name: caisse.name,
    issuer: caisse.issuer,
    links: [
      { label: 'Portail', href: `${reading.addresses.portal}/${caisse.id}` },
      { label: 'Première connexion', href: `${caisse.issuer}/premiere-connexion` },
      { label: 'Associer un site', href: `${caisse.issuer}/associer-un-site` },
      { label: 'Droits d’accès', href: `${caisse.issuer}/droits-d-acces` },
      { label: 'Mon cabinet', href: `${caisse.issuer}/mon-cabinet` },
      { label: 'Découverte', href: `${caisse.issuer}/.well-known/openid-configuration` },
      { label: 'Clés publiques', href: `${caisse.issuer}/jwks` },
    ],
    counts: await countCaisse(store),
    people: await Promise.all(people.map((person) => describePerson(person, { ...reading, store, caisse }))),
    services: services.map(describeService),
    codes: await listDemoCodes(store, reading),
  };
}

/** As the terminal presents them; accounts opened since come last. */
function inOrder(people: readonly ListedPerson[]): ListedPerson[] {
  const presented: readonly string[] = Object.values(PEOPLE).map(({ email }) => email);
  const place = ({ email }: ListedPerson) => presented.indexOf(email) + 1 || presented.length + 1;
  return [...people].sort((one, other) => place(one) - place(other));
}

export type PersonListing = ListedPerson & {
  readonly shows: string | null;
  readonly signInHref: string;
  /** All the sites that this person reaches. */
  readonly reached: number;
  readonly examples: readonly (ReachedSite & Rights)[];
};

type Rights = { readonly roles: readonly string[]; readonly entitlements: readonly string[] };

async function describePerson(
  person: ListedPerson,
  { store, caisse, addresses, now }: Reading & { readonly store: Handle; readonly caisse: Caisse },
): Promise<PersonListing> {
  const { reached, sites } = await readPortfolio(store, {
    accountId: person.id,
    now,
    terms: [],
    limit: EXAMPLES,
    offset: 0,
    recent: 0,
  });
  const signIn = new URL(`${addresses.portal}/${caisse.id}/connexion`);
  signIn.searchParams.set('login_hint', person.email);
  return {
    ...person,
    shows: Object.values(PEOPLE).find(({ email }) => email === person.email)?.shows ?? null,
    signInHref: signIn.href,
    reached,
    examples: await Promise.all(
      sites.map(async (site) => ({
        ...site,
        ...(await rightsOn(site.id, { store, caisse, now, accountId: person.id })),
      })),
    ),
  };
}

type Holder = {
  readonly store: Handle;
  readonly caisse: Caisse;
  readonly now: Instant;
  readonly accountId: string;
};

/** In the words of the claims, so that the page and the tokens can be compared. */
async function rightsOn(siteId: string, { store, caisse, now, accountId }: Holder): Promise<Rights> {
  const holding = await readHolding(store, accountId, { siteId });
  const rights = effectiveRights(holding?.chains ?? [], now);
  if (holdsNothing(rights)) return { roles: [], entitlements: [] };
  return {
    roles: roles(rights),
    entitlements: entitlements(rights, new Set(caisse.settings.hiddenFeatures)),
  };
}

export type ServiceListing = {
  readonly clientId: string;
  readonly name: string;
  readonly kinds: readonly string[];
  readonly redirectUris: readonly string[];
  readonly scope: string;
  readonly secret: string | null;
};

function describeService({
  clientId,
  metadata,
  secret,
  thirdParty,
  defaultService,
}: Service): ServiceListing {
  const { client_name: name, redirect_uris: redirectUris, scope } = metadata;
  return {
    clientId,
    name: String(name ?? clientId),
    kinds: [
      secret === null ? 'public, PKCE' : 'confidentiel',
      ...(thirdParty ? ['tiers, avec consentement'] : []),
      ...(defaultService ? ['service par défaut'] : []),
    ],
    redirectUris: Array.isArray(redirectUris) ? redirectUris.map(String) : [],
    scope: String(scope ?? ''),
    secret: KEPT_SECRETS.includes(clientId) ? null : secret,
  };
}
