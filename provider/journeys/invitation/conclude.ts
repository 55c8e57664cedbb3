/** Where an answer leads: what happened is told, and what is next. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import { tellTaken } from '../taken.ts';
import { leadsOn, type Telling, tell } from '../told.ts';
import { scopeFor, type Web } from '../web.ts';
import type { Accepted } from './accept.ts';

type Done = 'demande-envoyee' | 'ouverte' | 'cabinet-rejoint' | 'refusee';

const TOLD: Readonly<Record<Done, Pick<Telling, 'title' | 'kind' | 'paragraphs'>>> = {
  'demande-envoyee': {
    kind: 'sent',
    title: 'Votre réponse est enregistrée',
    paragraphs: [
      'Il reste une étape, qui ne dépend plus de vous\u00a0: l’administrateur qui vous a invité a reçu un courriel pour confirmer.',
      'Dès qu’il l’aura fait, votre compte et vos droits seront actifs, et un courriel vous en préviendra.',
    ],
  },
  ouverte: {
    kind: 'success',
    title: 'Vos droits sont ouverts',
    paragraphs: ['Vous pouvez dès maintenant vous connecter et agir pour cette entreprise.'],
  },
  'cabinet-rejoint': {
    kind: 'success',
    title: 'Vous avez rejoint le cabinet',
    paragraphs: [
      'Vous pouvez vous connecter. Les clients que le cabinet vous confiera apparaîtront dans votre espace.',
    ],
  },
  refusee: {
    kind: 'success',
    title: 'Votre refus est enregistré',
    paragraphs: ['Aucun droit ne vous est donné. Vous pouvez fermer cette page.'],
  },
};

const SOME_LEFT =
  'Certains sites n’ont pas pu être retenus\u00a0: la personne qui vous a invité n’y détient plus les droits proposés.';

export function doneRoutes(router: Router, web: Web): void {
  for (const done of Object.keys(TOLD) as Done[]) {
    router.get(`/invitation/${done}`, (ctx) => {
      const { paragraphs, ...told } = TOLD[done];
      const said = queryField(ctx, 'partie') === '' ? paragraphs : [...paragraphs, SOME_LEFT];
      const opens = done === 'ouverte' || done === 'cabinet-rejoint';
      tell(ctx, web, { ...told, paragraphs: said, next: opens ? leadsOn(ctx, web, 'Me connecter') : null });
    });
  }
}

export function goDone(ctx: Context, done: Done, query = ''): void {
  seeOther(ctx, `${scopeFor(ctx).caisse.basePath}/invitation/${done}${query}`);
}

/** `again` shows the page that was answered, as it now is. */
export async function conclude(
  ctx: Context,
  web: Web,
  outcome: Accepted,
  { isFirm, again }: { readonly isFirm: boolean; readonly again: () => void | Promise<void> },
): Promise<void> {
  switch (outcome.kind) {
    case 'waits':
      return goDone(ctx, 'demande-envoyee', outcome.left > 0 ? '?partie=1' : '');
    case 'open':
      await tellTaken(ctx, web, outcome.taken);
      return goDone(ctx, isFirm ? 'cabinet-rejoint' : 'ouverte', outcome.left > 0 ? '?partie=1' : '');
    case 'not_held':
      return tell(ctx, web, { ...(isFirm ? FIRM_NOT_HELD : NOT_HELD), status: 409 });
    case 'own_gift':
      return tell(ctx, web, { ...OWN_GIFT, status: 409 });
    case 'account_gone':
      return tell(ctx, web, { ...ACCOUNT_GONE, status: 409 });
    default:
      return again();
  }
}

const NOT_HELD = {
  kind: 'warning',
  title: 'Ces droits ne peuvent pas être donnés pour le moment',
  paragraphs: [
    'La personne qui vous a invité ne détient plus, en ce moment, les droits qu’elle vous propose. Rien n’a été changé.',
    'Adressez-vous à elle\u00a0: si elle les retrouve avant la fin de l’invitation, vous pourrez rouvrir ce même lien.',
  ],
} as const;

const FIRM_NOT_HELD = {
  kind: 'warning',
  title: 'Cette invitation ne vaut plus',
  paragraphs: [
    'La personne qui vous a invité n’est plus responsable de ce cabinet. Rien n’a été changé\u00a0: adressez-vous au cabinet.',
  ],
} as const;

const OWN_GIFT = {
  kind: 'warning',
  title: 'Vous ne pouvez pas accepter ces droits vous-même',
  paragraphs: [
    'Ils proviennent de vos propres droits\u00a0: vous les détenez déjà. Rien n’a été changé, et l’invitation peut être retirée depuis la liste des droits d’accès.',
  ],
} as const;

export const ACCOUNT_GONE = {
  kind: 'warning',
  title: 'Votre espace n’est pas actif',
  paragraphs: [
    'Un espace existe avec cette adresse électronique, mais il est fermé, ou il attend que vous confirmiez une nouvelle adresse par le lien reçu par courriel. Rien n’a été changé.',
    'Une fois votre espace actif, rouvrez le lien de l’invitation. En cas de doute, adressez-vous à votre caisse.',
  ],
} as const;
