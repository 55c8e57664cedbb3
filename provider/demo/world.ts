/**
 * What a caisse of the demo holds: people, companies, a firm, delegations, alerts. Pure, and the same for the same
 * moment, so that a reset brings back the same world; writes nothing (seed.ts does).
 */
import { emailKey } from '../domain/email.ts';
import type { Instant } from '../domain/instant.ts';
import { EVERYTHING } from '../domain/rights.ts';
import type { Account } from '../store/accounts.ts';
import type { DsnAlert, NewSite } from '../store/adherents.ts';
import type { Attachment, Membership, NewCabinet } from '../store/cabinets.ts';
import type { NewDelegation } from '../store/delegations.ts';
import { alertsOf } from './alerts.ts';
import type { DemoCaisse } from './caisses.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Colleagues, imagineColleagues } from './colleagues.ts';
import { type Company, makeCompanies } from './companies.ts';
import { type Awaited, makeAwaited } from './letters.ts';
import { fictionalMobile, PEOPLE, type Person, type PersonKey } from './people.ts';
import { COLLEAGUE, clientsChoice, firmsChoice } from './rights.ts';

export type DemoAccount = Account & { readonly emailKey: string };

export type World = {
  readonly accounts: readonly DemoAccount[];
  readonly companies: readonly Company[];
  readonly cabinet: NewCabinet;
  readonly memberships: readonly Membership[];
  readonly attachments: readonly Attachment[];
  readonly delegations: readonly NewDelegation[];
  /** Accepted by somebody who has no account yet. */
  readonly toConfirm: Colleagues['toConfirm'];
  readonly alerts: readonly DsnAlert[];
  /** Sites whose space nobody has opened. */
  readonly awaited: readonly Awaited[];
};

const CLIENT_SITES = 500;
const STAFF_SITES = 20;

const DAY = 86_400_000;

type Making = { readonly caisse: DemoCaisse; readonly chance: Chance; readonly now: Instant };

export function imagineWorld(caisse: DemoCaisse, now: Instant): World {
  const making: Making = { caisse, chance: chanceOf(`demo:${caisse.id}`), now };
  const { chance } = making;
  const companies = makeCompanies(caisse, chance);
  const people = peopleOf(making);
  const [first, second, third] = [companies.make(2), companies.make(1), companies.make(1)];
  const administered = enrolments([first, second], people.administrateur.id, making);
  const single = enrolments([third], people.unSite.id, making);
  const portfolio = portfolioOf(companies.make, people, making);
  const alerted = portfolio.companies.flatMap(({ sites }) => sites).filter(() => chance.below(12) === 0);
  const unopened = makeAwaited(companies, chance);
  const root = administered[0] as Enrolment;
  const colleagues = imagineColleagues({ ...making, root, cabinetId: portfolio.cabinet.id });
  return {
    accounts: [
      ...Object.values(people),
      ...portfolio.directors,
      ...colleagues.people.map((person) => withoutPhones(person, making)),
    ],
    companies: [first, second, third, ...portfolio.companies, ...unopened.companies],
    awaited: unopened.awaited,
    cabinet: portfolio.cabinet,
    memberships: portfolio.memberships,
    attachments: [...portfolio.attachments, colleagues.attachment],
    delegations: [
      ...administered,
      ...single,
      colleague(root, people, making),
      ...portfolio.delegations,
      ...colleagues.delegations,
    ],
    toConfirm: colleagues.toConfirm,
    alerts: [...first.sites, ...third.sites, ...alerted].flatMap((site) => alertsOf(site.id, making)),
  };
}

function peopleOf(making: Making): Record<PersonKey, DemoAccount> {
  const entries = Object.entries(PEOPLE).map(([key, person]) => [key, accountOf(person, making)]);
  return Object.fromEntries(entries) as Record<PersonKey, DemoAccount>;
}

function accountOf(person: Omit<Person, 'shows'>, { chance, now }: Making): DemoAccount {
  const certifiedAt = now - (10 + chance.below(80)) * DAY;
  return {
    id: chance.uuid(),
    email: person.email,
    emailKey: emailKey(person.email),
    givenName: person.givenName,
    familyName: person.familyName,
    landline: person.landline,
    mobile: person.mobile,
    mobileCertifiedAt: person.mobileCertified ? certifiedAt : null,
    emailCertifiedAt: certifiedAt,
    status: 'active',
    staffRole: person.staffRole,
  };
}

const withoutPhones = (person: Colleagues['people'][number], { now }: Making): DemoAccount => ({
  ...person,
  emailKey: emailKey(person.email),
  landline: null,
  mobile: null,
  mobileCertifiedAt: null,
  emailCertifiedAt: now - 40 * DAY,
  status: 'active',
  staffRole: null,
});

type Enrolment = Extract<NewDelegation, { kind: 'enrolment' }> & { readonly granteeAccountId: string };

const placeOf = (site: NewSite) => ({ adherentId: site.adherent.id, siteId: site.id });

function enrolments(companies: readonly Company[], accountId: string, { chance, now }: Making): Enrolment[] {
  return companies
    .flatMap(({ sites }) => sites)
    .map((site) => ({
      ...placeOf(site),
      id: chance.uuid(),
      kind: 'enrolment',
      granteeAccountId: accountId,
      admin: true,
      rights: EVERYTHING,
      status: 'active',
      from: now - (300 + chance.below(900)) * DAY,
      to: null,
    }));
}

function colleague(
  root: Enrolment,
  people: Record<PersonKey, DemoAccount>,
  { chance, now }: Making,
): NewDelegation {
  return {
    adherentId: root.adherentId,
    siteId: root.siteId,
    id: chance.uuid(),
    kind: 'user',
    parentId: root.id,
    grantorAccountId: root.granteeAccountId,
    granteeAccountId: people.utilisateur.id,
    admin: false,
    rights: COLLEAGUE,
    status: 'active',
    from: now - 60 * DAY,
    to: null,
  };
}

type Portfolio = Pick<World, 'companies' | 'cabinet' | 'memberships' | 'attachments' | 'delegations'> & {
  readonly directors: readonly DemoAccount[];
};

/** The firm, its clients until they have 500 sites, and what it passed on to one of its staff. */
function portfolioOf(
  makeCompany: (sites: number) => Company,
  people: Record<PersonKey, DemoAccount>,
  making: Making,
): Portfolio {
  const { chance, now } = making;
  const cabinet = { id: chance.uuid(), name: 'Cabinet Tillaudet & Associés' };
  const since = { cabinetId: cabinet.id, from: now - 250 * DAY, to: null };
  const manager: Membership = {
    ...since,
    id: chance.uuid(),
    accountId: people.comptable.id,
    role: 'manager',
  };
  const staff: Membership = {
    ...since,
    id: chance.uuid(),
    accountId: people.collaborateur.id,
    role: 'staff',
  };
  const clients: ClientOfFirm[] = [];
  for (let missing = CLIENT_SITES; missing > 0; ) {
    const company = makeCompany(Math.min(missing, chance.pick([1, 1, 1, 1, 1, 2, 2, 3, 5])));
    clients.push(clientOf(company, { ...since, n: clients.length }, making));
    missing -= company.sites.length;
  }
  const given = clients.flatMap(({ given }) => given);
  return {
    cabinet,
    memberships: [manager, staff],
    companies: clients.map(({ company }) => company),
    directors: clients.map(({ director }) => director),
    attachments: clients.map(({ attachment }) => attachment),
    delegations: [
      ...clients.flatMap(({ roots }) => roots),
      ...given,
      ...everyNth(given, STAFF_SITES).map((link) => passOn(link, staff, making)),
    ],
  };
}

type CabinetLink = NewDelegation & { readonly kind: 'cabinet' };

type ClientOfFirm = {
  readonly company: Company;
  readonly director: DemoAccount;
  readonly roots: readonly Enrolment[];
  readonly attachment: Attachment;
  readonly given: readonly CabinetLink[];
};

type FirmSince = Pick<Attachment, 'cabinetId' | 'from' | 'to'> & { readonly n: number };

function clientOf(company: Company, { n, ...since }: FirmSince, making: Making): ClientOfFirm {
  const { caisse, chance, now } = making;
  const director = accountOf(
    {
      ...company.director,
      email: `direction-${n + 1}@${caisse.id}.exemple.test`,
      mobile: fictionalMobile(1_000 + n),
      mobileCertified: chance.below(3) === 0,
      landline: null,
      staffRole: null,
    },
    making,
  );
  const roots = enrolments([company], director.id, making);
  const attachment: Attachment = { ...since, id: chance.uuid(), adherentId: company.adherent.id };
  const given = roots.map(
    (root): CabinetLink => ({
      adherentId: root.adherentId,
      siteId: root.siteId,
      id: chance.uuid(),
      kind: 'cabinet',
      parentId: root.id,
      grantorAccountId: director.id,
      granteeCabinetId: since.cabinetId,
      attachmentId: attachment.id,
      admin: false,
      rights: clientsChoice(chance),
      status: 'active',
      from: now - (20 + chance.below(200)) * DAY,
      to: null,
    }),
  );
  return { company, director, roots, attachment, given };
}

function passOn(link: CabinetLink, staff: Membership, { chance, now }: Making): NewDelegation {
  return {
    adherentId: link.adherentId,
    siteId: link.siteId,
    id: chance.uuid(),
    kind: 'staff',
    parentId: link.id,
    grantorCabinetId: staff.cabinetId,
    granteeAccountId: staff.accountId,
    membershipId: staff.id,
    admin: false,
    rights: firmsChoice(link.rights, chance),
    status: 'active',
    from: now - 15 * DAY,
    to: null,
  };
}

function everyNth<T>(list: readonly T[], count: number): T[] {
  const step = Math.floor(list.length / count);
  return list.filter((_, i) => i % step === 0).slice(0, count);
}
