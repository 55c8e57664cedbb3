/** A company whose deputy has given rights in every standing, and the requests by which each may be acted on. */
import { seenToSend } from '../../provider/journeys/delegation/send-again.ts';
import { accept } from '../../provider/journeys/invitation/accept.ts';
import { seenOf } from '../../provider/journeys/invited.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { findDelegation, findInvited } from '../../provider/store/delegation-acts.ts';
import { findInvitation } from '../../provider/store/invitations.ts';
import { agentScope } from './agent.ts';
import type { Slug, TestApp } from './app.ts';
import { dayOf, everyCollege } from './giving.ts';
import { type Invited, inviteTo } from './invitations.ts';
import { emailOf, rightsOn, type World } from './world.ts';

export type Family = Awaited<ReturnType<typeof familyOf>>;

/** Head → deputy → delegations to others; the head's firm with its manager and somebody of its staff. */
export async function familyOf(app: TestApp, { slug = 'grand-est' }: { readonly slug?: Slug } = {}) {
  const world = app.world(slug);
  const people = await Promise.all(Array.from({ length: 9 }, () => world.account()));
  const [head, above, deputy, active, asleep, imported, guest, manager, staff] = people as [
    ...[string, string, string, string, string, string, string, string, string],
  ];
  const site = await world.site();
  const root = await world.enrol(head, site);
  const upper = await world.delegate(site, root, { from: head, to: above }, { admin: true });
  const middle = await world.delegate(site, upper, { from: above, to: deputy }, { admin: true });
  const rights = rightsOn({ documents: 'mise_a_jour', planning: 'consultation' });
  const below = (to: string, status: 'active' | 'suspended' | 'to_renew') =>
    world.delegate(site, middle, { from: deputy, to }, { rights, status });
  const rows = {
    active: await below(active, 'active'),
    suspended: await below(asleep, 'suspended'),
    to_renew: await below(imported, 'to_renew'),
  };
  const on = [{ site, parentId: middle }];
  const waiting = await inviteTo(app, world, { inviterId: deputy, on, rights });
  const answered = await inviteTo(app, world, { inviterId: deputy, on, rights, email: emailOf(guest) });
  await answer(app, slug, { ...answered, accountId: guest });
  const cabinetId = await world.cabinet();
  const attachmentId = await world.attach(cabinetId, site.adherent.id);
  await world.join(cabinetId, manager, 'manager');
  const membershipId = await world.join(cabinetId, staff, 'staff');
  const firm = { granteeCabinetId: cabinetId, attachmentId };
  const toFirm = await world.link(
    site,
    { kind: 'cabinet', parentId: root, grantorAccountId: head, ...firm },
    { rights },
  );
  const toStaff = await world.link(
    site,
    { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
    { rights },
  );
  return {
    ...{ world, site, head, above, deputy, active, guest, manager, staff, root, upper, middle, rows },
    ...{ waiting, answered, cabinetId, attachmentId, membershipId, toFirm, toStaff },
  };
}

async function answer(
  app: TestApp,
  slug: Slug,
  invited: Invited & { readonly accountId: string },
): Promise<void> {
  const scope = await agentScope(app, slug);
  const { invitationId, accountId } = invited;
  const seen = seenOf(await findInvited(scope.store, invitationId));
  const accepted = await accept(scope, { invitationId, seen, by: { accountId }, signInHref: null });
  if (accepted.kind !== 'waits') throw new Error(accepted.kind);
}

export type Asked = { readonly path: string; readonly fields: Record<string, string> };

/** Acts that confer rights, and acts that take them. */
export const CONFERRING = [
  'ajouter',
  'modifier',
  'reactiver',
  'renouveler',
  'confirmer',
  'renvoyer',
] as const;
export const TAKING = ['cloturer', 'mettre-en-veille', 'retirer', 'refuser'] as const;
export type Act = (typeof CONFERRING)[number] | (typeof TAKING)[number];
export const ACTS: readonly Act[] = [...CONFERRING, ...TAKING];

const seenIn = async (world: World, id: string) => String((await findDelegation(world.store, id))?.changedAt);

/** As the form of that act would send it, with all that it hides as it is. `at`: the site in the address. */
export async function requestFor(
  app: TestApp,
  { world, rows, waiting, answered, site }: Family,
  { act, at = site }: { readonly act: Act; readonly at?: Pick<NewSite, 'siret'> },
): Promise<Asked> {
  const base = `/droits-d-acces/${at.siret}`;
  const dates = { date_effet: dayOf(app.clock.now()), date_fin: '' };
  const rights = { ...everyCollege, droit_documents: 'consultation' };
  const seen = async (id: string) => seenOf(await findInvited(world.store, id));
  const on = async (id: string, fields = {}): Promise<Asked> => ({
    path: `${base}/delegations/${id}/${act}`,
    fields: { ...fields, vu: await seenIn(world, id) },
  });
  const [invited = ''] = waiting.delegations;
  switch (act) {
    case 'ajouter': {
      const fields = { ...dates, ...rights, email: `nouveau-${answered.email}`, [`site_${at.siret}`]: 'oui' };
      return { path: `${base}/ajouter`, fields };
    }
    case 'modifier':
      return on(rows.active, { ...dates, ...rights });
    case 'reactiver':
      return on(rows.suspended);
    case 'renouveler':
      return on(rows.to_renew, dates);
    case 'cloturer':
    case 'mettre-en-veille':
      return on(rows.active);
    case 'renvoyer':
    case 'retirer': {
      const invitation = await findInvitation(world.store, waiting.invitationId, app.clock.now());
      if (!invitation) throw new Error('no such invitation');
      const vu = await seen(waiting.invitationId);
      const fields = { vu: act === 'renvoyer' ? seenToSend(vu, invitation) : vu };
      return { path: `${base}/delegations/${invited}/${act}`, fields };
    }
    case 'confirmer':
    case 'refuser': {
      const decision = act === 'confirmer' ? 'accepter' : 'refuser';
      const fields = { vu: await seen(answered.invitationId), decision };
      return { path: `${base}/demandes/${answered.invitationId}`, fields };
    }
  }
}

/** Everything that says who holds what, at every caisse: the same text as long as nothing of it is written. */
export async function everythingHeld(app: TestApp): Promise<string> {
  const tables = ['delegation', 'invitation', 'cabinet_member', 'cabinet_client', 'account'];
  const { rows } = await app.database.knex.raw(
    tables
      .map(
        (table) =>
          `select '${table}' as t, count(*)::int as n, md5(string_agg(x::text, '|' order by caisse_id, id)) as hash from ${table} x`,
      )
      .join(' union all '),
  );
  return JSON.stringify(rows);
}
