/** Whoever has an account answers with it: signed in, by the name of the invitation alone, and nobody else may. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { isId } from '../../store/handle.ts';
import { lookOf } from '../../tenant/look.ts';
import { signedIn } from '../interaction.ts';
import { seenOf } from '../invited.ts';
import { scopeFor, type Web } from '../web.ts';
import { accept } from './accept.ts';
import { conclude } from './conclude.ts';
import { CHANGED } from './form-routes.ts';
import { type Offered, offeredTo } from './offer.ts';

const PATH = '/invitation/reponse/:id';

export function answerRoutes(router: Router, web: Web): void {
  router.get(PATH, (ctx) => asInvited(ctx, web, (invited) => show(ctx, web, invited)));
  router.post(PATH, (ctx) => asInvited(ctx, web, (invited) => answer(ctx, web, invited)));
  router.get(`${PATH}/autre-compte`, (ctx) => {
    // However fresh the session is: another person's sign-in takes its place.
    seeOther(ctx, web.interactions.signInFirst(ctx, pathTo(idIn(ctx)), { again: true }));
  });
}

export type Invited = { readonly account: Account; readonly offered: Offered };

/** Signed in with the address that was invited; else leads to the sign-in, or says that it is not for this account. */
export async function asInvited(
  ctx: Context,
  web: Web,
  act: (invited: Invited) => void | Promise<void>,
): Promise<void> {
  const { store, now } = scopeFor(ctx);
  const invitationId = idIn(ctx);
  const session = await signedIn(ctx, web.interactions, { path: pathTo(invitationId), now: now() });
  if (!session) return;
  const account = await findAccount(store, session.accountId);
  if (!account) throw new Refusal('not_found');
  const offered = await offeredTo(ctx, web, { account, invitationId });
  if (offered === undefined) return showOther(ctx, web, account);
  if (offered) await act({ account, offered });
}

/** @throws Refusal `not_found` for what can be no invitation: it would be written into addresses. */
function idIn(ctx: Context): string {
  const id = String(ctx.params.id);
  if (!isId(id)) throw new Refusal('not_found');
  return id;
}

export const pathTo = (invitationId: string): string => `/invitation/reponse/${invitationId}`;

async function answer(ctx: Context, web: Web, { account, offered }: Invited): Promise<void> {
  const { invitation, waiting, offer } = offered;
  const outcome = await accept(scopeFor(ctx), {
    invitationId: invitation.id,
    seen: waiting.length === 0 ? '' : field(ctx, 'vu'),
    by: { accountId: account.id },
    signInHref: web.interactions.defaultService(ctx)?.href ?? null,
  });
  await conclude(ctx, web, outcome, {
    isFirm: offer.kind === 'member',
    again: () => asInvited(ctx, web, (now) => show(ctx, web, now, { notice: CHANGED, status: 409 })),
  });
}

const personOf = ({ caisse }: ReturnType<typeof scopeFor>, { givenName, familyName, email }: Account) => ({
  name: `${givenName} ${familyName}`,
  email,
  signOutHref: `${caisse.basePath}/session/end`,
});

function show(
  ctx: Context,
  web: Web,
  { account, offered }: Invited,
  { notice = null, status = 200 }: { readonly notice?: Notice | null; readonly status?: number } = {},
): void {
  const scope = scopeFor(ctx);
  const path = scope.caisse.basePath + pathTo(offered.invitation.id);
  const locals = {
    look: lookOf(scope.caisse),
    service: null,
    errors: [],
    person: personOf(scope, account),
    notice,
    offer: offered.offer,
    seen: seenOf(offered.waiting),
    action: path,
    refuseHref: `${path}/refuser`,
  };
  web.send(ctx, 'invitation/answer', locals, { status });
}

/** The same for an invitation of somebody else and for none: who guesses learns nothing. */
function showOther(ctx: Context, web: Web, account: Account): void {
  const scope = scopeFor(ctx);
  const locals = {
    look: lookOf(scope.caisse),
    service: null,
    errors: [],
    person: personOf(scope, account),
    switchHref: `${scope.caisse.basePath}${pathTo(idIn(ctx))}/autre-compte`,
  };
  web.send(ctx, 'invitation/other-account', locals, { status: 404 });
}
