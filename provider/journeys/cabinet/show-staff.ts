/** The list of a firm's people, and of the invitations that nobody has answered. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { searchTerms } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import type { Notice } from '../../http/screens.ts';
import type { CabinetStaffLocals, PersonOfCabinet } from '../../http/screens-cabinet.ts';
import { type CabinetPeople, type CabinetPerson, readCabinetPeople } from '../../store/cabinet-staff.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { scopeFor, type Web } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import { doneNotice, FIRM, firmLocals, getForm, listedName } from './firm-page.ts';
import { seenToInvite } from './invite-member.ts';

export const STAFF = `${FIRM}/collaborateurs`;

const DONE: Readonly<Record<string, readonly [title: string, text: string]>> = {
  invitation: ['L’invitation est partie', 'La personne rejoindra votre cabinet dès qu’elle l’aura acceptée.'],
  renvoi: ['L’invitation est repartie', 'Son nouveau lien remplace le précédent.'],
  retrait: ['L’invitation est retirée', 'Son lien ne fonctionne plus.'],
  depart: [
    'La personne ne fait plus partie de votre cabinet',
    'Elle a perdu tous les accès qu’elle avait par lui. Un message l’en informe.',
  ],
};

const SIZES = [25] as const;

type Shown = { readonly status?: number; readonly notice?: Notice };

export async function showStaff(
  ctx: Context,
  web: Web,
  place: CabinetPlace,
  { status = 200, notice = doneNotice(ctx, DONE) ?? undefined }: Shown = {},
): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const search = queryField(ctx, 'q').slice(0, 200);
  const { page: asked, perPage } = askedPage(ctx, SIZES);
  const read = (page: number) =>
    readCabinetPeople(store, {
      cabinetId: place.cabinet.id,
      now: now(),
      terms: searchTerms(search),
      limit: perPage,
      offset: (page - 1) * perPage,
    });
  const first = await read(asked);
  const page = Math.min(asked, lastPage(first.matching, perPage));
  const found = page === asked ? first : await read(page);
  const locals = {
    ...firmLocals(ctx, place, { tab: 'staff', notice: notice ?? null }),
    ...getForm(place, STAFF),
    inviteHref: place.href(`${STAFF}/inviter`),
    search,
    all: found.all,
    matching: found.matching,
    people: found.people.map((person) => shownPerson(person, place, caisse)),
    paging: pagingOf({
      page,
      perPage,
      matching: found.matching,
      sizes: SIZES,
      label: 'Pages de la liste des personnes',
      unit: 'personnes par page',
      hrefOf: (to) => place.href(addressOf(STAFF, { q: search, page: to.page === 1 ? '' : String(to.page) })),
    }),
    invitations: found.invitations.map((one) => shownInvitation(one, place, caisse, now())),
  };
  web.send(ctx, 'cabinet/staff', locals, { status });
}

function shownPerson(person: CabinetPerson, place: CabinetPlace, caisse: Caisse): PersonOfCabinet {
  const { accountId, givenName, familyName, email, role, wholeFirm, namedBy, clients, since } = person;
  return {
    name: listedName({ givenName, familyName }),
    email,
    role: role === 'manager' ? 'Responsable' : wholeFirm ? 'Collaborateur' : null,
    namedBy,
    wholeFirm,
    clients,
    since: tellDate(since, caisse.timeZone),
    isYou: accountId === place.account.id,
    entrustHref: role === 'manager' ? null : place.href(`${FIRM}/confier?personne=${accountId}`),
    removeHref: role === 'manager' ? null : place.href(`${STAFF}/${accountId}/retirer`),
  };
}

function shownInvitation(
  { id, email, inviter, sentAt, expiresAt }: CabinetPeople['invitations'][number],
  place: CabinetPlace,
  caisse: Caisse,
  now: number,
): CabinetStaffLocals['invitations'][number] {
  const path = `${STAFF}/invitations/${id}`;
  return {
    email,
    inviter,
    sentOn: tellDate(sentAt, caisse.timeZone),
    until: expiresAt <= now ? null : tellDate(expiresAt, caisse.timeZone),
    seen: seenToInvite({ sentAt }),
    againAction: place.href(`${path}/renvoyer`),
    withdrawAction: place.href(`${path}/retirer`),
  };
}
