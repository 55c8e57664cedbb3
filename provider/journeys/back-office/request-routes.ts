/** The queue of requests for access, and the page of each: what was asked, what became of it, what may be done. */
import type { Context } from 'koa';
import { isOpen, type RequestStatus } from '../../domain/access-request.ts';
import { tellMoment } from '../../domain/dates.ts';
import { emailKey } from '../../domain/email.ts';
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import type { StatusShown } from '../../http/screens-list.ts';
import type { OfficePageLocals } from '../../http/screens-office-adherent.ts';
import { listHeads, listQueue, type QueuedRequest } from '../../store/access-request-queue.ts';
import { type AccessRequest, listSteps, type Step, type StepKind } from '../../store/access-requests.ts';
import { findCredentials } from '../../store/accounts.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { delegateNamed, directorNamed } from '../request-words.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { PER_PAGE, sendPage } from './page.ts';
import { loadRequest, requestActRoutes } from './request-acts.ts';

const PATH = '/gestion/demandes';

export const requestRoutes: Routes = (router, web) => {
  router.get(PATH, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showQueue(ctx, web, office);
  });
  router.get(`${PATH}/:id`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showRequest(ctx, web, office);
  });
  requestActRoutes(router, web);
};

export const STANDING: Readonly<Record<RequestStatus, StatusShown>> = {
  received: { status: 'waiting', label: 'Reçue', beside: null },
  incomplete: { status: 'waiting', label: 'Incomplète', beside: null },
  validated: { status: 'active', label: 'Validée', beside: null },
  refused: { status: 'inactive', label: 'Refusée', beside: null },
};

const ALL: readonly RequestStatus[] = ['received', 'incomplete', 'validated', 'refused'];

type Filter = { readonly value: string; readonly label: string; readonly statuses: readonly RequestStatus[] };

const FILTERS: readonly [Filter, ...Filter[]] = [
  { value: 'ouvertes', label: 'À traiter', statuses: ['received', 'incomplete'] },
  { value: 'recues', label: 'Reçues', statuses: ['received'] },
  { value: 'incompletes', label: 'Incomplètes', statuses: ['incomplete'] },
  { value: 'validees', label: 'Validées', statuses: ['validated'] },
  { value: 'refusees', label: 'Refusées', statuses: ['refused'] },
  { value: 'toutes', label: 'Toutes', statuses: ALL },
];

async function showQueue(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, caisse } = scopeFor(ctx);
  const search = queryField(ctx, 'q').trim().slice(0, 200);
  const asked = queryField(ctx, 'statut');
  // Whoever looks for one of them looks among all of them.
  const usual = search === '' ? 'ouvertes' : 'toutes';
  const filter = FILTERS.find(({ value }) => value === (asked || usual)) ?? FILTERS[0];
  const { page, perPage } = askedPage(ctx, PER_PAGE);
  const { matching, page: found } = await listQueue(store, {
    statuses: filter.statuses,
    terms: searchTerms(search),
    limit: perPage,
    offset: (page - 1) * perPage,
  });
  const action = caisse.basePath + PATH;
  const state = { q: search, statut: asked };
  web.send(ctx, 'office/requests', {
    ...officeLocals(ctx, office, PATH),
    action,
    search,
    filters: FILTERS.map(({ value, label }) => ({ value, label, chosen: value === filter.value })),
    total: count(matching, 'demande', 'demandes'),
    rows: found.map((request) => shownInQueue(request, action, caisse.timeZone)),
    narrowed: search !== '' || asked !== '',
    allHref: addressOf(action, { statut: 'toutes' }),
    paging:
      matching <= PER_PAGE[0]
        ? null
        : pagingOf({
            page,
            perPage,
            matching,
            sizes: PER_PAGE,
            label: 'Pages des demandes d’accès',
            unit: 'demandes',
            hrefOf: (to) =>
              addressOf(action, {
                ...state,
                page: to.page > 1 ? String(to.page) : '',
                par_page: to.perPage === PER_PAGE[0] ? '' : String(to.perPage),
              }),
          }),
  });
}

const DELEGATES = { cabinet: 'avec un cabinet comptable', employee: 'avec un salarié' } as const;

const shownInQueue = (request: QueuedRequest, action: string, timeZone: string) => ({
  href: `${action}/${request.id}`,
  name: request.raisonSociale,
  number: request.number,
  standing: STANDING[request.status],
  details: [
    `SIRET\u00a0${groupSiret(request.siret)}`,
    [request.director, ...(request.delegate ? [DELEGATES[request.delegate]] : [])].join(', '),
    `Reçue le ${tellMoment(request.createdAt, timeZone)}`,
  ],
});

const DONE = {
  completer: 'Le dirigeant est prévenu de ce qui manque.',
  valider: 'La demande est validée. Les identifiants partiront avec les prochains courriers.',
  refuser: 'La demande est refusée. Le dirigeant en est prévenu.',
};

async function showRequest(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const request = await loadRequest(ctx);
  const steps = await listSteps(store, request.id);
  const path = `${caisse.basePath}${PATH}/${request.id}`;
  sendPage(ctx, web, office, {
    section: PATH,
    trail: [{ label: 'Demandes d’accès', href: caisse.basePath + PATH }],
    title: `Demande ${request.number}`,
    badge: STANDING[request.status].label,
    warnings: isOpen(request.status) ? await warningsOf(ctx, request) : [],
    facts: factsOf(request, caisse.basePath),
    acts: isOpen(request.status)
      ? [
          { label: 'Valider', href: `${path}/valider` },
          { label: 'Demander un complément', href: `${path}/completer` },
          { label: 'Refuser', href: `${path}/refuser` },
        ]
      : [],
    lists: [
      {
        id: 'historique',
        title: 'Historique',
        empty: 'Rien.',
        rows: steps.map((step) => shownStep(step, caisse.timeZone)),
      },
    ],
    done: DONE,
  });
}

const factsOf = (request: AccessRequest, basePath: string): OfficePageLocals['facts'] => [
  {
    name: 'Entreprise',
    value: request.site.raisonSociale,
    detail: `N°\u00a0d’adhérent ${request.site.identifiant}`,
    act: {
      label: 'Voir',
      href: `${basePath}/gestion/adherents/${request.site.adherentId}`,
      about: 'la page de l’adhérent',
    },
  },
  { name: 'Site', value: request.site.name, detail: `SIRET\u00a0${groupSiret(request.site.siret)}` },
  ...directorNamed(request.director),
  ...(request.delegate === null
    ? [{ name: 'Délégation', value: 'Personne d’autre que le dirigeant' }]
    : delegateNamed(request.delegate)),
];

/** What an agent ought to know before he validates. */
async function warningsOf(ctx: Context, request: AccessRequest): Promise<OfficePageLocals['warnings']> {
  const { store } = scopeFor(ctx);
  const [heads, known] = await Promise.all([
    listHeads(store, request.site.id),
    findCredentials(store, emailKey(request.director.email)),
  ]);
  return [
    ...(heads.length > 0
      ? [
          {
            text: `Ce site a déjà un administrateur\u00a0: ${heads.join(', ')}. La validation en ajoute un autre.`,
            links: [],
          },
        ]
      : []),
    ...(known
      ? [
          {
            text: 'L’adresse électronique du dirigeant sert déjà à un compte de la caisse. À sa première connexion, il devra en donner une autre, ou associer ce site au compte qu’il a déjà.',
            links: [],
          },
        ]
      : []),
  ];
}

const STEPS: Readonly<Record<StepKind, string>> = {
  received: 'Demande reçue, convention envoyée',
  corrected: 'Demande corrigée par le demandeur, convention envoyée de nouveau',
  incomplete: 'Complément demandé',
  validated: 'Demande validée',
  refused: 'Demande refusée',
};

const shownStep = ({ kind, at, actor, note }: Step, timeZone: string) => ({
  name: STEPS[kind],
  href: null,
  badge: null,
  details: [
    `${tellMoment(at, timeZone)}${actor === null ? '' : `, par ${actor}`}`,
    ...(note === '' ? [] : [`«\u00a0${note}\u00a0»`]),
  ],
  standing: null,
  acts: [],
});
