/** Pages that only tell: what has happened, or why a link in a mail does nothing any more, and what to do next. */
import type { Context } from 'koa';
import type { Link } from '../http/screens.ts';
import type { Told } from '../http/screens-account.ts';
import { lookOf } from '../tenant/look.ts';
import { scopeFor, type Web } from './web.ts';

export type Telling = Pick<Told, 'title' | 'kind' | 'paragraphs'> &
  Partial<Pick<Told, 'confirm' | 'next'>> & { readonly status?: number };

export function tell(ctx: Context, web: Web, { status = 200, ...telling }: Telling): void {
  const told = { confirm: null, next: null, ...telling };
  const locals = { look: lookOf(scopeFor(ctx).caisse), service: null, errors: [], told };
  web.send(ctx, 'account/told', locals, { status });
}

/** To the caisse's default service, which begins with a sign-in; null when the caisse has named none. */
export function leadsOn(ctx: Context, web: Web, label: string): Link | null {
  const service = web.interactions.defaultService(ctx);
  return service && { label, href: service.href };
}

export type GoneState = 'used' | 'expired' | 'superseded' | 'unknown';

const GONE: Readonly<Record<GoneState, readonly [title: string, sentence: string]>> = {
  used: ['Ce lien a déjà servi', 'Par sécurité, un lien ne sert qu’une fois.'],
  expired: ['Ce lien a expiré', 'Par sécurité, un lien reçu par courriel ne vaut qu’un temps.'],
  superseded: [
    'Ce lien a été remplacé',
    'Un lien plus récent vous a été envoyé, ou votre adresse ou votre mot de passe ont changé depuis. Ouvrez le message le plus récent.',
  ],
  unknown: [
    'Ce lien n’est pas valable',
    'Son adresse est sans doute incomplète. Copiez-la en entier depuis le message que vous avez reçu.',
  ],
};

export const linkGone = (state: GoneState): Pick<Telling, 'title' | 'kind' | 'paragraphs'> => {
  const [title, sentence] = GONE[state];
  return { title, kind: 'warning', paragraphs: [sentence] };
};
