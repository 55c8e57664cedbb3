/** The other ways in, offered under the sign-in form; each journey that opens one adds its line. */
import type { Link } from '../http/screens.ts';
import type { Caisse } from '../tenant/directory.ts';

export const waysIn = ({ basePath, settings }: Pick<Caisse, 'basePath' | 'settings'>): readonly Link[] => [
  { label: 'Mot de passe oublié\u00a0?', href: `${basePath}/mot-de-passe-oublie` },
  { label: 'Première connexion\u00a0: je crée mon espace sécurisé', href: `${basePath}/premiere-connexion` },
  {
    label: 'D’autres sites déclarants\u00a0? Je les associe à mon espace',
    href: `${basePath}/associer-un-site`,
  },
  ...(settings.accessRequests.offered
    ? [{ label: 'Je demande mes accès avec une convention signée', href: `${basePath}/demande-d-acces` }]
    : []),
];
