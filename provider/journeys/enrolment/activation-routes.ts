/** The link of the mail: opening it only shows a button (mail scanners open links), pressing the button activates. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import type { Link } from '../../http/screens.ts';
import { type Activation, findActivation } from '../../store/enrolments.ts';
import { lookOf } from '../../tenant/look.ts';
import { nextStepTo } from '../next-step.ts';
import { scopeFor, type Web } from '../web.ts';
import { activate } from './activate.ts';

export function activationRoutes(router: Router, web: Web): void {
  router.get('/activation', async (ctx) => {
    const { caisse, store, now } = scopeFor(ctx);
    const token = queryField(ctx, 'jeton');
    const found = await findActivation(store, token, now());
    if (found?.state !== 'live') return deadEnd(ctx, web, found?.state ?? 'unknown');
    const { details, site } = found;
    web.send(ctx, 'enrolment/activation', {
      ...commonTo(ctx),
      action: `${caisse.basePath}/activation`,
      token,
      email: details.email,
      person: `${details.givenName} ${details.familyName}`,
      site,
    });
  });
  router.post('/activation', async (ctx) => {
    const outcome = await activate(scopeFor(ctx), field(ctx, 'jeton'));
    if (outcome.kind === 'refused') return deadEnd(ctx, web, outcome.state);
    if (outcome.kind === 'email_taken') return deadEnd(ctx, web, 'email_taken');
    seeOther(ctx, `${scopeFor(ctx).caisse.basePath}/activation/terminee`);
  });
  router.get('/activation/terminee', (ctx) => {
    const nextStep = nextStepTo(web.interactions.defaultService(ctx));
    web.send(ctx, 'enrolment/activated', { ...commonTo(ctx), nextStep });
  });
}

const commonTo = (ctx: Context) => ({ look: lookOf(scopeFor(ctx).caisse), service: null, errors: [] });

type End = Exclude<Activation['state'], 'live'> | 'unknown' | 'email_taken';

type Told = {
  readonly status: number;
  readonly heading: string;
  readonly text: string;
  readonly steps: readonly ('service' | 'again' | 'associate')[];
};

const ENDS: Readonly<Record<End, Told>> = {
  used: {
    status: 410,
    heading: 'Votre espace est déjà activé',
    text: 'Ce lien a déjà servi\u00a0: il n’y a plus rien à confirmer. Connectez-vous avec votre adresse électronique et votre mot de passe.',
    steps: ['service'],
  },
  expired: {
    status: 410,
    heading: 'Ce lien a expiré',
    text: 'Rien n’est perdu\u00a0: identifiez-vous à nouveau avec vos deux courriers, vérifiez votre adresse électronique, et un nouveau lien vous parviendra.',
    steps: ['again'],
  },
  superseded: {
    status: 410,
    heading: 'Ce lien a été remplacé',
    text: 'Un autre lien a été envoyé depuis, ou le site a été ouvert autrement\u00a0: celui-ci ne sert plus. Ouvrez le dernier courriel reçu ou, à défaut, reprenez la première connexion.',
    steps: ['again', 'service'],
  },
  unknown: {
    status: 404,
    heading: 'Ce lien n’est pas reconnu',
    text: 'Il a peut-être été coupé en deux lignes\u00a0: copiez l’adresse entière depuis le courriel. Sinon, reprenez la première connexion.',
    steps: ['again'],
  },
  email_taken: {
    status: 409,
    heading: 'Cette adresse a déjà un espace',
    text: 'Un espace sécurisé a été ouvert entre-temps avec cette adresse électronique. Votre code confidentiel n’a pas été utilisé\u00a0: avec lui, associez ce site à l’espace existant.',
    steps: ['associate'],
  },
};

function deadEnd(ctx: Context, web: Web, end: End): void {
  const { basePath } = scopeFor(ctx).caisse;
  const links: Readonly<Record<Told['steps'][number], Link | null>> = {
    service: nextStepTo(web.interactions.defaultService(ctx)),
    again: {
      label: 'Reprendre la première connexion',
      href: `${basePath}/premiere-connexion/identification`,
    },
    associate: { label: 'Associer ce site', href: `${basePath}/associer-un-site` },
  };
  const { status, heading, text, steps } = ENDS[end];
  const shown = steps.map((step) => links[step]).filter((link) => link !== null);
  web.send(ctx, 'enrolment/dead-end', { ...commonTo(ctx), heading, text, steps: shown }, { status });
}
