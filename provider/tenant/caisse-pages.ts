/** The pages that every caisse has around its screens: their addresses, their names, what they say until it is written. */
import { HELP_PAGES, HELP_TEXTS, HELP_TITLES } from './help-pages.ts';

export const CAISSE_PAGES = [
  'mentions-legales',
  'donnees-personnelles',
  'conditions-d-utilisation',
  'accessibilite',
  'questions-reponses',
  'nouveautes',
  'aide',
  ...HELP_PAGES,
] as const;

export type CaissePage = (typeof CAISSE_PAGES)[number];

export const isCaissePage = (name: string): name is CaissePage => CAISSE_PAGES.some((page) => page === name);

export const PAGE_TITLES: Readonly<Record<CaissePage, string>> = {
  'mentions-legales': 'Mentions légales',
  'donnees-personnelles': 'Données personnelles',
  'conditions-d-utilisation': 'Conditions d’utilisation',
  accessibilite: 'Accessibilité',
  'questions-reponses': 'Questions et réponses',
  nouveautes: 'Nouveautés',
  aide: 'Aide',
  ...HELP_TITLES,
};

/** Characters of one text. */
export const LONGEST_PAGE = 20_000;

/** « [À compléter … ] » marks what only the caisse knows. */
export const DEFAULT_TEXTS: Readonly<Record<CaissePage, string>> = {
  'mentions-legales': `# Éditeur

[À compléter par la caisse\u00a0: dénomination, forme juridique, adresse du siège, SIREN, téléphone et courriel.]

Directeur de la publication\u00a0: [à compléter par la caisse].

# Hébergement

[À compléter par la caisse\u00a0: nom, adresse et téléphone de l’hébergeur.]`,
  'donnees-personnelles': `Pour ouvrir votre espace et vous connecter, la caisse traite votre nom, votre prénom, votre courriel, vos téléphones et les droits que vous avez sur chaque site déclarant. Elle garde la trace des connexions et des actes, pour la sécurité de chacun.

# Vos droits

Vous pouvez demander à la caisse l’accès à vos données, leur rectification, leur effacement ou la limitation de leur traitement, et vous y opposer. Vous pouvez aussi saisir la CNIL (www.cnil.fr).

[À compléter par la caisse\u00a0: base légale, durées de conservation, coordonnées du délégué à la protection des données.]

# Cookies

Seuls servent les cookies nécessaires à la connexion\u00a0: ils ne vous suivent nulle part et s’effacent avec votre session.`,
  'conditions-d-utilisation': `- Votre mot de passe est personnel\u00a0: ne le communiquez à personne, la caisse ne vous le demandera jamais.
- Vous répondez des droits que vous déléguez\u00a0: fermez une délégation dès qu’elle n’est plus utile.
- Déconnectez-vous quand vous avez fini, surtout sur un poste partagé.

[À compléter par la caisse\u00a0: conditions propres à ses services.]`,
  accessibilite: `Ce service est conçu pour être utilisable par tous, au clavier comme avec un lecteur d’écran, selon le référentiel général d’amélioration de l’accessibilité (RGAA).

[À compléter par la caisse\u00a0: état de conformité après audit, contenus non accessibles, date de la déclaration.]

# Signaler une difficulté

Si vous n’arrivez pas à utiliser une page, écrivez à la caisse\u00a0: elle vous indiquera une autre voie. Sans réponse satisfaisante, vous pouvez saisir le Défenseur des droits (www.defenseurdesdroits.fr).`,
  'questions-reponses': `# J’ai oublié mon mot de passe

Sur la page de connexion, suivez «\u00a0Mot de passe oublié\u00a0?\u00a0»\u00a0: un lien part à votre adresse.

# Je n’ai pas encore d’espace

Deux courriers vous parviennent séparément\u00a0: l’un porte votre identifiant CIBTP, l’autre un code confidentiel. Avec les deux, suivez «\u00a0Première connexion\u00a0».

# Je travaille pour plusieurs sites

Vous choisissez le site déclarant après la connexion, et pouvez en changer à tout moment.`,
  nouveautes: 'Rien de nouveau pour le moment.',
  aide: `# Se connecter

Saisissez le courriel et le mot de passe de votre espace. Si une double authentification est activée, recopiez ensuite le code de votre application.

# Choisir un site

Cherchez-le par sa raison sociale, son SIRET ou son identifiant. Les alertes DSN de chaque site sont à côté de son nom.

# Donner des droits

Un administrateur donne à un collègue, ou au cabinet comptable rattaché par la caisse, tout ou partie de ses droits, dans «\u00a0Droits d’accès\u00a0».`,
  ...HELP_TEXTS,
};

/** What a page says at that caisse, and which one says it: help that the caisse has emptied is the general help. */
export function textOf(
  page: CaissePage,
  written: Readonly<Partial<Record<CaissePage, string>>>,
): { readonly page: CaissePage; readonly text: string } {
  const text = written[page] ?? DEFAULT_TEXTS[page];
  return text === '' && page !== 'aide' ? textOf('aide', written) : { page, text };
}
