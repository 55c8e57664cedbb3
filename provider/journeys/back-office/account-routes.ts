/** A person's account: who it is, how he signs in, what he reaches, what happened; and what may be done about it. */
import type { Context } from 'koa';
import { tellDate, tellMoment, tellShortDate } from '../../domain/dates.ts';
import { standingOf } from '../../domain/delegation.ts';
import { describeDevice } from '../../domain/user-agent.ts';
import { count, groupSiret } from '../../http/format.ts';
import type { OfficeFact, OfficeRow } from '../../http/screens-office-adherent.ts';
import { type AccountSeen, type Held, listEndings, listHeld, listPast } from '../../store/office-accounts.ts';
import { countRecoveryCodes, findSecondFactor } from '../../store/second-factors.ts';
import { listSessions, type OpenSession } from '../../store/sessions.ts';
import type { Scope } from '../../tenant/scope.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { addressOf, askedPage } from '../paged.ts';
import { tellStanding } from '../standing-words.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { accountActRoutes } from './account-acts.ts';
import { accountPath, fullName, loadAccount, mayActOn } from './account-subject.ts';
import { kindWords } from './audit-words.ts';
import { PER_PAGE, pagesOf, sendPage } from './page.ts';
import { ACCOUNT_STATUS, STAFF_ROLES } from './words.ts';

export const accountRoutes: Routes = (router, web) => {
  router.get('/gestion/comptes/:id', async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await show(ctx, web, office);
  });
  accountActRoutes(router, web);
};

const DONE = {
  deblocage: 'La connexion est débloquée. La personne en est prévenue.',
  lien: 'Le lien est parti par courriel.',
  'double-authentification': 'La connexion en deux étapes est réinitialisée. La personne en est prévenue.',
  adresse: 'Le lien de confirmation est parti à la nouvelle adresse. L’ancienne en est prévenue.',
  fermeture: 'Le compte est fermé. La personne en est prévenue.',
  reouverture: 'Le compte est rouvert. Un lien est parti pour choisir un mot de passe.',
};

const PAST_SHOWN = 15;

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, now, caisse } = scope;
  const account = await loadAccount(ctx);
  const asked = askedPage(ctx, PER_PAGE);
  const [{ matching, held }, factor, left, sessions, past, { memberships }] = await Promise.all([
    listHeld(store, {
      accountId: account.id,
      now: now(),
      limit: asked.perPage,
      offset: (asked.page - 1) * asked.perPage,
    }),
    findSecondFactor(store, account.id),
    countRecoveryCodes(store, account.id),
    listSessions(store, account.id, now()),
    listPast(store, account.id, PAST_SHOWN),
    listEndings(store, account.id, now()),
  ]);
  const { basePath, timeZone } = caisse;
  const path = accountPath(account);
  const factorSince = factor?.confirmedAt ?? null;
  sendPage(ctx, web, office, {
    section: '/gestion',
    title: fullName(account),
    badge:
      account.status === 'active'
        ? (STAFF_ROLES[account.staffRole ?? ''] ?? null)
        : (ACCOUNT_STATUS[account.status] ?? null),
    lead: account.email ?? 'Pas encore d’adresse électronique',
    done: DONE,
    facts: [
      ...identityOf(account, timeZone),
      {
        name: 'Connexion en deux étapes',
        value: factorSince === null ? 'Non configurée' : `Configurée le ${tellDate(factorSince, timeZone)}`,
        detail:
          factorSince === null ? null : count(left, 'code de secours restant', 'codes de secours restants'),
      },
    ],
    acts: actsOn(office, account, { hasFactor: factorSince !== null }).map(({ label, path: at }) => ({
      label,
      href: `${basePath}${path}/${at}`,
    })),
    lists: [
      {
        id: 'sites',
        title: matching === 0 ? 'Sites' : count(matching, 'droit sur un site', 'droits sur des sites'),
        empty: 'Cette personne ne tient aucun droit par elle-même.',
        rows: held.map((one) => heldRow(scope, one)),
        paging: pagesOf(ctx, {
          ...asked,
          matching,
          path,
          label: 'Pages des droits',
          unit: 'droits par page',
        }),
      },
      ...(memberships.length === 0
        ? []
        : [
            {
              id: 'cabinets',
              title: 'Cabinets comptables',
              empty: '',
              rows: memberships.map(({ name, cabinetId, role }) => ({
                name,
                href: `${basePath}/gestion/cabinets/${cabinetId}`,
                badge: role === 'manager' ? 'Responsable' : 'Collaborateur',
                standing: null,
                details: [],
                acts: [],
              })),
            },
          ]),
      {
        id: 'connexions',
        title: 'Connexions en cours',
        empty: 'Aucune connexion en cours.',
        rows: sessions.map((session) => sessionRow(session, timeZone)),
      },
      {
        id: 'historique',
        title: 'Derniers événements',
        empty: 'Rien n’est encore arrivé à ce compte.',
        rows: past.map(({ kind, at, address, actor, actorId }) => ({
          name: kindWords(kind),
          href: null,
          badge: null,
          standing: null,
          acts: [],
          details: [
            [
              tellMoment(at, timeZone),
              ...(actor !== null && actorId !== account.id ? [`par ${actor}`] : []),
              ...(address === null ? [] : [`depuis ${address}`]),
            ].join(', '),
          ],
        })),
        links:
          account.email === null
            ? []
            : [
                {
                  label: 'Voir tout le journal de cette personne',
                  href: addressOf(`${basePath}/gestion/journal`, { personne: account.email }),
                },
              ],
      },
    ],
  });
}

function identityOf(account: AccountSeen, timeZone: string): OfficeFact[] {
  const { email, emailCertifiedAt, pendingEmail, mobile, mobileCertifiedAt } = account;
  return [
    {
      name: 'Adresse électronique',
      value: email ?? 'Aucune',
      detail:
        pendingEmail !== null
          ? `Nouvelle adresse à confirmer\u00a0: ${pendingEmail}`
          : emailCertifiedAt === null
            ? 'Jamais confirmée'
            : `Confirmée le ${tellDate(emailCertifiedAt, timeZone)}`,
    },
    {
      name: 'Statut',
      value: ACCOUNT_STATUS[account.status] ?? account.status,
      detail: `Ouvert le ${tellDate(account.createdAt, timeZone)}`,
    },
    {
      name: 'Téléphone mobile',
      value: mobile ?? 'Non renseigné',
      detail:
        mobile !== null && mobileCertifiedAt !== null
          ? `Certifié le ${tellDate(mobileCertifiedAt, timeZone)}`
          : null,
    },
    { name: 'Téléphone fixe', value: account.landline ?? 'Non renseigné' },
    {
      name: 'Mot de passe',
      value: account.hasPassword ? 'Choisi par la personne' : 'Pas encore choisi',
      detail: 'Personne d’autre ne le connaît, la caisse non plus',
    },
  ];
}

type ActOffered = { readonly label: string; readonly path: string };

function actsOn(
  office: Office,
  account: AccountSeen,
  { hasFactor }: { readonly hasFactor: boolean },
): ActOffered[] {
  if (!mayActOn(office, account)) return [];
  const { status, email, staffRole, pendingEmail } = account;
  const isOpen = status !== 'closed';
  const waits = status === 'deactivated' && pendingEmail !== null;
  return [
    ...(isOpen ? [{ label: 'Débloquer la connexion', path: 'debloquer' }] : []),
    ...(status === 'active' && email !== null
      ? [{ label: 'Envoyer un lien de nouveau mot de passe', path: 'mot-de-passe' }]
      : []),
    ...(hasFactor
      ? [{ label: 'Réinitialiser la connexion en deux étapes', path: 'double-authentification' }]
      : []),
    ...(email !== null && (status === 'active' || waits)
      ? [{ label: 'Changer l’adresse électronique', path: 'adresse' }]
      : []),
    ...(staffRole === null && isOpen ? [{ label: 'Fermer le compte', path: 'fermer' }] : []),
    ...(staffRole === null && !isOpen && email !== null
      ? [{ label: 'Rouvrir le compte', path: 'rouvrir' }]
      : []),
  ];
}

function heldRow({ caisse, now }: Scope, one: Held): OfficeRow {
  const standing = standingOf({ status: one.status, to: one.to, waitsUntil: null }, now());
  return {
    name: `${one.raisonSociale} – ${one.siteName}`,
    href: `${caisse.basePath}/gestion/sites/${one.siteId}`,
    badge:
      one.kind === 'enrolment'
        ? 'Administrateur Entreprise'
        : one.kind === 'staff'
          ? 'Collaborateur du cabinet'
          : one.admin
            ? 'Administrateur'
            : 'Utilisateur',
    standing: tellStanding(standing, one.from, now()),
    details: [
      `SIRET\u00a0${groupSiret(one.siret)}`,
      ...(one.giver === null ? [] : [`Donné par ${one.giver}`]),
      ...(one.to === null ? [] : [`Jusqu’au ${tellShortDate(one.to - 1, caisse.timeZone)}`]),
    ],
    acts: [],
  };
}

function sessionRow({ userAgent, address, signedInAt }: OpenSession, timeZone: string): OfficeRow {
  return {
    name: userAgent === null ? 'Appareil inconnu' : describeDevice(userAgent),
    href: null,
    badge: null,
    standing: null,
    details: [
      `Depuis le ${tellMoment(signedInAt, timeZone)}${address === null ? '' : `, adresse ${address}`}`,
    ],
    acts: [],
  };
}
