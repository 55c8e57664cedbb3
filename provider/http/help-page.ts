/** Which page of help a screen leads to, by the journey that it belongs to; null: the general one. */
import type { Screen } from './screens.ts';

type Folder = Screen extends `${infer Name}/${string}` ? Name : never;

const HELP_OF: Readonly<Partial<Record<Folder, string>>> = {
  'sign-in': 'aide-connexion',
  'sign-out': 'aide-connexion',
  'second-factor': 'aide-connexion',
  'site-selection': 'aide-connexion',
  certification: 'aide-connexion',
  consent: 'aide-connexion',
  enrolment: 'aide-premiere-connexion',
  provisional: 'aide-premiere-connexion',
  'access-request': 'aide-premiere-connexion',
  recovery: 'aide-mot-de-passe',
  account: 'aide-mon-compte',
  delegation: 'aide-droits-d-acces',
  invitation: 'aide-droits-d-acces',
  cabinet: 'aide-mon-cabinet',
  contact: 'aide-contact',
  office: 'aide-gestion',
};

export function helpPageOf(screen: Screen): string | null {
  // Told at the end of many a journey.
  if (screen === 'account/told') return null;
  return HELP_OF[screen.slice(0, screen.indexOf('/')) as Folder] ?? null;
}
