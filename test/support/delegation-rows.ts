/** Rows of the delegation table as a careful or a hostile hand would write them, past every check of ours. */
import { randomUUID } from 'node:crypto';
import type { NewSite } from '../../provider/store/adherents.ts';
import { rightsOn, type World } from './world.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
export const iso = (instant: number): string => new Date(instant).toISOString();

export type Row = Record<string, unknown>;

/** A site with its head, a colleague, a firm attached to it and a person of its staff; and the rows that join them. */
export async function scene(at: World) {
  const site = await at.site();
  const [head, colleague, staff] = [await at.account(), await at.account(), await at.account()];
  const root = await at.enrol(head, site);
  const cabinetId = await at.cabinet();
  const attachmentId = await at.attach(cabinetId, site.adherent.id);
  const membershipId = await at.join(cabinetId, staff, 'staff');
  const toFirm = await at.link(
    site,
    { kind: 'cabinet', parentId: root, grantorAccountId: head, granteeCabinetId: cabinetId, attachmentId },
    {},
  );
  return { site, head, colleague, staff, root, cabinetId, attachmentId, membershipId, toFirm };
}
export type Scene = Awaited<ReturnType<typeof scene>>;

export const common = (site: NewSite, caisseId = 'grand-est'): Row => ({
  caisse_id: caisseId,
  id: randomUUID(),
  adherent_id: site.adherent.id,
  site_id: site.id,
  admin: false,
  colleges: 7,
  levels: rightsOn({ documents: 'consultation' }).levels.toString(),
  status: 'active',
  effective_at: iso(NOW),
  ends_at: null,
  created_at: iso(NOW),
});

export const enrolment = ({ site, colleague }: Scene): Row => ({
  ...common(site),
  kind: 'enrolment',
  grantee_account_id: colleague,
  admin: true,
  levels: '-1',
});
export const user = ({ site, root, head, colleague }: Scene): Row => ({
  ...common(site),
  kind: 'user',
  parent_id: root,
  grantor_account_id: head,
  grantee_account_id: colleague,
});
export const cabinet = ({ site, root, head, cabinetId, attachmentId }: Scene): Row => ({
  ...common(site),
  kind: 'cabinet',
  parent_id: root,
  grantor_account_id: head,
  grantee_cabinet_id: cabinetId,
  cabinet_client_id: attachmentId,
});
export const staff = ({ site, toFirm, cabinetId, staff: person, membershipId }: Scene): Row => ({
  ...common(site),
  kind: 'staff',
  parent_id: toFirm,
  grantor_cabinet_id: cabinetId,
  grantee_account_id: person,
  cabinet_member_id: membershipId,
});

export const KINDS = { enrolment, user, cabinet, staff };
/** The constraint that refused it, or `accepted`. */
export async function refusedBy(writing: PromiseLike<unknown>): Promise<string> {
  try {
    await writing;
  } catch (error) {
    return (error as { constraint?: string }).constraint ?? String(error);
  }
  return 'accepted';
}
