/** The other ways in, offered under the sign-in form; each journey that opens one adds its line. */
import type { Link } from '../http/screens.ts';

export const waysIn = (basePath: string): readonly Link[] => [
  { label: 'Mot de passe oublié\u00a0?', href: `${basePath}/mot-de-passe-oublie` },
  { label: 'Première connexion\u00a0: je crée mon espace sécurisé', href: `${basePath}/premiere-connexion` },
  {
    label: 'D’autres sites déclarants\u00a0? Je les associe à mon espace',
    href: `${basePath}/associer-un-site`,
  },
];
