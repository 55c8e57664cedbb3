/** The caisse that is measured: its services, the people whose work is timed, and the mass of others around them. */
import { randomBytes, randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import { EVERYTHING } from '../../provider/domain/rights.ts';
import { makeSealer } from '../../provider/domain/seal.ts';
import { foundCaisse, type NewClient, registerClient } from '../../provider/oidc/founding.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { attachClients } from '../../provider/store/cabinets.ts';
import type { Database } from '../../provider/store/database.ts';
import { insertDelegations, type NewDelegation } from '../../provider/store/delegations.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { firm } from '../support/chains.ts';
import { makeWorld, rightsOn, type World } from '../support/world.ts';

export const ORIGIN = 'https://id.bench.test';
export const CALLBACK = 'https://service.bench.test/retour';
export const SECRET = 'un-secret-de-mesure-assez-long-pour-etre-vrai';
export const PASSWORD = 'Mesure-Du-Chantier-2026';

/** Seeds of a run: as many rows as the figures are to be true of. */
export type Sizes = {
  readonly portfolio: number;
  readonly list: number;
  readonly delegations: number;
};

export type Person = { readonly email: string; readonly sites: readonly NewSite[] };

export type Seeded = {
  /** Each administers two sites, and has the hash that production makes. */
  readonly people: readonly Person[];
  /** Likewise, with a hash that costs next to nothing: what is left is all the rest. */
  readonly unhashed: readonly Person[];
  /** Manages a firm with as many clients as `portfolio`. */
  readonly accountant: { readonly email: string };
  /** Administers a site with as many delegations as `list`. */
  readonly head: { readonly email: string; readonly siret: string };
  /** Staff of a firm: enrolment → administrator → firm → staff. */
  readonly fourLinks: { readonly email: string; readonly accountId: string; readonly siret: string };
};

/** So many that the limits on guessing, which count every try on an account, hold up nobody who signs in for a figure. */
const PEOPLE = 200;
const UNHASHED = 1_000;

/** argon2id at its cheapest: the same code runs, and takes no time. */
export const cheapHash = (): Promise<string> =>
  argon2.hash(PASSWORD, { type: argon2.argon2id, memoryCost: 8, timeCost: 2, parallelism: 1 });

export const productionHash = (): Promise<string> =>
  argon2.hash(PASSWORD, { type: argon2.argon2id, memoryCost: 46 * 1024, timeCost: 1, parallelism: 1 });

const SERVICES: readonly NewClient[] = [
  {
    clientId: 'service',
    secret: SECRET,
    thirdParty: false,
    defaultService: true,
    metadata: {
      client_name: 'Service',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid profile email offline_access',
      resources: [],
    },
  },
  {
    clientId: 'machine',
    secret: SECRET,
    thirdParty: false,
    defaultService: false,
    metadata: {
      client_name: 'Machine',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'decisions',
      resources: [],
    },
  },
];

export async function foundCaisses(
  sql: Database,
  key: Buffer,
  count: number,
  now: number,
): Promise<Handle[]> {
  const make = { sealer: makeSealer([key], randomBytes), random: randomBytes, now };
  const handles: Handle[] = [];
  for (let i = 0; i < count; i++) {
    const id = i === 0 ? 'mesure' : `mesure-${i}`;
    const caisse = {
      id,
      name: `CIBTP ${id}`,
      issuer: `${ORIGIN}/${id}`,
      timeZone: 'Europe/Paris',
      settings: { shortName: id, theme: { primary: '#1b4f72', accent: '#b9770e' } },
    };
    const handle = await foundCaisse(sql, caisse, make);
    for (const service of SERVICES) await registerClient(handle, service, make);
    handles.push(handle);
  }
  return handles;
}

const FILLED =
  'account, adherent, site, delegation, beneficiary, reach, cabinet, cabinet_client, cabinet_member';

export async function seed(handle: Handle, sizes: Sizes, now: () => number): Promise<Seeded> {
  const world = makeWorld(handle, now);
  await fill(handle, sizes.delegations);
  const people = await crowd(world, 'personne', PEOPLE, await productionHash());
  const unhashed = await crowd(world, 'sans-hachage', UNHASHED, await cheapHash());
  const accountant = await portfolio(world, sizes.portfolio);
  const head = await longList(world, sizes.list);
  const fourLinks = await chainOfFour(world);
  for (const id of [accountant.accountId, head.accountId, fourLinks.accountId])
    await setPassword(handle, id, await cheapHash());
  // As after an import: the planner knows what there is. Of tables that fill only now it would believe that they stay empty.
  await handle.sql.raw(`vacuum analyze ${FILLED}`);
  return { people, unhashed, accountant, head, fourLinks };
}

const setPassword = ({ caisseId, sql }: Handle, id: string, hash: string) =>
  sql('account').update({ password_hash: hash }).where({ caisse_id: caisseId, id });

async function crowd(world: World, name: string, count: number, hash: string): Promise<Person[]> {
  const { caisseId, sql } = world.store;
  const { rows } = await sql.raw(
    `insert into account (caisse_id, id, email, email_key, given_name, family_name, status, created_at,
       email_certified_at, password_hash)
     select :caisse, gen_random_uuid(), e, e, 'Prénom', 'Nom', 'active', now(), now(), :hash
     from generate_series(1, :count) g cross join lateral (select :name || g || '@bench.test') email (e)
     returning id, email`,
    { caisse: caisseId, hash, count, name },
  );
  const accounts = rows as { readonly id: string; readonly email: string }[];
  const sites = await world.sites(
    Array.from({ length: 2 * accounts.length }, (_, i) => ({ name: `Site ${i}` })),
  );
  const from = Date.now() - 1e9;
  const ofPeople = accounts.map(({ id, email }, i) => ({ id, email, sites: sites.slice(2 * i, 2 * i + 2) }));
  const roots = ofPeople.flatMap(({ id, sites: held }) =>
    held.map(
      (site): NewDelegation => ({
        ...common(site, from),
        kind: 'enrolment',
        granteeAccountId: id,
        admin: true,
        rights: EVERYTHING,
      }),
    ),
  );
  await insertDelegations(world.store, roots, from);
  return ofPeople;
}

async function portfolio(world: World, clients: number) {
  const email = 'comptable@bench.test';
  const accountId = await world.account({ email });
  const head = await world.account();
  const cabinetId = await world.cabinet('Cabinet de mesure');
  await world.join(cabinetId, accountId, 'manager');
  const sites = await world.sites(
    Array.from({ length: clients }, (_, i) => ({
      name: `Agence ${i}`,
      raisonSociale: `Entreprise ${i} du bâtiment`,
    })),
  );
  const from = Date.now() - 1e9;
  const roots = sites.map(
    (site): NewDelegation => ({
      ...common(site, from),
      kind: 'enrolment',
      granteeAccountId: head,
      admin: true,
      rights: EVERYTHING,
    }),
  );
  await insertDelegations(world.store, roots, from);
  const attachments = sites.map(({ adherent }) => ({
    id: randomUUID(),
    cabinetId,
    adherentId: adherent.id,
    from,
    to: null,
  }));
  await attachClients(world.store, attachments);
  const given = sites.map(
    (site, i): NewDelegation => ({
      ...common(site, from),
      kind: 'cabinet',
      parentId: roots[i]?.id as string,
      grantorAccountId: head,
      granteeCabinetId: cabinetId,
      attachmentId: attachments[i]?.id as string,
      admin: false,
      rights: rightsOn({ documents: 'mise_a_jour', salaries: 'consultation' }),
    }),
  );
  await insertDelegations(world.store, given, from);
  return { email, accountId };
}

const common = (site: NewSite, from: number) => ({
  id: randomUUID(),
  adherentId: site.adherent.id,
  siteId: site.id,
  status: 'active' as const,
  from,
  to: null,
});

async function longList(world: World, count: number) {
  const email = 'tete@bench.test';
  const held = await world.administrator(1, { email });
  const [site] = held.sites as [NewSite];
  const { caisseId, sql } = world.store;
  await sql.raw(
    `with people as (
       insert into account (caisse_id, id, email, email_key, given_name, family_name, status, created_at, email_certified_at)
       select :caisse, gen_random_uuid(), 'l' || g || '@bench.test', 'l' || g || '@bench.test', 'Prénom ' || g % 97,
         'Nom ' || md5(g::text), 'active', now(), now() from generate_series(1, :count) g returning id)
     insert into delegation (caisse_id, id, adherent_id, site_id, kind, parent_id, grantor_account_id, grantee_account_id,
       admin, colleges, levels, status, effective_at, created_at)
     select :caisse, gen_random_uuid(), :adherent, :site, 'user', :parent, :head, id, false, 7, 3, 'active',
       now() - interval '1 day', now() - interval '1 day' from people`,
    {
      caisse: caisseId,
      count,
      adherent: site.adherent.id,
      site: site.id,
      parent: held.delegations[0] as string,
      head: held.accountId,
    },
  );
  return { email, accountId: held.accountId, siret: site.siret };
}

async function chainOfFour(world: World) {
  const { site, head, root, cabinetId, attachmentId, staff, membershipId } = await firm(world);
  const deputy = await world.account();
  const middle = await world.delegate(site, root, { from: head, to: deputy }, { admin: true });
  const toFirm = await world.link(
    site,
    {
      kind: 'cabinet',
      parentId: middle,
      grantorAccountId: deputy,
      granteeCabinetId: cabinetId,
      attachmentId,
    },
    { rights: rightsOn({ documents: 'mise_a_jour', salaries: 'mise_a_jour' }) },
  );
  await world.link(
    site,
    { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
    { rights: rightsOn({ documents: 'consultation' }) },
  );
  const email = 'quatre-maillons@bench.test';
  await world.change('account', staff, { email, email_key: email });
  return { email, accountId: staff, siret: site.siret };
}

/** Companies, people and enrolments that nobody asks for: the tables have the size that they will have. */
async function fill({ caisseId, sql }: Handle, count: number): Promise<void> {
  const sites = Math.max(1, Math.ceil(count / 50));
  await sql.transaction(async (trx) => {
    await trx.raw('set local statement_timeout = 0');
    // Keys and triggers are not what is measured, and the rows are right.
    await trx.raw('set local session_replication_role = replica');
    const bindings = { caisse: caisseId, sites, count };
    const id = (kind: string, n: string) => `md5('${kind}' || ${n})::uuid`;
    await trx.raw(
      `insert into adherent (caisse_id, id, identifiant, raison_sociale, created_at)
       select :caisse, ${id('a', 'g')}, 'M-' || g, 'Entreprise ' || g, now() from generate_series(1, :sites) g`,
      bindings,
    );
    await trx.raw(
      `insert into site (caisse_id, id, adherent_id, siret, name, search_text, created_at)
       select :caisse, ${id('s', 'g')}, ${id('a', 'g')}, '9' || lpad(g::text, 13, '0'), 'Site ' || g, 'entreprise ' || g, now()
       from generate_series(1, :sites) g`,
      bindings,
    );
    await trx.raw(
      `insert into account (caisse_id, id, email, email_key, given_name, family_name, status, created_at, email_certified_at)
       select :caisse, ${id('p', 'g')}, 'p' || g || '@bench.test', 'p' || g || '@bench.test', 'P', 'N', 'active', now(), now()
       from generate_series(1, 50) g`,
      bindings,
    );
    await trx.raw(
      `insert into delegation (caisse_id, id, adherent_id, site_id, kind, grantee_account_id, admin, colleges, levels, status,
         effective_at, created_at, changed_at, path)
       select :caisse, ${id('d', 'g')}, ${id('a', '(1 + g % :sites)')}, ${id('s', '(1 + g % :sites)')}, 'enrolment',
         ${id('p', '(1 + (g / :sites) % 50)')}, true, 7, -1, 'active', now(), now(), now(),
         array[${id('d', 'g')}]
       from generate_series(0, :count - 1) g`,
      bindings,
    );
    await trx.raw(
      `insert into reach (caisse_id, delegation_id, site_id, holder_id, place, since, until)
       select d.caisse_id, d.id, d.site_id, d.grantee_id, s.search_text, d.effective_at, d.ends_at
       from delegation d join site s on s.caisse_id = d.caisse_id and s.id = d.site_id`,
    );
  });
}
