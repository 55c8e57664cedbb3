/** What a manager prepares: one person, some clients, a period and rights. Kept until it is applied (store/cabinet-drafts). */
import type { Context } from 'koa';
import { z } from 'zod';
import { dayOf, endOf, parseDay, startOf } from '../../domain/calendar.ts';
import type { Vector } from '../../domain/rights.ts';
import { Refusal } from '../../refusal.ts';
import { findDraft } from '../../store/cabinet-drafts.ts';
import type { ClientName } from '../../store/firm-portfolio.ts';
import { type FirmMember, listFirmMembers } from '../../store/firm-staff.ts';
import { scopeFor, type Web } from '../web.ts';
import { type CabinetPlace, enterCabinet } from './cabinet-place.ts';
import type { Wish } from './entrust-plan.ts';
import { FIRM } from './firm-page.ts';

const Schema = z.object({
  membershipId: z.string(),
  /** Days. `to` '' : no end. */
  from: z.string(),
  to: z.string(),
  siteIds: z.array(z.string()),
  /** The one client that it began with: the step of the clients is then passed over. */
  single: z.boolean(),
  rights: z.object({ levels: z.string().regex(/^\d+$/), colleges: z.int() }).nullable(),
  shortfall: z.enum(['narrow', 'leave_out']),
});

export type EntrustingDraft = z.infer<typeof Schema>;

export type DraftPlace = CabinetPlace & {
  readonly draftId: string;
  readonly draft: EntrustingDraft;
  readonly member: FirmMember;
  /** `/mon-cabinet/confier/<id>` */
  readonly page: string;
};

/** @throws Refusal `not_found` for a draft that is not his, or whose person has left the firm. */
export async function enterDraft(ctx: Context, web: Web): Promise<DraftPlace | null> {
  const place = await enterCabinet(ctx, web);
  if (!place) return null;
  const { store, now } = scopeFor(ctx);
  const id = String(ctx.params.draft ?? '');
  const asked = { cabinetId: place.cabinet.id, accountId: place.account.id, id, now: now() };
  const draft = Schema.safeParse(await findDraft(store, { ...asked, kind: 'entrusting' }));
  if (!draft.success) throw new Refusal('not_found');
  const members = await listFirmMembers(store, place.cabinet.id, now());
  const member = members.find(({ membershipId }) => membershipId === draft.data.membershipId);
  if (!member) throw new Refusal('not_found');
  return { ...place, draftId: id, draft: draft.data, member, page: `${FIRM}/confier/${id}` };
}

export const vectorOfDraft = ({ rights }: EntrustingDraft): Vector | null =>
  rights && { levels: BigInt(rights.levels), colleges: rights.colleges };

/** On the sites of `places`. A day that is here or past means at once. */
export function wishesOf(
  ctx: Context,
  { draft, member }: Pick<DraftPlace, 'draft' | 'member'>,
  places: readonly ClientName[],
): readonly Wish[] {
  const { caisse, now } = scopeFor(ctx);
  const { timeZone } = caisse;
  const rights = vectorOfDraft(draft);
  if (!rights) throw new Refusal('not_found');
  const first = parseDay(draft.from);
  const last = parseDay(draft.to);
  const from = first === null || first <= dayOf(now(), timeZone) ? null : startOf(first, timeZone);
  const to = last === null ? null : endOf(last, timeZone);
  const { accountId, membershipId, adherentId: memberOf } = member;
  const his = { accountId, membershipId, memberOf, rights, from, to };
  return places.map(({ siteId, adherentId }) => ({ siteId, adherentId, ...his }));
}
