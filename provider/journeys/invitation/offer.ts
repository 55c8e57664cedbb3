/** The invitation that a link or a signed-in person brings up, as its pages show it; and why it leads no further. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { emailKey } from '../../domain/email.ts';
import type { OfferShown } from '../../http/screens-invitation.ts';
import { type Account, findAccount, findCredentials } from '../../store/accounts.ts';
import { findCabinet } from '../../store/cabinets.ts';
import { type Delegation, findInvited } from '../../store/delegation-acts.ts';
import { findInvitation, findInvitationByToken, type Invitation } from '../../store/invitations.ts';
import type { Scope } from '../../tenant/scope.ts';
import { giverOf, partsOf, standing } from '../invited.ts';
import { leadsOn, type Telling, tell } from '../told.ts';
import { scopeFor, type Web } from '../web.ts';

export type Offered = {
  readonly invitation: Invitation;
  /** What still waits for the answer; empty for the invitation to a firm. */
  readonly waiting: readonly Delegation[];
  readonly offer: OfferShown;
  /** What others know of the company, which no password should be made of. */
  readonly known: readonly string[];
};

/** null, once the page that tells why has been sent, when there is nothing (any more) to answer. */
export async function offeredBy(ctx: Context, web: Web, token: string): Promise<Offered | null> {
  const { store, now } = scopeFor(ctx);
  return presented(ctx, web, token === '' ? undefined : await findInvitationByToken(store, token, now()));
}

/** As `offeredBy`, to somebody who is signed in with the address that was invited; undefined for anybody else. */
export async function offeredTo(
  ctx: Context,
  web: Web,
  { account, invitationId }: { readonly account: Account; readonly invitationId: string },
): Promise<Offered | null | undefined> {
  const { store, now } = scopeFor(ctx);
  const invitation = await findInvitation(store, invitationId, now());
  if (!invitation || !isInvited(account, invitation)) return undefined;
  return presented(ctx, web, invitation);
}

export const isInvited = ({ email, status }: Account, invitation: Invitation): boolean =>
  status === 'active' && emailKey(email) === invitation.emailKey;

/** Whose address was invited, when somebody has an account with it. */
export async function accountInvited({ store }: Scope, invitation: Invitation): Promise<Account | undefined> {
  const found = await findCredentials(store, invitation.emailKey);
  return found && findAccount(store, found.id);
}

async function presented(ctx: Context, web: Web, found: Invitation | undefined): Promise<Offered | null> {
  const scope = scopeFor(ctx);
  if (found?.state !== 'awaiting_beneficiary') return ended(ctx, web, found);
  const invited = await findInvited(scope.store, found.id);
  const waiting = standing(invited, ['awaiting_beneficiary'], scope.now());
  if (found.kind !== 'member' && waiting.length === 0) {
    tell(ctx, web, { ...ENDS.over, status: 410 });
    return null;
  }
  const cabinet = found.cabinetId === null ? undefined : await findCabinet(scope.store, found.cabinetId);
  const [first] = waiting;
  const inviter = first
    ? await giverOf(scope.store, found, first)
    : await findAccount(scope.store, found.inviterAccountId);
  const cabinetName = cabinet?.name ?? null;
  return {
    invitation: found,
    waiting,
    offer: {
      kind: found.kind,
      inviter: inviter ? `${inviter.givenName} ${inviter.familyName}` : '',
      byCaisse: found.byCaisse,
      company: first
        ? { raisonSociale: first.site.raisonSociale, identifiant: first.site.identifiant }
        : null,
      cabinetName,
      parts: partsOf(waiting, scope.caisse),
      until: tellDate(found.expiresAt, scope.caisse.timeZone),
      needsConfirmation: found.needsConfirmation,
    },
    known: [
      cabinetName ?? '',
      ...waiting.flatMap(({ site }) => [site.raisonSociale, site.identifiant, site.siret]),
    ].filter((word) => word !== ''),
  };
}

type End = Pick<Telling, 'title' | 'kind' | 'paragraphs'>;

const ENDS = {
  unknown: {
    kind: 'warning',
    title: 'Ce lien n’est pas valable',
    paragraphs: [
      'Il a peut-être été coupé\u00a0: copiez l’adresse entière depuis le courriel. Si plusieurs invitations vous sont parvenues, seul le lien de la dernière fonctionne.',
      'Sinon, demandez à la personne qui vous a invité de vous envoyer une nouvelle invitation.',
    ],
  },
  lapsed: {
    kind: 'warning',
    title: 'Cette invitation a expiré',
    paragraphs: [
      'Elle est restée trop longtemps sans réponse. Demandez à la personne qui vous a invité de vous la renvoyer\u00a0: un nouveau lien vous parviendra.',
    ],
  },
  unconfirmed: {
    kind: 'warning',
    title: 'La confirmation n’est pas venue à temps',
    paragraphs: [
      'Vous aviez accepté, mais la demande est restée trop longtemps sans confirmation. Demandez à la personne qui vous a invité de la rouvrir\u00a0: vous n’aurez rien à saisir de nouveau.',
    ],
  },
  waiting: {
    kind: 'sent',
    title: 'Vous avez déjà accepté',
    paragraphs: [
      'Votre réponse est enregistrée et une demande de confirmation est partie à la personne qui vous a invité. Un courriel vous préviendra dès qu’elle aura confirmé.',
    ],
  },
  confirmed: {
    kind: 'success',
    title: 'Cette invitation a déjà servi',
    paragraphs: [
      'Vous l’avez acceptée et tout est ouvert\u00a0: connectez-vous avec votre adresse électronique et votre mot de passe.',
    ],
  },
  refused: {
    kind: 'warning',
    title: 'Vous avez refusé cette invitation',
    paragraphs: [
      'Aucun droit ne vous a été donné. Si c’était une erreur, demandez à la personne qui vous a invité de vous envoyer une nouvelle invitation.',
    ],
  },
  denied: {
    kind: 'warning',
    title: 'Votre demande n’a pas été confirmée',
    paragraphs: [
      'Vous aviez accepté, mais l’administrateur n’a pas confirmé. Si cela vous surprend, adressez-vous à la personne qui vous a invité.',
    ],
  },
  withdrawn: {
    kind: 'warning',
    title: 'Cette invitation a été retirée',
    paragraphs: [
      'La personne qui vous a invité, ou un autre administrateur, l’a retirée. Si cela vous surprend, adressez-vous à elle.',
    ],
  },
  over: {
    kind: 'warning',
    title: 'Cette invitation n’a plus d’objet',
    paragraphs: [
      'Les droits qu’elle proposait ont pris fin ou ont été retirés. Si cela vous surprend, adressez-vous à la personne qui vous a invité.',
    ],
  },
} as const satisfies Readonly<Record<string, End>>;

/** The same sentence where no person has invited. */
const byCaisse = (text: string): string =>
  text
    .replace('La personne qui vous a invité', 'Votre caisse')
    .replace('la personne qui vous a invité', 'votre caisse');

function endOf(invitation: Invitation): Exclude<keyof typeof ENDS, 'unknown' | 'over'> {
  switch (invitation.state) {
    case 'refused':
      return invitation.acceptedAt === null ? 'refused' : 'denied';
    case 'lapsed':
      return invitation.acceptedAt === null ? 'lapsed' : 'unconfirmed';
    case 'confirmed':
    case 'withdrawn':
      return invitation.state;
    default:
      return 'waiting';
  }
}

function ended(ctx: Context, web: Web, found: Invitation | undefined): null {
  if (!found) {
    tell(ctx, web, { ...ENDS.unknown, status: 404 });
    return null;
  }
  const end = endOf(found);
  const next = end === 'confirmed' ? leadsOn(ctx, web, 'Me connecter') : null;
  const paragraphs = ENDS[end].paragraphs.map((text) => (found.byCaisse ? byCaisse(text) : text));
  tell(ctx, web, { ...ENDS[end], paragraphs, status: 410, next });
  return null;
}
