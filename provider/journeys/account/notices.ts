/** What was done, said on the page that an act leads to; a closed list, whatever the address claims. */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';

const DONE: Readonly<Record<string, readonly [title: string, text: string]>> = {
  'mot-de-passe': [
    'Votre mot de passe est changé',
    'Vos autres connexions ont été fermées. Un message vous en informe.',
  ],
  coordonnees: ['Vos coordonnées sont enregistrées', 'Un message vous en informe.'],
  mobile: [
    'Vos coordonnées sont enregistrées',
    'Il reste à certifier votre nouveau mobile par un code reçu par SMS.',
  ],
  'mobile-certifie': ['Votre mobile est certifié', 'Le code était le bon.'],
  connexion: ['La connexion est fermée', 'Les services ouverts depuis cet appareil le sont aussi.'],
  connexions: ['Vos autres connexions sont fermées', 'Un message vous en informe.'],
  service: ['L’accès du service est retiré', 'Il vous demandera de nouveau de vous connecter.'],
};

export function noticeOf(ctx: Context): Notice | null {
  const done = queryField(ctx, 'fait');
  const [title, text] = (Object.hasOwn(DONE, done) ? DONE[done] : undefined) ?? [];
  return title === undefined || text === undefined ? null : { kind: 'success', title, text };
}
