/**
 * What hangs on an adhérent beside its sites: who reaches it, what is delegated, which letters left, which requests came,
 * what happened. The first lines of each stand on its page, all of them on a page of their own.
 */
import type { Context } from 'koa';
import { tellDate, tellMoment } from '../../domain/dates.ts';
import { groupSiret } from '../../http/format.ts';
import type { OfficeRow } from '../../http/screens-office-adherent.ts';
import { listRequestsOf, type QueuedRequest } from '../../store/access-request-queue.ts';
import { type AuditLine, listAudit } from '../../store/audit-log.ts';
import {
  countLettersToAdherent,
  listLettersToAdherent,
  type SentLetter,
} from '../../store/letter-returns.ts';
import {
  type AccountOfAdherent,
  type Adherent,
  listAccountsOf,
  listDelegationsAt,
} from '../../store/office-adherents.ts';
import { scopeFor } from '../web.ts';
import { lineShown } from './audit-shown.ts';
import { delegationRow } from './delegation-row.ts';
import { detailsOf, SECTION as LETTERS, titleOfLetter } from './letter-words.ts';
import { STANDING } from './request-routes.ts';
import { ACCOUNT_STATUS } from './words.ts';

export type Part = {
  /** Of its own page, under the adhérent's. */
  readonly slug: string;
  readonly title: string;
  readonly one: string;
  readonly many: string;
  readonly empty: string;
  readonly read: (
    ctx: Context,
    adherent: Adherent,
    page: { readonly limit: number; readonly offset: number },
  ) => Promise<{ readonly matching: number; readonly rows: readonly OfficeRow[] }>;
};

export const PARTS: readonly Part[] = [
  {
    slug: 'comptes',
    title: 'Comptes',
    one: 'compte',
    many: 'comptes',
    empty: 'Personne n’accède à cet adhérent\u00a0: aucun espace n’est ouvert.',
    async read(ctx, { id: adherentId }, page) {
      const { store, now } = scopeFor(ctx);
      const { matching, accounts } = await listAccountsOf(store, { adherentId, now: now(), ...page });
      return { matching, rows: accounts.map((one) => accountRow(ctx, one)) };
    },
  },
  {
    slug: 'delegations',
    title: 'Droits et délégations',
    one: 'droit ou délégation',
    many: 'droits et délégations',
    empty: 'Aucun droit n’a été donné sur les sites de cet adhérent.',
    async read(ctx, { id: adherentId }, page) {
      const { store, now } = scopeFor(ctx);
      const asked = { adherentId, siteId: null, now: now(), ...page };
      const { matching, delegations } = await listDelegationsAt(store, asked);
      return { matching, rows: delegations.map((one) => delegationRow(ctx, one, { withSite: true })) };
    },
  },
  {
    slug: 'courriers',
    title: 'Courriers',
    one: 'courrier',
    many: 'courriers',
    empty: 'Aucun courrier n’a été fait pour cet adhérent.',
    async read(ctx, { id }, page) {
      const { store, now } = scopeFor(ctx);
      const letters = await listLettersToAdherent(store, id, { now: now(), ...page });
      const matching = await countLettersToAdherent(store, id);
      return { matching, rows: letters.map((one) => letterRow(ctx, one)) };
    },
  },
  {
    slug: 'demandes',
    title: 'Demandes d’accès',
    one: 'demande d’accès',
    many: 'demandes d’accès',
    empty: 'Aucune demande d’accès n’est venue pour cet adhérent.',
    async read(ctx, { id: adherentId }, asked) {
      const { matching, page } = await listRequestsOf(scopeFor(ctx).store, { adherentId, ...asked });
      return { matching, rows: page.map((one) => requestRow(ctx, one)) };
    },
  },
];

/** The last lines of the journal that are of its sites, or name it. */
export async function lastLines(
  ctx: Context,
  { identifiant }: Adherent,
  limit: number,
): Promise<readonly OfficeRow[]> {
  const { store, caisse } = scopeFor(ctx);
  const filter = {
    kinds: [],
    person: [],
    siret: null,
    adherent: identifiant.replace(/[ .-]/g, '').toUpperCase(),
    address: null,
    from: null,
    to: null,
    requestId: null,
  };
  const lines = await listAudit(store, { filter, place: null, toward: 'older', limit });
  return lines.map((line) => auditRow(line, caisse));
}

function accountRow(ctx: Context, { id, name, email, status, sites, heads }: AccountOfAdherent): OfficeRow {
  const { basePath } = scopeFor(ctx).caisse;
  const reach = `${sites}\u00a0${sites < 2 ? 'site' : 'sites'}`;
  const headed = heads === sites ? '' : ` de ${heads}`;
  return {
    name,
    href: `${basePath}/gestion/comptes/${id}`,
    badge: status === 'active' ? null : (ACCOUNT_STATUS[status] ?? null),
    standing: null,
    details: [
      email ?? 'Pas encore d’adresse électronique',
      heads > 0 ? `Accède à ${reach}, Administrateur Entreprise${headed}` : `Accède à ${reach}`,
    ],
    acts: [],
  };
}

function letterRow(ctx: Context, letter: SentLetter): OfficeRow {
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  return {
    name: titleOfLetter(letter),
    href: letter.batchId === null ? null : `${basePath}${LETTERS}/lots/${letter.batchId}`,
    badge: letter.returnedAt === null ? null : 'Non distribué',
    standing: null,
    details: detailsOf(letter, (at) => tellDate(at, timeZone)),
    acts: [],
  };
}

function requestRow(ctx: Context, request: QueuedRequest): OfficeRow {
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  return {
    name: `Demande ${request.number}`,
    href: `${basePath}/gestion/demandes/${request.id}`,
    badge: null,
    standing: STANDING[request.status],
    details: [
      `${request.director} – SIRET\u00a0${groupSiret(request.siret)}`,
      `Reçue le ${tellMoment(request.createdAt, timeZone)}`,
    ],
    acts: [],
  };
}

function auditRow(line: AuditLine, caisse: Parameters<typeof lineShown>[1]): OfficeRow {
  const { href, what, at, who, whom, site } = lineShown(line, caisse);
  return {
    name: what,
    href,
    badge: null,
    standing: null,
    details: [
      `Le ${at}${who === null ? '' : `, par ${who.name}`}${whom === null ? '' : `, pour ${whom.name}`}`,
      ...(site === null ? [] : [`${site.name} – SIRET\u00a0${groupSiret(site.siret)}`]),
    ],
    acts: [],
  };
}
