/** « Associer un site », step 2: which account, proved by its password or by being signed in; and its confirmation. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { findGates } from '../../store/gates.ts';
import type { Ticket } from '../../store/tickets.ts';
import { lookOf } from '../../tenant/look.ts';
import { verifyCredentials } from '../credentials.ts';
import { identifyAgain } from '../identification.ts';
import { tooManyTries } from '../limits.ts';
import { nextStepTo } from '../next-step.ts';
import { isLive, presentedTicket } from '../ticket-cookie.ts';
import { scopeFor, type Web } from '../web.ts';
import { associate } from './associate.ts';

const PATH = '/associer-un-site/compte';
const DONE = '/associer-un-site/termine';
const ALREADY = '/associer-un-site/deja-associe';
const MOST_EMAIL = 320;
const MOST_PASSWORD = 4096;

export function associationRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const ticket = await liveTicket(ctx);
    if (!ticket) return identifyAgain(ctx, 'association');
    const person = queryField(ctx, 'autre') === '' ? await signedInHere(ctx, web) : null;
    show(ctx, web, { ticket, person, email: '' });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
  for (const path of [DONE, ALREADY]) {
    router.get(path, (ctx) => {
      const { caisse } = scopeFor(ctx);
      web.send(ctx, 'enrolment/associated', {
        look: lookOf(caisse),
        service: null,
        errors: [],
        already: path === ALREADY,
        anotherHref: `${caisse.basePath}/associer-un-site`,
        nextStep: nextStepTo(web.interactions.defaultService(ctx)),
      });
    });
  }
}

async function liveTicket(ctx: Context): Promise<Ticket | null> {
  const ticket = await presentedTicket(ctx);
  return ticket && isLive(ticket, scopeFor(ctx).now()) ? ticket : null;
}

async function signedInHere(ctx: Context, web: Web): Promise<Account | null> {
  const session = await web.interactions.session(ctx);
  const account = session && (await findAccount(scopeFor(ctx).store, session.accountId));
  return account?.status === 'active' ? account : null;
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const ticket = await liveTicket(ctx);
  if (!ticket) return identifyAgain(ctx, 'association');
  if (field(ctx, 'confirm') !== '') {
    const person = await signedInHere(ctx, web);
    // The page named an account: another one signed in since must not get the site.
    const same = person && person.id === field(ctx, 'confirm');
    return same ? conclude(ctx, web, ticket, person.id) : show(ctx, web, { ticket, person, email: '' });
  }
  const email = field(ctx, 'email').trim().slice(0, MOST_EMAIL);
  const password = field(ctx, 'password');
  const errors = missing(email, password);
  if (errors.length > 0) return show(ctx, web, { ticket, email, errors });
  const verified = await verifyCredentials(scopeFor(ctx), { email, password });
  if (verified.kind === 'verified') return proven(ctx, web, ticket, verified.accountId);
  if (verified.kind === 'throttled') {
    await audit(ctx, 'sign_in_throttled');
    ctx.set('Retry-After', String(verified.seconds));
    return show(ctx, web, { ticket, email, status: 429, notice: tooManyTries(verified.seconds) });
  }
  await audit(ctx, 'sign_in_failed', verified.accountId);
  show(ctx, web, { ticket, email, errors: [REFUSED] });
}

/** A password is half a proof for whoever has a second factor: he signs in whole, and comes back to confirm. */
async function proven(ctx: Context, web: Web, ticket: Ticket, accountId: string): Promise<void> {
  const gates = await findGates(scopeFor(ctx).store, accountId);
  if (!gates?.secondFactorSince) return conclude(ctx, web, ticket, accountId);
  seeOther(ctx, web.interactions.signInFirst(ctx, PATH));
}

function audit(
  ctx: Context,
  kind: 'sign_in_failed' | 'sign_in_throttled',
  subjectId?: string,
): Promise<void> {
  const { store, now, address, requestId } = scopeFor(ctx);
  return appendAudit(store, { kind, at: now(), subjectId, address, requestId });
}

const REFUSED: FieldError = {
  field: 'email',
  message:
    'L’adresse électronique ou le mot de passe est incorrect. Vérifiez votre saisie, majuscules comprises.',
};

function missing(email: string, password: string): FieldError[] {
  const errors: FieldError[] = [];
  if (email === '') errors.push({ field: 'email', message: 'Saisissez votre adresse électronique.' });
  if (password === '') errors.push({ field: 'password', message: 'Saisissez votre mot de passe.' });
  if (password.length > MOST_PASSWORD) {
    errors.push({ field: 'password', message: 'Ce mot de passe est trop long.' });
  }
  return errors;
}

async function conclude(ctx: Context, web: Web, ticket: Ticket, accountId: string): Promise<void> {
  const scope = scopeFor(ctx);
  const { caisse } = scope;
  const outcome = await associate(scope, ticket, accountId);
  if (outcome.kind === 'code_gone') return identifyAgain(ctx, 'association');
  if (outcome.kind === 'account_gone') return show(ctx, web, { ticket, email: '', errors: [REFUSED] });
  seeOther(ctx, `${caisse.basePath}${outcome.kind === 'already' ? ALREADY : DONE}`);
}

type Shown = {
  readonly ticket: Ticket;
  readonly email: string;
  readonly person?: Account | null;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, shown: Shown): void {
  const { ticket, email, person = null, errors = [], notice = null } = shown;
  const { caisse } = scopeFor(ctx);
  const status = shown.status ?? (errors.length > 0 ? 422 : 200);
  web.send(
    ctx,
    'enrolment/association',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      email,
      action: caisse.basePath + PATH,
      ticket: ticket.reference,
      site: ticket.site,
      account: person && {
        id: person.id,
        name: `${person.givenName} ${person.familyName}`,
        email: person.email,
      },
      otherAccountHref: person && `${caisse.basePath}${PATH}?autre=1`,
      forgottenHref: `${caisse.basePath}/mot-de-passe-oublie/espace-ouvert`,
    },
    { status },
  );
}
