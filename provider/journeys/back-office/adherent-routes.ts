/** Adhérents: their sites and who administers them, which firm is attached, all that hangs on them; what may be done. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import type { OfficeRow } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import { findCameBack } from '../../store/letter-returns.ts';
import {
  type Adherent,
  type AttachmentSeen,
  findAdherent,
  listAttachments,
  listDuplicates,
  listSitesOf,
  type SiteOfAdherent,
} from '../../store/office-adherents.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { addressOf, askedPage } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { lastLines, PARTS, type Part } from './adherent-parts.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { codeLetterRoutes, returnedFact } from './code-letter-routes.ts';
import { type ListGiven, PER_PAGE, pagesOf, sendPage } from './page.ts';
import { siteRoutes } from './site-routes.ts';

export const adherentRoutes: Routes = (router, web) => {
  router.get('/gestion/adherents/:id', async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showAdherent(ctx, web, office);
  });
  for (const part of PARTS) {
    router.get(`/gestion/adherents/:id/${part.slug}`, async (ctx) => {
      const office = await enterOffice(ctx, web);
      if (office) await showPart(ctx, web, office, part);
    });
  }
  for (const routes of [attachmentRoutes, codeLetterRoutes, siteRoutes]) routes(router, web);
};

const SECTION = '/gestion';

const DONE_AT_ADHERENT = {
  rattachement: 'Le cabinet est rattaché. L’entreprise peut désormais lui déléguer des droits.',
  detachement: 'Le cabinet est détaché. Ce qui lui était délégué a pris fin.',
  courrier:
    'La demande est enregistrée. Un nouveau code partira par courrier pour chaque site dont l’espace n’est pas ouvert.',
};

/** Of each part, on the page of the adhérent. */
const FEW = 5;

async function adherentAt(ctx: Context): Promise<Adherent> {
  const adherent = await findAdherent(scopeFor(ctx).store, String(ctx.params.id));
  if (!adherent) throw new Refusal('not_found');
  return adherent;
}

async function showPart(ctx: Context, web: Web, office: Office, part: Part): Promise<void> {
  const { basePath } = scopeFor(ctx).caisse;
  const adherent = await adherentAt(ctx);
  const asked = askedPage(ctx, PER_PAGE);
  const page = { limit: asked.perPage, offset: (asked.page - 1) * asked.perPage };
  const { matching, rows } = await part.read(ctx, adherent, page);
  const path = `/gestion/adherents/${adherent.id}`;
  sendPage(ctx, web, office, {
    section: SECTION,
    trail: [
      { label: 'Recherche', href: `${basePath}/gestion` },
      { label: adherent.raisonSociale, href: basePath + path },
    ],
    title: part.title,
    lead: `${adherent.raisonSociale}, adhérent ${adherent.identifiant}`,
    done: {},
    lists: [
      {
        id: part.slug,
        title: matching === 0 ? part.title : count(matching, part.one, part.many),
        empty: part.empty,
        rows,
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path: `${path}/${part.slug}`,
          label: `Pages\u00a0: ${part.title}`,
          unit: `${part.many} par page`,
        }),
      },
    ],
  });
}

async function showAdherent(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const adherent = await adherentAt(ctx);
  const search = queryField(ctx, 'q').trim().slice(0, 200);
  const asked = askedPage(ctx, PER_PAGE);
  const [{ matching, sites }, attachments, parts, lines, duplicates, cameBack] = await Promise.all([
    listSitesOf(store, {
      adherentId: adherent.id,
      terms: searchTerms(search),
      now: now(),
      limit: asked.perPage,
      offset: (asked.page - 1) * asked.perPage,
    }),
    listAttachments(store, adherent.id),
    Promise.all(PARTS.map((part) => part.read(ctx, adherent, { limit: FEW, offset: 0 }))),
    lastLines(ctx, adherent, FEW),
    listDuplicates(store, adherent.id),
    findCameBack(store, adherent.id),
  ]);
  const path = `/gestion/adherents/${adherent.id}`;
  const href = caisse.basePath + path;
  sendPage(ctx, web, office, {
    section: SECTION,
    title: adherent.raisonSociale,
    lead: `Adhérent ${adherent.identifiant}`,
    done: DONE_AT_ADHERENT,
    warnings:
      duplicates.length === 0
        ? []
        : [
            {
              text: 'La même entreprise (même SIREN) a aussi des sites sous un autre identifiant. Rien n’est fusionné\u00a0: vérifiez avant d’agir.',
              links: duplicates.map((other) => ({
                label: `${other.raisonSociale} – ${other.identifiant} (SIREN\u00a0${other.siren})`,
                href: `${caisse.basePath}/gestion/adherents/${other.id}`,
              })),
            },
          ],
    facts: [...factsOf(adherent), ...(cameBack ? [returnedFact(ctx, cameBack)] : [])],
    acts: [
      { label: 'Rattacher un cabinet', href: `${href}/cabinets/rattacher` },
      { label: 'Envoyer un nouveau code par courrier', href: `${href}/courrier` },
    ],
    lists: [
      {
        id: 'sites',
        title: count(matching, 'site déclarant', 'sites déclarants'),
        empty: search === '' ? 'Aucun site.' : 'Aucun site ne répond à cette recherche.',
        rows: sites.map((site) => siteRow(site, caisse.basePath)),
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path,
          search,
          label: 'Pages des sites',
          unit: 'sites par page',
        }),
        search:
          search !== '' || matching > PER_PAGE[0]
            ? { action: href, value: search, label: 'Nom ou SIRET d’un site' }
            : null,
      },
      {
        id: 'cabinets',
        title: 'Cabinets comptables',
        empty: 'Aucun cabinet n’est rattaché à cet adhérent.',
        rows: attachments.map((one) => attachmentRow(ctx, adherent, one)),
      },
      ...PARTS.map((part, i) => partList(part, parts[i] ?? { matching: 0, rows: [] }, href)),
      {
        id: 'journal',
        title: 'Ce qui s’est passé',
        empty: 'Le journal ne dit rien de cet adhérent.',
        rows: lines,
        links: [
          {
            label: 'Voir le journal de cet adhérent',
            href: addressOf(`${caisse.basePath}/gestion/journal`, { adherent: adherent.identifiant }),
          },
        ],
      },
    ],
  });
}

/** The first of a part, and the way to the others. */
const partList = (
  part: Part,
  { matching, rows }: Awaited<ReturnType<Part['read']>>,
  href: string,
): ListGiven => ({
  id: part.slug,
  title: matching === 0 ? part.title : count(matching, part.one, part.many),
  empty: part.empty,
  rows,
  links:
    matching > rows.length
      ? [{ label: `Voir les ${count(matching, part.one, part.many)}`, href: `${href}/${part.slug}` }]
      : [],
});

const factsOf = (adherent: Adherent) => [
  ...(adherent.siren === null ? [] : [{ name: 'SIREN', value: groupSiret(adherent.siren) }]),
  {
    name: 'Adresse',
    value: adherent.postalAddress.length === 0 ? 'Non renseignée' : adherent.postalAddress.join(', '),
  },
];

const siteRow = (
  { id, name, siret, administrators, delegations }: SiteOfAdherent,
  basePath: string,
): OfficeRow => ({
  name,
  href: `${basePath}/gestion/sites/${id}`,
  badge: administrators.length === 0 ? 'Espace non ouvert' : null,
  standing: null,
  details: [
    `SIRET\u00a0${groupSiret(siret)}`,
    administrators.length === 0
      ? 'Aucun administrateur'
      : `${administrators.length === 1 ? 'Administrateur' : 'Administrateurs'}\u00a0: ${administrators.join(', ')}`,
    delegations === 0 ? 'Aucune délégation' : count(delegations, 'délégation', 'délégations'),
  ],
  acts: [],
});

function attachmentRow(ctx: Context, { id: adherentId }: Adherent, one: AttachmentSeen): OfficeRow {
  const { caisse, now } = scopeFor(ctx);
  const ended = one.to !== null && one.to <= now();
  const last = tellLastDay(one.to, caisse.timeZone);
  const from = tellDate(one.from, caisse.timeZone);
  return {
    name: one.name,
    href: `${caisse.basePath}/gestion/cabinets/${one.cabinetId}`,
    badge: ended ? 'Détaché' : one.from > now() ? 'À venir' : null,
    standing: null,
    details: [
      ended && one.to !== null
        ? `Rattaché du ${from} au ${tellDate(one.to, caisse.timeZone)}`
        : `Rattaché depuis le ${from}${last === null ? '' : `, jusqu’au ${last}`}`,
    ],
    acts: ended
      ? []
      : [
          {
            label: 'Détacher',
            href: `${caisse.basePath}/gestion/adherents/${adherentId}/cabinets/${one.id}/detacher`,
            about: `le cabinet ${one.name}`,
          },
        ],
  };
}
