/** An accounting firm: its managers, whom the caisse alone names, its people and its clients. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { searchTerms } from '../../domain/search.ts';
import { count } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import type { OfficeRow } from '../../http/screens-office-adherent.ts';
import { type CabinetPerson, readCabinetPeople } from '../../store/cabinet-staff.ts';
import {
  type ClientOfFirm,
  listClientsOf,
  listManagers,
  listManagersInvited,
  type Manager,
  type ManagerInvited,
} from '../../store/office-firms.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { askedPage } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { firmActRoutes, loadFirm } from './firm-acts.ts';
import { PER_PAGE, pagesOf, sendPage } from './page.ts';

export const firmRoutes: Routes = (router, web) => {
  for (const [path, show] of [
    ['/gestion/cabinets/:id', showFirm],
    ['/gestion/cabinets/:id/personnes', showPeople],
  ] as const) {
    router.get(path, async (ctx) => {
      const office = await enterOffice(ctx, web);
      if (office) await show(ctx, web, office);
    });
  }
  firmActRoutes(router, web);
};

const DONE = {
  nomination: 'Le responsable est nommé. Il en est prévenu.',
  invitation: 'L’invitation est partie. La personne sera responsable dès qu’elle aura accepté.',
  retrait: 'Cette personne n’appartient plus au cabinet. Elle en est prévenue.',
  reprise: 'L’invitation est retirée.',
};

const listAsked = (ctx: Context) => {
  const search = queryField(ctx, 'q').trim().slice(0, 200);
  const asked = askedPage(ctx, PER_PAGE);
  return { search, asked, limit: asked.perPage, offset: (asked.page - 1) * asked.perPage };
};

async function showFirm(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const cabinet = await loadFirm(ctx);
  const { search, asked, ...page } = listAsked(ctx);
  const [managers, invited, { matching, clients }] = await Promise.all([
    listManagers(store, cabinet.id, now()),
    listManagersInvited(store, cabinet.id),
    listClientsOf(store, { cabinetId: cabinet.id, terms: searchTerms(search), now: now(), ...page }),
  ]);
  const path = `/gestion/cabinets/${cabinet.id}`;
  const href = caisse.basePath + path;
  sendPage(ctx, web, office, {
    section: '/gestion',
    title: cabinet.name,
    lead: 'Cabinet comptable',
    done: DONE,
    warnings:
      managers.length > 0
        ? []
        : [{ text: 'Ce cabinet n’a pas de responsable\u00a0: personne n’y confie de clients.', links: [] }],
    acts: [
      { label: 'Nommer un responsable', href: `${href}/responsables/nommer` },
      { label: 'Voir les personnes du cabinet', href: `${href}/personnes` },
    ],
    lists: [
      {
        id: 'responsables',
        title: managers.length < 2 ? 'Responsable' : 'Responsables',
        empty: 'Aucun responsable.',
        rows: [
          ...managers.map((one) => managerRow(one, { href, caisse })),
          ...invited.map((one) => invitedRow(one, { href, caisse, now: now() })),
        ],
      },
      {
        id: 'clients',
        title: count(matching, 'client rattaché', 'clients rattachés'),
        empty:
          search === ''
            ? 'Aucun adhérent n’est rattaché à ce cabinet.'
            : 'Aucun client ne répond à cette recherche.',
        rows: clients.map((one) => clientRow(one, caisse)),
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path,
          search,
          label: 'Pages des clients',
          unit: 'clients par page',
        }),
        search:
          search !== '' || matching > PER_PAGE[0]
            ? { action: href, value: search, label: 'Raison sociale ou identifiant d’un client' }
            : null,
      },
    ],
  });
}

type At = { readonly href: string; readonly caisse: Caisse };

const managerRow = (
  { accountId, givenName, familyName, email, since }: Manager,
  { href, caisse }: At,
): OfficeRow => ({
  name: `${givenName} ${familyName}`,
  href: `${caisse.basePath}/gestion/comptes/${accountId}`,
  badge: null,
  standing: null,
  details: [...(email === null ? [] : [email]), `Responsable depuis le ${tellDate(since, caisse.timeZone)}`],
  acts: [
    {
      label: 'Retirer',
      href: `${href}/responsables/${accountId}/retirer`,
      about: `du cabinet\u00a0: ${givenName} ${familyName}`,
    },
  ],
});

const invitedRow = (
  { id, email, sentAt, expiresAt }: ManagerInvited,
  { href, caisse, now }: At & { readonly now: number },
): OfficeRow => ({
  name: email,
  href: null,
  badge: expiresAt > now ? 'Invitation envoyée' : 'Délai dépassé',
  standing: null,
  details: [
    `Envoyée le ${tellDate(sentAt, caisse.timeZone)}${expiresAt > now ? `, valable jusqu’au ${tellDate(expiresAt - 1, caisse.timeZone)}` : ''}`,
  ],
  acts: [{ label: 'Retirer', href: `${href}/invitations/${id}/retirer`, about: `l’invitation à ${email}` }],
});

function clientRow(
  { id, identifiant, raisonSociale, from, to }: ClientOfFirm,
  { basePath, timeZone }: Caisse,
): OfficeRow {
  const last = tellLastDay(to, timeZone);
  return {
    name: raisonSociale,
    href: `${basePath}/gestion/adherents/${id}`,
    badge: null,
    standing: null,
    details: [
      `Identifiant ${identifiant}`,
      `Rattaché depuis le ${tellDate(from, timeZone)}${last === null ? '' : `, jusqu’au ${last}`}`,
    ],
    acts: [],
  };
}

async function showPeople(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const cabinet = await loadFirm(ctx);
  const { search, asked, ...page } = listAsked(ctx);
  const terms = searchTerms(search);
  const { matching, people } = await readCabinetPeople(store, {
    cabinetId: cabinet.id,
    terms,
    now: now(),
    ...page,
  });
  const firm = `/gestion/cabinets/${cabinet.id}`;
  const path = `${firm}/personnes`;
  const { basePath } = caisse;
  sendPage(ctx, web, office, {
    section: '/gestion',
    title: 'Personnes du cabinet',
    lead: cabinet.name,
    trail: [
      { label: 'Recherche', href: `${basePath}/gestion` },
      { label: cabinet.name, href: basePath + firm },
    ],
    done: {},
    lists: [
      {
        id: 'personnes',
        title: count(matching, 'personne', 'personnes'),
        empty:
          search === ''
            ? 'Personne n’appartient encore à ce cabinet.'
            : 'Personne ne répond à cette recherche.',
        rows: people.map((one) => personRow(one, { href: basePath + firm, caisse })),
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path,
          search,
          label: 'Pages des personnes',
          unit: 'personnes par page',
        }),
        search:
          search !== '' || matching > PER_PAGE[0]
            ? { action: basePath + path, value: search, label: 'Nom ou adresse électronique' }
            : null,
      },
    ],
  });
}

function personRow(one: CabinetPerson, { href, caisse }: At): OfficeRow {
  const name = `${one.givenName} ${one.familyName}`;
  const isManager = one.role === 'manager';
  const act = isManager
    ? { label: 'Retirer', path: 'retirer', about: `du cabinet\u00a0: ${name}` }
    : { label: 'Nommer responsable', path: 'nommer', about: name };
  return {
    name,
    href: `${caisse.basePath}/gestion/comptes/${one.accountId}`,
    badge: isManager ? 'Responsable' : one.wholeFirm ? 'Collaborateur' : 'Désigné par un client',
    standing: null,
    details: [
      ...(one.email === null ? [] : [one.email]),
      `Depuis le ${tellDate(one.since, caisse.timeZone)}, ${one.clients === 0 ? 'aucun client' : count(one.clients, 'client', 'clients')}`,
    ],
    // Whom a client named has never agreed to join the firm: he is invited, by his address.
    acts:
      isManager || one.wholeFirm
        ? [{ label: act.label, href: `${href}/responsables/${one.accountId}/${act.path}`, about: act.about }]
        : [],
  };
}
