/**
 * A request for access with a convention on paper, where the caisse offers it: identification by what the post brought,
 * the director and whom he delegates to, a recap, the convention by mail. Without the confidential code it does not go
 * on: whoever has lost it asks for a new one by post. What becomes of a request is the back office's.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { isOpen } from '../../domain/access-request.ts';
import { field, queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { AccessRequestValues } from '../../http/screens-access-request.ts';
import { findRequestByCode, findRequestByLink } from '../../store/access-requests.ts';
import type { Ticket } from '../../store/tickets.ts';
import { lookOf } from '../../tenant/look.ts';
import { identificationRoutes, identifyAgain } from '../identification.ts';
import { tooManyTries } from '../limits.ts';
import { conventionOf } from '../request-convention.ts';
import { delegateFacts, directorFacts } from '../request-words.ts';
import { isLive, presentedTicket } from '../ticket-cookie.ts';
import { linkGone, tell } from '../told.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import {
  askedOf,
  carriedOf,
  DELEGATE_FIELDS,
  DIRECTOR_FIELDS,
  delegateErrors,
  directorErrors,
  EMPTY,
  typedValues,
  valuesOf,
} from './form.ts';
import { submitRequest } from './submit.ts';

const PATH = '/demande-d-acces';

export const accessRequestRoutes: Routes = (router, web) => {
  router.get(`${PATH}/convention`, (ctx) => download(ctx, web));
  onlyWhereOffered(router, web);
  identificationRoutes(router, web, 'access_request');
  router.get(`${PATH}/dirigeant`, async (ctx) => {
    const ticket = await enter(ctx);
    if (!ticket) return;
    const known = await findRequestByCode(scopeFor(ctx).store, ticket.codeId);
    const { givenName, familyName } = ticket.expected;
    const expected = { ...EMPTY, given_name: givenName, family_name: familyName };
    showDirector(ctx, web, { ticket, values: known && isOpen(known.status) ? valuesOf(known) : expected });
  });
  router.post(`${PATH}/dirigeant`, (ctx) => submit(ctx, web));
  router.get(`${PATH}/envoyee`, (ctx) => showSent(ctx, web));
};

/** A link that was sent goes on working where requests are no longer taken. */
function onlyWhereOffered(router: Router, web: Web): void {
  router.use(PATH, async (koa, next) => {
    const ctx = koa as unknown as Context;
    const { basePath, settings } = scopeFor(ctx).caisse;
    if (settings.accessRequests.offered) return next();
    // Bookmarked, or open since before the caisse stopped: it says where to go instead.
    tell(ctx, web, {
      title: 'Pas de demande d’accès en ligne',
      kind: 'warning',
      paragraphs: [
        'Votre caisse ne prend pas, ou plus, de demande d’accès par convention.',
        'Les espaces s’ouvrent avec les deux courriers de la caisse : l’un porte votre identifiant CIBTP, l’autre votre code confidentiel. Une demande déjà envoyée suit son cours.',
      ],
      next: { label: 'Ouvrir mon espace', href: `${basePath}/premiere-connexion` },
      status: 404,
    });
  });
}

async function enter(ctx: Context): Promise<Ticket | null> {
  const ticket = await presentedTicket(ctx);
  if (ticket && isLive(ticket, scopeFor(ctx).now())) return ticket;
  identifyAgain(ctx, 'access_request');
  return null;
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const ticket = await enter(ctx);
  if (!ticket) return;
  const values = typedValues(ctx);
  const step = field(ctx, 'step');
  const shown = { ticket, values };
  if (step === 'correct') return showDirector(ctx, web, shown);
  const wrong = directorErrors(values);
  if (wrong.length > 0) return showDirector(ctx, web, { ...shown, errors: wrong });
  if (step !== 'send' && step !== 'delegate' && values.delegate !== 'nobody') {
    return showDelegate(ctx, web, shown);
  }
  const errors = delegateErrors(values);
  if (errors.length > 0) return showDelegate(ctx, web, { ...shown, errors });
  if (step !== 'send') return showRecap(ctx, web, shown);
  const outcome = await submitRequest(scopeFor(ctx), ticket, askedOf(values));
  switch (outcome.kind) {
    case 'sent':
      return seeOther(ctx, `${scopeFor(ctx).caisse.basePath}${PATH}/envoyee`);
    case 'code_gone':
      return identifyAgain(ctx, 'access_request');
    case 'throttled':
      ctx.set('Retry-After', String(outcome.seconds));
      return showRecap(ctx, web, { ...shown, status: 429, notice: tooManyTries(outcome.seconds) });
  }
}

type Shown = {
  readonly ticket: Ticket;
  readonly values: AccessRequestValues;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function stepOf(ctx: Context, { ticket, values, errors = [], notice = null }: Shown) {
  const { caisse } = scopeFor(ctx);
  return {
    look: lookOf(caisse),
    service: null,
    errors,
    notice,
    action: `${caisse.basePath}${PATH}/dirigeant`,
    ticket: ticket.reference,
    site: ticket.site,
    values,
  };
}

const statusOf = ({ errors = [], status }: Shown): number => status ?? (errors.length > 0 ? 422 : 200);

function showDirector(ctx: Context, web: Web, shown: Shown): void {
  const carried = carriedOf(shown.values, DELEGATE_FIELDS);
  const backHref = scopeFor(ctx).caisse.basePath + PATH;
  const locals = { ...stepOf(ctx, shown), carried, backHref };
  web.send(ctx, 'access-request/director', locals, { status: statusOf(shown) });
}

function showDelegate(ctx: Context, web: Web, shown: Shown): void {
  const carried = carriedOf(shown.values, DIRECTOR_FIELDS);
  web.send(ctx, 'access-request/delegate', { ...stepOf(ctx, shown), carried }, { status: statusOf(shown) });
}

function showRecap(ctx: Context, web: Web, shown: Shown): void {
  const { director, delegate } = askedOf(shown.values);
  const locals = {
    ...stepOf(ctx, shown),
    carried: carriedOf(shown.values, [...DIRECTOR_FIELDS, ...DELEGATE_FIELDS]),
    director: directorFacts(director),
    delegate: delegateFacts(delegate),
  };
  web.send(ctx, 'access-request/recap', locals, { status: statusOf(shown) });
}

/** For the browser that sent it, as long as its ticket is good: the number is nobody else's. */
async function showSent(ctx: Context, web: Web): Promise<void> {
  const ticket = await enter(ctx);
  if (!ticket) return;
  const { store, caisse } = scopeFor(ctx);
  const request = await findRequestByCode(store, ticket.codeId);
  if (!request) return identifyAgain(ctx, 'access_request');
  web.send(ctx, 'access-request/sent', {
    look: lookOf(caisse),
    service: null,
    errors: [],
    number: request.number,
    email: request.director.email,
    correctHref: `${caisse.basePath}${PATH}/dirigeant`,
  });
}

/** As long as the request is open; afterwards there is nothing left to sign. */
async function download(ctx: Context, web: Web): Promise<void> {
  const { store, caisse } = scopeFor(ctx);
  const token = queryField(ctx, 'jeton');
  const request = token === '' ? undefined : await findRequestByLink(store, token);
  if (!request || !isOpen(request.status)) return tell(ctx, web, { ...linkGone('unknown'), status: 404 });
  const pdf = await web.composeConvention(conventionOf(request), caisse);
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', `attachment; filename="convention-${request.number}.pdf"`);
  ctx.type = 'application/pdf';
  ctx.body = pdf;
}
