/** Two companies, a firm attached to both, and people who give one another rights: where sequences of acts are played. */
import { type Enforcer, makeEnforcer } from '../../policies/enforcer.ts';
import { findAccount } from '../../provider/store/accounts.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import type { Scope } from '../../provider/tenant/scope.ts';
import { agentScope } from './agent.ts';
import type { TestApp } from './app.ts';
import { readFacts } from './rights-facts.ts';
import type { Facts } from './rights-oracle.ts';
import { Visitor } from './visitor.ts';
import { emailOf, rightsOn } from './world.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export type Person = { readonly id: string; readonly email: string; readonly visitor: Visitor };

let houses = 0;

/** Sign-ins are counted by network address: the app of a stage believes one proxy. */
const fromAnotherHouse = () => {
  houses += 1;
  return new Visitor({ 'X-Forwarded-For': `10.${houses >> 16}.${(houses >> 8) & 255}.${houses & 255}` });
};

export type Stage = { readonly app: TestApp; readonly scope: Scope; readonly enforcer: Enforcer };

export async function openStage(app: TestApp): Promise<Stage> {
  return { app, scope: await agentScope(app), enforcer: await makeEnforcer() };
}

export type Scene = Stage & {
  /** The heads of both companies, the firm's manager, somebody of its staff, and others. */
  readonly people: readonly Person[];
  readonly manager: Person;
  /** Two of the first company, one of the second. */
  readonly sites: readonly NewSite[];
  readonly cabinetId: string;
  /** The half-way between two steps of time, that many steps from the beginning: no date falls on the moment of an act. */
  readonly instant: (steps: number) => number;
  readonly facts: () => Promise<Facts>;
};

const WIDE = {
  documents: 'mise_a_jour',
  comptes_bancaires: 'mise_a_jour',
  planning: 'mise_a_jour',
  salaries: 'mise_a_jour',
} as const;

export const STEP = 10 * MINUTE;

/** `confirmed`: whether the caisse lets administrators confirm colleagues. */
export async function openScene(
  stage: Stage,
  { confirmed }: { readonly confirmed: boolean },
): Promise<Scene> {
  const { app } = stage;
  const world = app.world();
  const ids = await Promise.all(
    Array.from({ length: 7 }, () => world.account({ emailCertifiedAt: app.clock.now() })),
  );
  const people = ids.map((id): Person => ({ id, email: emailOf(id), visitor: fromAnotherHouse() }));
  const [head, other, manager, staff, former] = people as [Person, Person, Person, Person, Person];
  const [first] = await world.sites([{ name: 'Un' }]);
  const rest = await world.sites([
    { name: 'Deux', adherent: (first as NewSite).adherent },
    { name: 'Trois' },
  ]);
  const sites = [first as NewSite, ...rest];
  const cabinetId = await world.cabinet();
  await world.join(cabinetId, manager.id, 'manager');
  await world.join(cabinetId, staff.id, 'staff');
  const attachments = new Map<string, string>();
  for (const { adherent } of sites)
    if (!attachments.has(adherent.id))
      attachments.set(adherent.id, await world.attach(cabinetId, adherent.id));
  const roots: string[] = [];
  for (const [i, site] of sites.entries()) roots.push(await world.enrol((i < 2 ? head : other).id, site));
  const [one, , three] = sites as [NewSite, NewSite, NewSite];
  const imported = {
    status: 'to_renew',
    rights: rightsOn({ documents: 'mise_a_jour', planning: 'mise_a_jour' }),
  } as const;
  await world.delegate(one, roots[0] ?? '', { from: head.id, to: former.id }, imported);
  await world.link(
    one,
    {
      kind: 'cabinet',
      parentId: roots[0] ?? '',
      grantorAccountId: head.id,
      granteeCabinetId: cabinetId,
      attachmentId: attachments.get(one.adherent.id) ?? '',
    },
    { rights: rightsOn(WIDE) },
  );
  await world.link(
    three,
    {
      kind: 'cabinet',
      parentId: roots[2] ?? '',
      grantorAccountId: other.id,
      granteeCabinetId: cabinetId,
      attachmentId: attachments.get(three.adherent.id) ?? '',
    },
    imported,
  );
  const { caisse } = stage.scope;
  const delegations = { ...caisse.settings.delegations, confirmColleagues: confirmed };
  const settings = { ...caisse.settings, delegations };
  const began = app.clock.now();
  return {
    ...stage,
    scope: { ...stage.scope, caisse: { ...caisse, settings } },
    people,
    manager,
    sites,
    cabinetId,
    instant: (steps) => began + steps * STEP + STEP / 2,
    facts: () => readFacts(world, { siteIds: sites.map(({ id }) => id), cabinetId, now: app.clock.now() }),
  };
}

export async function accountOf({ scope }: Stage, { id }: Person) {
  const account = await findAccount(scope.store, id);
  if (!account) throw new Error('no such account');
  return account;
}

/** A site as acts are asked for it, also by whoever does not administer it. */
export const asked = ({ id, siret, name, adherent }: NewSite) => ({
  id,
  siret,
  name,
  identifiant: adherent.identifiant,
  raisonSociale: adherent.raisonSociale,
  adherentId: adherent.id,
});

export const pageOfSite = ({ sites }: Scene, siteId: string): string =>
  `/droits-d-acces/${sites.find(({ id }) => id === siteId)?.siret}`;
