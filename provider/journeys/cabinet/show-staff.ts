/** The list of a firm's people, and of the invitations that nobody has answered. */
import type { Context } from 'koa';
import { searchTerms } from '../../domain/search.ts';
import { queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import type { Link, Notice } from '../../http/screens.ts';
import type { CabinetStaffLocals, PersonOfCabinet } from '../../http/screens-cabinet.ts';
import { type CabinetPeople, type CabinetPerson, readCabinetPeople } from '../../store/cabinet-staff.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { localsOf } from '../delegation-place.ts';
import { scopeFor, type Web } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';

export const STAFF = '/mon-cabinet/collaborateurs';
const PER_PAGE = 25;

const DONE: Readonly<Record<string, readonly [title: string, text: string]>> = {
  invitation: ['L’invitation est partie', 'La personne rejoindra votre cabinet dès qu’elle l’aura acceptée.'],
  renvoi: ['L’invitation est repartie', 'Son nouveau lien remplace le précédent.'],
  retrait: ['L’invitation est retirée', 'Son lien ne fonctionne plus.'],
  depart: [
    'La personne ne fait plus partie de votre cabinet',
    'Elle a perdu tous les accès qu’elle avait par lui. Un message l’en informe.',
  ],
};

function noticeOf(ctx: Context): Notice | null {
  const done = queryField(ctx, 'fait');
  const [title, text] = (Object.hasOwn(DONE, done) ? DONE[done] : undefined) ?? [];
  return title === undefined || text === undefined ? null : { kind: 'success', title, text };
}

type Shown = { readonly status?: number; readonly notice?: Notice };

export async function showStaff(
  ctx: Context,
  web: Web,
  place: CabinetPlace,
  { status = 200, notice = noticeOf(ctx) ?? undefined }: Shown = {},
): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const search = queryField(ctx, 'q').slice(0, 200);
  const asked = Number(queryField(ctx, 'page'));
  const page = Number.isInteger(asked) && asked >= 1 && asked <= 100_000 ? asked : 1;
  const read = (at: number) =>
    readCabinetPeople(store, {
      cabinetId: place.cabinet.id,
      now: now(),
      terms: searchTerms(search),
      limit: PER_PAGE,
      offset: (at - 1) * PER_PAGE,
    });
  const found = await read(page);
  const last = lastPage(found.matching, PER_PAGE);
  const shown = page > last ? await read(last) : found;
  const locals = {
    ...localsOf(ctx, place, notice ?? null),
    errors: [],
    cabinet: place.cabinet.name,
    homeHref: place.href('/mon-cabinet'),
    staffHref: place.href(STAFF),
    inviteHref: place.href(`${STAFF}/inviter`),
    ...searchOf(place, search),
    all: shown.all,
    matching: shown.matching,
    people: shown.people.map((person) => shownPerson(person, place, caisse)),
    ...pagesOf(place, { search, page: Math.min(page, last), last }),
    invitations: shown.invitations.map((one) => shownInvitation(one, place, caisse, now())),
  };
  web.send(ctx, 'cabinet/staff', locals, { status });
}

const dayIn = (at: number, { timeZone }: Caisse): string =>
  new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone }).format(at);

function shownPerson(person: CabinetPerson, place: CabinetPlace, caisse: Caisse): PersonOfCabinet {
  const { accountId, givenName, familyName, email, role, wholeFirm, namedBy, clients, since } = person;
  return {
    name: `${givenName} ${familyName}`,
    email,
    role: role === 'manager' ? 'Responsable' : wholeFirm ? 'Collaborateur' : null,
    namedBy,
    wholeFirm,
    clients,
    since: dayIn(since, caisse),
    isYou: accountId === place.account.id,
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
    sentOn: dayIn(sentAt, caisse),
    until: expiresAt <= now ? null : dayIn(expiresAt, caisse),
    againAction: place.href(`${path}/renvoyer`),
    withdrawAction: place.href(`${path}/retirer`),
  };
}

/** A form of the method GET drops the query of its address: what that says goes along as fields. */
function searchOf(place: CabinetPlace, search: string) {
  const [searchAction = '', query] = place.href(STAFF).split('?');
  const searchFields = [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
  return { search, searchAction, searchFields };
}

type Pages = { readonly search: string; readonly page: number; readonly last: number };

function pagesOf(place: CabinetPlace, { search, page, last }: Pages) {
  const link = (to: number, label: string): Link | null => {
    if (to < 1 || to > last) return null;
    const query = new URLSearchParams({ ...(search !== '' && { q: search }), page: String(to) });
    return { label, href: place.href(`${STAFF}?${query}`) };
  };
  return { page, last, previous: link(page - 1, 'Précédente'), next: link(page + 1, 'Suivante') };
}
