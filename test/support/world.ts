/** Builders of a caisse's world: each says only what matters to its test, all else is plausible. */
import { randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { FEATURES, type FeatureSlug } from '../../policies/catalogue.ts';
import { emailKey } from '../../provider/domain/email.ts';
import {
  COLLEGES,
  type College,
  EVERYTHING,
  type Level,
  type LinkStatus,
  type Vector,
  vectorOf,
} from '../../provider/domain/rights.ts';
import { parseSiret, type Siret } from '../../provider/domain/siret.ts';
import { type Account, insertAccount } from '../../provider/store/accounts.ts';
import {
  insertAdherents,
  insertDsnAlerts,
  insertSites,
  type NewSite,
} from '../../provider/store/adherents.ts';
import { attachClients, insertCabinet, insertMembership } from '../../provider/store/cabinets.ts';
import { insertDelegations, type NewDelegation, type Parties } from '../../provider/store/delegations.ts';
import type { Handle } from '../../provider/store/handle.ts';

export const PASSWORD = 'Chantier-Essai-2026';
/** Next to nothing: verifying costs what the hash says, and tests are about other things. */
export const CHEAP_HASHING = { memoryCost: 8, timeCost: 2, parallelism: 1 };
const PASSWORD_HASH = argon2.hash(PASSWORD, CHEAP_HASHING);

const hashOf = async (password: string | null | undefined): Promise<string | null> => {
  if (password === null) return null;
  return password === undefined ? PASSWORD_HASH : argon2.hash(password, CHEAP_HASHING);
};

const DAY = 86_400_000;

let serial = 100_000_000 + Math.floor(Date.now() % 100_000_000);

/** The address that `account` gives when its test names none. */
export const emailOf = (accountId: string): string => `p${accountId.slice(0, 8)}@essai.test`;

/** A valid SIRET, never twice in a process. */
export function newSiret(): Siret {
  serial += 1;
  for (let key = 0; key < 100_000; key++) {
    const siret = parseSiret(`${serial}${String(key).padStart(5, '0')}`);
    if (siret) return siret;
  }
  throw new Error('no SIRET');
}

/** Rights on those features alone, for all collèges unless some are named. */
export const rightsOn = (
  levels: Partial<Record<FeatureSlug, Level>>,
  colleges: readonly College[] = COLLEGES,
): Vector =>
  vectorOf(
    FEATURES.map(({ slug }) => levels[slug] ?? 'none'),
    colleges,
  );

export type Given = {
  readonly id?: string;
  readonly rights?: Vector;
  readonly admin?: boolean;
  readonly status?: LinkStatus;
  readonly from?: number;
  readonly to?: number | null;
};

/** `adherent`: one that exists already; otherwise the site gets one of its own. */
export type DescribedSite = {
  readonly name?: string;
  readonly raisonSociale?: string;
  readonly identifiant?: string;
  readonly adherent?: NewSite['adherent'];
};

export function makeWorld(store: Handle, now: () => number) {
  const longAgo = () => now() - 100 * DAY;

  async function account(
    given: Partial<Account> & { readonly password?: string | null } = {},
  ): Promise<string> {
    const id = given.id ?? randomUUID();
    const email = given.email ?? emailOf(id);
    await insertAccount(
      store,
      {
        id,
        email,
        emailKey: emailKey(email),
        passwordHash: await hashOf(given.password),
        givenName: given.givenName ?? 'Camille',
        familyName: given.familyName ?? 'Essai',
        landline: given.landline ?? null,
        mobile: given.mobile ?? null,
        mobileCertifiedAt: given.mobileCertifiedAt ?? null,
        emailCertifiedAt: given.emailCertifiedAt ?? longAgo(),
        status: given.status ?? 'active',
        staffRole: given.staffRole ?? null,
      },
      longAgo(),
    );
    return id;
  }

  function site(given: DescribedSite = {}) {
    return sites([given]).then(([made]) => made as NewSite);
  }

  async function sites(given: readonly DescribedSite[]): Promise<NewSite[]> {
    const made = given.map(({ adherent, ...told }): NewSite & { fresh: boolean } => ({
      id: randomUUID(),
      siret: newSiret(),
      name: told.name ?? 'Agence de Metz',
      fresh: adherent === undefined,
      adherent: adherent ?? {
        id: randomUUID(),
        identifiant: told.identifiant ?? `E-${randomUUID().slice(0, 8)}`,
        raisonSociale: told.raisonSociale ?? 'Maçonnerie du Test',
      },
    }));
    await insertAdherents(
      store,
      made.filter(({ fresh }) => fresh).map(({ adherent }) => adherent),
      longAgo(),
    );
    await insertSites(store, made, longAgo());
    return made;
  }

  async function link(on: NewSite, parties: Parties, given: Given): Promise<string> {
    const delegation: NewDelegation = {
      ...parties,
      id: given.id ?? randomUUID(),
      adherentId: on.adherent.id,
      siteId: on.id,
      admin: given.admin ?? false,
      rights: given.rights ?? EVERYTHING,
      status: given.status ?? 'active',
      from: given.from ?? longAgo(),
      to: given.to ?? null,
    };
    await insertDelegations(store, [delegation], longAgo());
    return delegation.id;
  }

  /** Administrateur Entreprise of each site, however many. */
  async function enrolOnAll(granteeAccountId: string, on: readonly NewSite[]): Promise<void> {
    const delegations = on.map(
      (one): NewDelegation => ({
        kind: 'enrolment',
        granteeAccountId,
        id: randomUUID(),
        adherentId: one.adherent.id,
        siteId: one.id,
        admin: true,
        rights: EVERYTHING,
        status: 'active',
        from: longAgo(),
        to: null,
      }),
    );
    await insertDelegations(store, delegations, longAgo());
  }

  /** Writes those columns of one row, as if the product had: whatever reads it next must feel it. */
  async function change(
    table: 'account' | 'cabinet_client' | 'cabinet_member' | 'delegation',
    id: string,
    columns: Readonly<Record<string, string | number | null>>,
  ): Promise<void> {
    const changed = await store.sql(table).update(columns).where({ caisse_id: store.caisseId, id });
    if (changed !== 1) throw new Error(`no such ${table}`);
  }

  return {
    store,
    account,
    enrolOnAll,
    site,
    sites,
    link,
    /** Administrateur Entreprise of the site. @returns the delegation's id. */
    enrol: (granteeAccountId: string, on: NewSite, given: Given = {}) =>
      link(on, { kind: 'enrolment', granteeAccountId }, { admin: true, ...given }),
    delegate: (
      on: NewSite,
      parentId: string,
      people: { readonly from: string; readonly to: string },
      given: Given = {},
    ) =>
      link(on, { kind: 'user', parentId, grantorAccountId: people.from, granteeAccountId: people.to }, given),
    async cabinet(name = 'Cabinet Essai'): Promise<string> {
      const id = randomUUID();
      await insertCabinet(store, { id, name }, longAgo());
      return id;
    },
    async attach(cabinetId: string, adherentId: string, window: { from?: number; to?: number | null } = {}) {
      const id = randomUUID();
      const { from = longAgo(), to = null } = window;
      await attachClients(store, [{ id, cabinetId, adherentId, from, to }]);
      return id;
    },
    async join(
      cabinetId: string,
      accountId: string,
      role: 'manager' | 'staff',
      window: { from?: number; to?: number | null } = {},
    ) {
      const id = randomUUID();
      const { from = longAgo(), to = null } = window;
      await insertMembership(store, { id, cabinetId, accountId, role, from, to });
      return id;
    },
    alert: (siteId: string, message: string) =>
      insertDsnAlerts(store, [{ id: randomUUID(), siteId, message, pushedAt: now() }]),
    /** As an administrator's act will: the row stays, its status says that it is over. */
    close: (delegationId: string) => change('delegation', delegationId, { status: 'closed' }),
    change,
    /** An account that administers `count` sites. */
    async administrator(count: number, given: Partial<Account> = {}) {
      const accountId = await account(given);
      const held = await sites(Array.from({ length: count }, (_, i) => ({ name: `Site ${i + 1}` })));
      const delegations: string[] = [];
      for (const one of held) {
        delegations.push(
          await link(one, { kind: 'enrolment', granteeAccountId: accountId }, { admin: true }),
        );
      }
      const email = given.email ?? emailOf(accountId);
      return { accountId, email, sites: held, delegations };
    },
  };
}

export type World = ReturnType<typeof makeWorld>;
