/** Fills an empty database with the demo, and keeps its addresses in step with the configuration. */

import { emailKey } from '../domain/email.ts';
import { foundCaisse, type Maker } from '../oidc/founding.ts';
import { insertAccount } from '../store/accounts.ts';
import { insertAdherents, insertDsnAlerts, insertSites } from '../store/adherents.ts';
import { attachClients, insertCabinet, insertMembership } from '../store/cabinets.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { insertDelegations } from '../store/delegations.ts';
import { keepDemoAddresses, listDemoAddresses, moveIssuer } from '../store/demo-addresses.ts';
import { type Handle, handleOf } from '../store/handle.ts';
import { acceptInvitation, insertInvitation } from '../store/invitations.ts';
import type { PasswordHasher } from '../tenant/passwords.ts';
import { type DemoAddresses, issuerAt } from './addresses.ts';
import { DEMO_CAISSES, type DemoCaisse } from './caisses.ts';
import { TO_CONFIRM } from './colleagues.ts';
import { postLetters } from './letters.ts';
import { writeMessages } from './messages.ts';
import { DEMO_PASSWORD } from './people.ts';
import { moveServices, registerServices, USUAL } from './services.ts';
import { imagineWorld, type World } from './world.ts';

export type Seeding = {
  readonly addresses: DemoAddresses;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
  readonly make: Maker;
};

/** Both caisses or nothing. False when the database holds a caisse already: then it is left alone. */
export function seedDemo(sql: Database, seeding: Seeding): Promise<boolean> {
  return sql.transaction(async (trx) => {
    if ((await listCaisses(trx)).length > 0) return false;
    // One hash for all: a thousand of them would take a minute.
    const passwordHash = await seeding.passwords.hash(DEMO_PASSWORD);
    for (const caisse of DEMO_CAISSES) await seedCaisse(trx, caisse, { ...seeding, passwordHash });
    const { portal, api } = seeding.addresses;
    await keepDemoAddresses(trx, { portal, api });
    return true;
  });
}

async function seedCaisse(
  sql: Database,
  caisse: DemoCaisse,
  { addresses, make, passwords, passwordHash }: Seeding & { readonly passwordHash: string },
): Promise<void> {
  const { id, name, timeZone, settings } = caisse;
  const issuer = issuerAt(addresses, id);
  const store = await foundCaisse(sql, { id, name, timeZone, settings, issuer }, make);
  await registerServices(store, addresses, make);
  const world = imagineWorld(caisse, make.now);
  await writeWorld(store, world, { passwordHash, now: make.now });
  await awaitConfirmation(store, world.toConfirm, { passwordHash, make });
  await postLetters(store, world.awaited, { make, passwords });
  await writeMessages(store, world, make);
}

async function writeWorld(
  store: Handle,
  world: World,
  { passwordHash, now }: { readonly passwordHash: string; readonly now: number },
): Promise<void> {
  for (const account of world.accounts) await insertAccount(store, { ...account, passwordHash }, now);
  await insertAdherents(
    store,
    world.companies.map(({ adherent }) => adherent),
    now,
  );
  await insertSites(
    store,
    world.companies.flatMap(({ sites }) => sites),
    now,
  );
  await insertCabinet(store, world.cabinet, now);
  for (const membership of world.memberships) await insertMembership(store, membership);
  await attachClients(store, world.attachments);
  await insertDelegations(store, world.delegations, now);
  await insertDsnAlerts(store, world.alerts);
}

/** The account is made of the answer once the administrator confirms, with the password of all the demo's. */
async function awaitConfirmation(
  store: Handle,
  delegation: World['toConfirm'],
  { passwordHash, make }: { readonly passwordHash: string; readonly make: Maker },
): Promise<void> {
  const { now, random } = make;
  const { email, ...names } = TO_CONFIRM;
  const expiresAt = now + 30 * 86_400_000;
  const { id } = await insertInvitation(store, {
    kind: 'user',
    inviterAccountId: delegation.grantorAccountId,
    adherentId: delegation.adherentId,
    cabinetId: null,
    email,
    emailKey: emailKey(email),
    needsConfirmation: true,
    now,
    expiresAt,
    random,
  });
  const answer = { ...names, landline: null, mobile: null, mobileCertifiedAt: null, passwordHash };
  await acceptInvitation(store, id, { answer }, { now, expiresAt });
  await insertDelegations(store, [{ ...delegation, invitationId: id }], now);
}

/** A demo that was seeded at other addresses (another PORT) is reached at these from now on. */
export function followAddresses(
  sql: Database,
  { addresses, make }: Pick<Seeding, 'addresses' | 'make'>,
): Promise<void> {
  return sql.transaction(async (trx) => {
    const former = await listDemoAddresses(trx);
    const { portal, api } = addresses;
    const moves = [
      { from: former.portal ?? USUAL.portal, to: portal },
      { from: former.api ?? USUAL.api, to: api },
    ];
    const present = new Map((await listCaisses(trx)).map((caisse) => [caisse.id, caisse]));
    for (const { id } of DEMO_CAISSES) {
      const caisse = present.get(id);
      if (!caisse) continue;
      const issuer = issuerAt(addresses, id);
      if (caisse.issuer !== issuer) await moveIssuer(trx, id, issuer);
      await moveServices(handleOf(trx, id), moves);
      await registerServices(handleOf(trx, id), addresses, make);
    }
    await keepDemoAddresses(trx, { portal, api });
  });
}
