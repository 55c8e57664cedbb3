/** What was done, said on the list that an act leads back to; a closed list, whatever the address claims. */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';

const DONE: Readonly<Record<string, readonly [title: string, text: string]>> = {
  invitation: ['L’invitation est partie', 'Les droits s’ouvriront une fois la délégation acceptée.'],
  modification: ['La délégation est modifiée', 'Son bénéficiaire en est informé par courriel.'],
  modification_sans_message: [
    'La délégation est modifiée',
    'Ses droits ne sont pas ouverts en ce moment\u00a0: personne n’en est informé.',
  ],
  cloture: ['La délégation est clôturée', 'Elle n’ouvre plus aucun droit. Son bénéficiaire en est informé.'],
  suppression: [
    'La délégation au cabinet est supprimée',
    'Elle n’ouvre plus aucun droit. Le cabinet en est informé.',
  ],
  veille: ['La délégation est en veille', 'Elle n’ouvre plus aucun droit tant que vous ne la réactivez pas.'],
  reactivation: ['La délégation est réactivée', 'Elle ouvre de nouveau les droits qu’elle donne.'],
  renvoi: ['L’invitation est renvoyée', 'Le lien du courriel précédent ne sert plus.'],
  retrait: ['L’invitation est retirée', 'Son lien ne sert plus.'],
  confirmation: ['La délégation est confirmée', 'Les droits sont ouverts. Le bénéficiaire en est informé.'],
  refus: ['La demande est refusée', 'Aucun droit n’est ouvert. Le bénéficiaire en est informé.'],
  'confirmation-partie': [
    'La délégation est confirmée sur une partie des sites',
    'Les droits y sont ouverts. Les autres sites de la même invitation attendent la décision de leur administrateur.',
  ],
  'refus-partie': [
    'La demande est refusée sur une partie des sites',
    'Les autres sites de la même invitation attendent la décision de leur administrateur.',
  ],
  'retrait-partie': [
    'L’invitation est retirée sur une partie des sites',
    'Elle vaut encore pour les sites qui dépendent d’un autre administrateur.',
  ],
  reouverture: ['La demande est rouverte', 'Vous pouvez de nouveau la confirmer ou la refuser.'],
  renouvellement: ['La délégation est renouvelée', 'Elle ouvre de nouveau les droits qu’elle donne.'],
  cession: ['La demande de succession est partie', 'Tout reste en l’état tant qu’elle n’est pas acceptée.'],
};

export function noticeOf(ctx: Context): Notice | null {
  const done = queryField(ctx, 'fait');
  const [title, text] = (Object.hasOwn(DONE, done) ? DONE[done] : undefined) ?? [];
  return title === undefined || text === undefined ? null : { kind: 'success', title, text };
}
