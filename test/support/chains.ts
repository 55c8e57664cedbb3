/** Whole chains, for tests that are about what happens along them. */
import type { Given, World } from './world.ts';

/** Administrator of the site → administrator → user. */
export async function chainOfThree(world: World, given: Given = {}) {
  const site = await world.site();
  const [head, deputy, user] = [await world.account(), await world.account(), await world.account()];
  const root = await world.enrol(head, site);
  const middle = await world.delegate(site, root, { from: head, to: deputy }, { admin: true });
  const leaf = await world.delegate(site, middle, { from: deputy, to: user }, given);
  return { site, head, deputy, user, root, middle, leaf };
}

/** Administrator of the site → firm, with its manager, and a person of its staff. */
export async function firm(world: World, given: { readonly toFirm?: Given; readonly toStaff?: Given } = {}) {
  const site = await world.site();
  const [head, manager, staff] = [await world.account(), await world.account(), await world.account()];
  const root = await world.enrol(head, site);
  const cabinetId = await world.cabinet();
  const attachmentId = await world.attach(cabinetId, site.adherent.id);
  const managerMembership = await world.join(cabinetId, manager, 'manager');
  const membershipId = await world.join(cabinetId, staff, 'staff');
  const toFirm = await world.link(
    site,
    { kind: 'cabinet', parentId: root, grantorAccountId: head, granteeCabinetId: cabinetId, attachmentId },
    given.toFirm ?? {},
  );
  const toStaff = await world.link(
    site,
    { kind: 'staff', parentId: toFirm, grantorCabinetId: cabinetId, granteeAccountId: staff, membershipId },
    given.toStaff ?? {},
  );
  const people = { head, manager, staff };
  return { site, ...people, cabinetId, root, toFirm, toStaff, attachmentId, managerMembership, membershipId };
}
