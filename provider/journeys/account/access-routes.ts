/** Where one is signed in, and which services hold access: each can be ended here. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { tellDate, tellMoment } from '../../domain/dates.ts';
import { describeDevice } from '../../domain/user-agent.ts';
import { field } from '../../http/forms.ts';
import { sayingDone, seeOther } from '../../http/redirect.ts';
import {
  listServiceAccess,
  listSessions,
  type OpenSession,
  type ServiceAccess,
} from '../../store/sessions.ts';
import { scopeFor, type Web } from '../web.ts';
import { endOneSession, endOtherSessions, endService } from './end-access.ts';
import { noticeOf } from './notices.ts';
import { enter, localsOf, type Place } from './place.ts';

const PATH = '/mon-compte/acces';
const SESSION_PATH = '/mon-compte/acces/connexion';
const SERVICE_PATH = '/mon-compte/acces/service';

export function accessRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx, web, PATH);
    if (place) await show(ctx, web, place);
  });
  router.post(SESSION_PATH, (ctx) => endSession(ctx, web));
  router.post(SERVICE_PATH, (ctx) => endServiceAccess(ctx, web));
}

async function show(ctx: Context, web: Web, place: Place): Promise<void> {
  const { store, now, caisse } = scopeFor(ctx);
  const accountId = place.account.id;
  const [sessions, services] = await Promise.all([
    listSessions(store, accountId, now()),
    listServiceAccess(store, accountId, now()),
  ]);
  const isCurrent = ({ uid }: OpenSession): boolean => uid === place.session.uid;
  web.send(ctx, 'account/access', {
    ...localsOf(ctx, place, noticeOf(ctx)),
    errors: [],
    sessionAction: place.href(SESSION_PATH),
    serviceAction: place.href(SERVICE_PATH),
    // The one in use stands first: it is what the others are compared with.
    sessions: [...sessions]
      .sort((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)))
      .map((session) => ({
        uid: session.uid,
        device: describeDevice(session.userAgent ?? ''),
        since: tellMoment(session.signedInAt, caisse.timeZone),
        address: session.address,
        current: isCurrent(session),
      })),
    services: services.map((service) => ({
      clientId: service.clientId,
      siteId: service.siteId ?? '',
      name: service.name,
      site: siteOf(service),
      since: tellDate(service.since, caisse.timeZone),
    })),
  });
}

const siteOf = ({ raisonSociale, siteName }: ServiceAccess): string | null =>
  siteName === null ? null : `${raisonSociale} – ${siteName}`;

async function endSession(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  const { account, session } = place;
  const asked = field(ctx, 'session');
  if (asked === session.uid) {
    return seeOther(ctx, `${scopeFor(ctx).caisse.basePath}/session/end`);
  }
  const ended =
    field(ctx, 'others') === 'yes'
      ? await endOtherSessions(scopeFor(ctx), account, session.uid)
      : await endOneSession(scopeFor(ctx), account, asked);
  await web.interactions.tellServices(ctx, account.id, ended);
  goBack(ctx, place, ended.length > 1 ? 'connexions' : 'connexion');
}

async function endServiceAccess(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  await endService(scopeFor(ctx), place.account, {
    clientId: field(ctx, 'service'),
    siteId: field(ctx, 'site'),
  });
  goBack(ctx, place, 'service');
}

function goBack(ctx: Context, place: Place, done: string): void {
  seeOther(ctx, sayingDone(place.href(PATH), done));
}
