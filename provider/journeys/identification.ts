/** Step 1 of the journeys that begin with the post: the three identifiers, and the ticket that they are worth. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { parseSiret } from '../domain/siret.ts';
import { field, queryField } from '../http/forms.ts';
import { seeOther } from '../http/redirect.ts';
import type { FieldError, Notice } from '../http/screens.ts';
import type { IdentificationLocals } from '../http/screens-enrolment.ts';
import { lookOf } from '../tenant/look.ts';
import { type Identifiers, identify } from './identify.ts';
import { tooManyTries } from './limits.ts';
import { giveTicket, type JourneyPath, ticketToken } from './ticket-cookie.ts';
import { scopeFor, type Web } from './web.ts';

type Step = {
  readonly journey: IdentificationLocals['journey'];
  readonly path: JourneyPath;
  /** Under the journey's path. */
  readonly at: string;
  readonly next: string;
  readonly back: string;
};

const STEPS: Readonly<Record<Step['journey'], Step>> = {
  enrolment: {
    journey: 'enrolment',
    path: '/premiere-connexion',
    at: '/identification',
    next: '/coordonnees',
    back: '/premiere-connexion',
  },
  association: {
    journey: 'association',
    path: '/associer-un-site',
    at: '',
    next: '/compte',
    back: '/premiere-connexion',
  },
  access_request: {
    journey: 'access_request',
    path: '/demande-d-acces',
    at: '',
    next: '/dirigeant',
    back: '/',
  },
};

/** Longer than any code or password; spares the hash from megabytes. */
const MOST_CODE = 1024;
const MOST_IDENTIFIER = 60;

export function identificationRoutes(router: Router, web: Web, journey: Step['journey']): void {
  const step = STEPS[journey];
  router.get(step.path + step.at, (ctx) => {
    const notice = queryField(ctx, 'reprise') === '' ? null : AGAIN;
    show(ctx, web, step, { identifiant: '', siret: '', notice });
  });
  router.post(step.path + step.at, (ctx) => submit(ctx, web, step));
}

/** Whoever comes to a later step without a ticket that is good for it begins again; what was typed is kept. */
export function identifyAgain(ctx: Context, journey: Step['journey']): void {
  const { path, at } = STEPS[journey];
  seeOther(ctx, `${scopeFor(ctx).caisse.basePath}${path}${at}?reprise=1`);
}

const AGAIN: Notice = {
  kind: 'info',
  title: 'Identifiez-vous à nouveau',
  text: 'Par sécurité, cette étape ne reste ouverte qu’un temps. Saisissez à nouveau vos trois identifiants\u00a0: vous retrouverez ce que vous aviez déjà saisi, sauf vos mots de passe.',
};

async function submit(ctx: Context, web: Web, step: Step): Promise<void> {
  const scope = scopeFor(ctx);
  const identifiant = field(ctx, 'identifiant').trim().slice(0, MOST_IDENTIFIER);
  const siret = field(ctx, 'siret').trim().slice(0, MOST_IDENTIFIER);
  const code = field(ctx, 'code').trim();
  const typed = { identifiant, siret };
  const read = readIdentifiers({ ...typed, code });
  if ('errors' in read) return show(ctx, web, step, { ...typed, errors: read.errors });
  const outcome = await identify(scope, read, ticketToken(ctx));
  switch (outcome.kind) {
    case 'identified':
      giveTicket(ctx, step.path, outcome.token);
      return seeOther(ctx, `${scope.caisse.basePath}${step.path}${step.next}`);
    case 'refused':
      return show(ctx, web, step, { ...typed, errors: [REFUSED] });
    case 'throttled':
      ctx.set('Retry-After', String(outcome.seconds));
      return show(ctx, web, step, { ...typed, status: 429, notice: tooManyTries(outcome.seconds) });
  }
}

const REFUSED: FieldError = {
  field: 'identifiant',
  message:
    'Ces trois informations ne vont pas ensemble, ou le code n’est plus valable. Vérifiez-les sur vos deux courriers.',
};

function readIdentifiers(typed: {
  readonly identifiant: string;
  readonly siret: string;
  readonly code: string;
}): Identifiers | { readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const siret = parseSiret(typed.siret);
  if (typed.identifiant === '') {
    errors.push({ field: 'identifiant', message: 'Saisissez votre identifiant CIBTP.' });
  }
  if (typed.siret === '') errors.push({ field: 'siret', message: 'Saisissez le numéro SIRET du site.' });
  else if (!siret) {
    const message =
      'Vérifiez ce numéro SIRET\u00a0: il compte 14\u00a0chiffres, et l’un d’eux au moins est faux.';
    errors.push({ field: 'siret', message });
  }
  if (typed.code === '') errors.push({ field: 'code', message: 'Saisissez votre code confidentiel.' });
  if (typed.code.length > MOST_CODE) errors.push({ field: 'code', message: 'Ce code est trop long.' });
  return errors.length > 0 || !siret ? { errors } : { ...typed, siret };
}

type Shown = {
  readonly identifiant: string;
  readonly siret: string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function show(ctx: Context, web: Web, step: Step, shown: Shown): void {
  const { identifiant, siret, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'enrolment/identification',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      identifiant,
      siret,
      journey: step.journey,
      action: `${caisse.basePath}${step.path}${step.at}`,
      newCodeHref: `${caisse.basePath}/mot-de-passe-oublie/code-perdu`,
      backHref: caisse.basePath + step.back,
    },
    { status },
  );
}
