/** The people of a firm: its manager sees them, invites, and removes. */
import type { Context } from 'koa';
import { parseEmail } from '../../domain/email.ts';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { goTo, localsOf } from '../delegation-place.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type CabinetPlace, enterCabinet } from './cabinet-place.ts';
import { invitedMember, inviteMember, inviteMemberAgain, withdrawMember } from './invite-member.ts';
import { removeRoutes } from './remove-routes.ts';
import { STAFF, showStaff } from './show-staff.ts';

const INVITE = `${STAFF}/inviter`;

export const staffRoutes: Routes = (router, web) => {
  router.get(STAFF, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await showStaff(ctx, web, place);
  });
  router.get(INVITE, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) showInvite(ctx, web, place, { email: '' });
  });
  router.post(INVITE, (ctx) => submitInvite(ctx, web));
  router.post(`${STAFF}/invitations/:invitation/renvoyer`, (ctx) => sendAgain(ctx, web));
  router.post(`${STAFF}/invitations/:invitation/retirer`, (ctx) => withdraw(ctx, web));
  removeRoutes(router, web);
};

type Shown = {
  readonly email: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function showInvite(ctx: Context, web: Web, place: CabinetPlace, shown: Shown): void {
  const { email, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const locals = {
    cabinet: place.cabinet.name,
    staffHref: place.href(STAFF),
    action: place.href(INVITE),
    email,
    errors,
  };
  web.send(ctx, 'cabinet/invite', { ...localsOf(ctx, place, notice), ...locals }, { status });
}

const MOST_EMAIL = 320;

const REFUSED = {
  belongs: 'Cette personne appartient déjà à votre cabinet.',
  waiting:
    'Une invitation attend déjà une réponse à cette adresse. Vous pouvez la renvoyer depuis la liste des collaborateurs.',
} as const;

async function submitInvite(ctx: Context, web: Web): Promise<void> {
  const place = await enterCabinet(ctx, web);
  if (!place) return;
  const typed = field(ctx, 'email').trim().slice(0, MOST_EMAIL);
  const email = parseEmail(typed);
  const refuse = (message: string) =>
    showInvite(ctx, web, place, { email: typed, errors: [{ field: 'email', message }] });
  if (email === null)
    return refuse('Saisissez une adresse électronique complète, par exemple prenom.nom@cabinet.fr.');
  const seconds = await countInvitation(scopeFor(ctx), { inviterId: place.account.id, email });
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return showInvite(ctx, web, place, { email: typed, status: 429, notice: tooManyTries(seconds) });
  }
  const asked = await inviteMember(scopeFor(ctx), place, email);
  if (asked !== 'invited') return refuse(REFUSED[asked]);
  goTo(ctx, place, STAFF, 'invitation');
}

const invitationIn = (ctx: Context): string => String(ctx.params.invitation ?? '');

async function sendAgain(ctx: Context, web: Web): Promise<void> {
  const place = await enterCabinet(ctx, web);
  if (!place) return;
  const invitationId = invitationIn(ctx);
  const email = await invitedMember(scopeFor(ctx), place, invitationId);
  const seconds = await countInvitation(scopeFor(ctx), { inviterId: place.account.id, email });
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return showStaff(ctx, web, place, { status: 429, notice: tooManyTries(seconds) });
  }
  await inviteMemberAgain(scopeFor(ctx), place, { invitationId, seen: field(ctx, 'vu') });
  goTo(ctx, place, STAFF, 'renvoi');
}

async function withdraw(ctx: Context, web: Web): Promise<void> {
  const place = await enterCabinet(ctx, web);
  if (!place) return;
  await withdrawMember(scopeFor(ctx), place, invitationIn(ctx));
  goTo(ctx, place, STAFF, 'retrait');
}
