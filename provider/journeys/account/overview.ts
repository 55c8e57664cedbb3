/** The overview of My account, by itself or in the middle of a service's request (`prompt=manage_account`). */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { formatPhone } from '../../domain/phone.ts';
import { queryField } from '../../http/forms.ts';
import { sayingDone, seeOther } from '../../http/redirect.ts';
import type { AccountOverviewLocals } from '../../http/screens-account.ts';
import { type Back, backOf } from '../back-to-service.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { scopeFor, type Web } from '../web.ts';
import { delegationRows } from './delegation-rows.ts';
import { SEND_PATH } from './mobile-routes.ts';
import { noticeOf } from './notices.ts';
import { enter, localsOf, type Place, placeOf } from './place.ts';

const PATH = '/mon-compte';
const FROM = '/mon-compte/depuis';

export function overviewRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx, web, PATH);
    if (!place) return;
    const sender = place.from === '' ? null : await web.interactions.sender(ctx, place.from);
    if (sender?.prompt === 'manage_account') return lead(ctx, place.home);
    await show(ctx, web, place, await backOf(ctx, web, place));
  });
  router.get(`${FROM}/:uid`, async (ctx) => {
    if (await isSentForRights(ctx, web)) {
      const { basePath } = scopeFor(ctx).caisse;
      return lead(ctx, `${basePath}${PATH}?depuis=${ctx.params.uid}`);
    }
    const interaction = await pending(ctx, web.interactions, 'manage_account');
    if (interaction) await showFrom(ctx, web, interaction);
  });
  router.post(`${FROM}/:uid`, async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'manage_account');
    if (interaction) await finish(ctx, web.interactions, { kind: 'account_managed' });
  });
  router.get(`${FROM}/:uid/annuler`, async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'manage_account');
    if (interaction) await finish(ctx, web.interactions, { kind: 'refused' });
  });
}

/** Pages of My account lead back here whoever sent the person: whom a service sent to his rights goes on with these. */
const isSentForRights = async (ctx: Context, web: Web): Promise<boolean> =>
  (await web.interactions.sender(ctx, String(ctx.params.uid)))?.prompt === 'manage_delegations';

/** To the overview at its other address, which says what was done. */
function lead(ctx: Context, home: string): void {
  const done = queryField(ctx, 'fait');
  seeOther(ctx, /^[\w-]{1,60}$/.test(done) ? sayingDone(home, done) : home);
}

/** Signed in no more (a new address waits, the session was ended elsewhere): the policy says what is next. */
async function showFrom(ctx: Context, web: Web, interaction: Interaction): Promise<void> {
  const session = await web.interactions.session(ctx);
  const place = session && (await placeOf(ctx, session, interaction.uid));
  if (!place) return leadOn(ctx, web.interactions);
  const { home } = place;
  await show(ctx, web, place, {
    action: home,
    cancelHref: `${home}/annuler`,
    serviceName: interaction.service.name,
    formTargets: formTargets(interaction),
  });
}

async function show(ctx: Context, web: Web, place: Place, back: Back | null): Promise<void> {
  const { timeZone } = scopeFor(ctx).caisse;
  const { account, href } = place;
  const locals: AccountOverviewLocals = {
    ...localsOf(ctx, place, noticeOf(ctx)),
    errors: [],
    givenName: account.givenName,
    familyName: account.familyName,
    email: account.email,
    emailCertifiedOn: account.emailCertifiedAt === null ? null : tellDate(account.emailCertifiedAt, timeZone),
    landline: account.landline && formatPhone(account.landline),
    mobile: account.mobile && formatPhone(account.mobile),
    mobileCertified: account.mobileCertifiedAt !== null,
    hrefs: {
      email: href('/mon-compte/adresse-electronique'),
      password: href('/mon-compte/mot-de-passe'),
      contact: href('/mon-compte/coordonnees'),
      certify: href(SEND_PATH),
      access: href('/mon-compte/acces'),
    },
    more: [
      {
        name: 'Connexion en deux étapes',
        value: 'Un code de votre téléphone en plus du mot de passe',
        label: 'Gérer',
        about: 'la connexion en deux étapes',
        href: href('/mon-compte/double-authentification'),
      },
      ...(await delegationRows(ctx, place)),
    ],
    back,
  };
  web.send(ctx, 'account/overview', locals, { formTargets: back?.formTargets ?? [] });
}
