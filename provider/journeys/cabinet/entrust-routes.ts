/** « Confier des clients à une personne »: to whom and when, which clients, which rights, the recap, the button. */
import type { Context } from 'koa';
import { dayOf, lastDayOf } from '../../domain/calendar.ts';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { insertDraft, saveDraft } from '../../store/cabinet-drafts.ts';
import { type FirmMember, listEntrusted, listFirmMembers } from '../../store/firm-staff.ts';
import { goTo } from '../delegation-place.ts';
import { firstPeriod, readPeriod, type TypedPeriod } from '../period-form.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type CabinetPlace, enterCabinet } from './cabinet-place.ts';
import { placeOfClient } from './client-place.ts';
import { clientsStepRoutes } from './entrust-clients.ts';
import { recapRoutes } from './entrust-recap.ts';
import { rightsStepRoutes } from './entrust-rights.ts';
import { type DraftPlace, type EntrustingDraft, enterDraft } from './entrusting-draft.ts';
import { FIRM, firmLocals, listedName } from './firm-page.ts';

const START = `${FIRM}/confier`;

export const entrustRoutes: Routes = (router, web) => {
  router.get(START, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await begin(ctx, web, place);
  });
  router.post(START, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await submit(ctx, web, place, null);
  });
  router.get(`${START}/:draft`, async (ctx) => {
    const place = await enterDraft(ctx, web);
    if (!place) return;
    const { from, to, membershipId } = place.draft;
    await show(ctx, web, place, { typed: { from, to }, membershipId, path: place.page });
  });
  router.post(`${START}/:draft`, async (ctx) => {
    const place = await enterDraft(ctx, web);
    if (place) await submit(ctx, web, place, place);
  });
  clientsStepRoutes(router, web);
  rightsStepRoutes(router, web);
  recapRoutes(router, web);
};

type Shown = {
  readonly typed: TypedPeriod;
  readonly membershipId: string;
  readonly path: string;
  readonly client?: { readonly siret: string; readonly adherentId: string } | null;
  readonly errors?: readonly FieldError[];
};

/** `personne` and `client` of the address choose them beforehand; what he has there already gives the dates. */
async function begin(ctx: Context, web: Web, place: CabinetPlace): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const { timeZone } = caisse;
  const client = await clientAsked(ctx, place, queryField(ctx, 'client'));
  const members = await listFirmMembers(store, place.cabinet.id, now());
  const accountId = queryField(ctx, 'personne');
  const member = members.find(
    (one) =>
      one.accountId === accountId && (!client || (one.adherentId ?? client.adherentId) === client.adherentId),
  );
  const [his] =
    client && member
      ? await listEntrusted(store, {
          cabinetId: place.cabinet.id,
          siteIds: [client.siteId],
          accountIds: [member.accountId],
          now: now(),
        })
      : [];
  const first = firstPeriod({ now: now(), timeZone });
  const typed = {
    from: his && his.from > now() ? dayOf(his.from, timeZone) : first.from,
    to: his?.to ? lastDayOf(his.to, timeZone) : '',
  };
  await show(ctx, web, place, { typed, membershipId: member?.membershipId ?? '', path: START, client });
}

async function clientAsked(ctx: Context, place: CabinetPlace, siret: string) {
  return siret === '' ? null : (await placeOfClient(ctx, place, siret)).site;
}

async function show(ctx: Context, web: Web, place: CabinetPlace, shown: Shown): Promise<void> {
  const { store, now } = scopeFor(ctx);
  const { typed, membershipId, path, client = null, errors = [] } = shown;
  const members = await listFirmMembers(store, place.cabinet.id, now());
  const offered = members.filter(
    ({ adherentId }) => !client || adherentId === null || adherentId === client.adherentId,
  );
  web.send(
    ctx,
    'cabinet/entrust-person',
    {
      ...firmLocals(ctx, place, { tab: 'clients' }),
      errors,
      action: place.href(path),
      client: client?.siret ?? '',
      members: offered.map((one) => ({ value: one.membershipId, label: labelOf(one) })),
      member: membershipId,
      period: typed,
      inviteHref: place.href(`${FIRM}/collaborateurs/inviter`),
      cancelHref: place.href(client ? `${FIRM}/clients/${client.siret}` : FIRM),
    },
    { status: errors.length > 0 ? 422 : 200 },
  );
}

const labelOf = (member: FirmMember): string =>
  `${listedName(member)} (${member.email})${member.raisonSociale ? ` – pour ${member.raisonSociale} seulement` : ''}`;

async function submit(
  ctx: Context,
  web: Web,
  place: CabinetPlace,
  former: Pick<DraftPlace, 'draft' | 'draftId' | 'page'> | null,
): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const at = now();
  const client = former ? null : await clientAsked(ctx, place, field(ctx, 'client'));
  const members = await listFirmMembers(store, place.cabinet.id, at);
  const membershipId = field(ctx, 'membre');
  const member = members.find((one) => one.membershipId === membershipId);
  const fits = member && (!client || (member.adherentId ?? client.adherentId) === client.adherentId);
  const { typed, errors: ofPeriod } = readPeriod(ctx, { now: at, timeZone: caisse.timeZone });
  const errors = [
    ...(fits ? [] : [{ field: 'membre', message: 'Choisissez une personne du cabinet.' }]),
    ...ofPeriod,
  ];
  if (!member || errors.length > 0) {
    const path = former?.page ?? START;
    return show(ctx, web, place, { typed, membershipId, path, client, errors });
  }
  const chosen = { membershipId, ...typed };
  const isOther = former && former.draft.membershipId !== membershipId;
  const draft: EntrustingDraft = former
    ? {
        ...former.draft,
        ...chosen,
        ...(isOther && { siteIds: former.draft.single ? former.draft.siteIds : [] }),
      }
    : {
        ...chosen,
        siteIds: client ? [client.siteId] : [],
        single: client !== null,
        rights: null,
        shortfall: 'narrow',
      };
  const who = { cabinetId: place.cabinet.id, accountId: place.account.id };
  const id =
    former?.draftId ?? (await insertDraft(store, who, { kind: 'entrusting', content: draft, now: at }));
  if (former) await saveDraft(store, id, draft);
  goTo(ctx, place, `${START}/${id}/${draft.single ? 'droits' : 'clients'}`);
}
