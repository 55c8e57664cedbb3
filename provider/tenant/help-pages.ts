/**
 * The help of each family of screens: its address, its name, what it says until a supervisor writes it. Emptied, a page
 * gives way to the general help (tenant/caisse-pages).
 */

export const HELP_PAGES = [
  'aide-connexion',
  'aide-premiere-connexion',
  'aide-mot-de-passe',
  'aide-mon-compte',
  'aide-droits-d-acces',
  'aide-mon-cabinet',
  'aide-contact',
  'aide-gestion',
] as const;

export type HelpPage = (typeof HELP_PAGES)[number];

export const HELP_TITLES: Readonly<Record<HelpPage, string>> = {
  'aide-connexion': 'Aide\u00a0: se connecter et choisir un site',
  'aide-premiere-connexion': 'Aide\u00a0: ouvrir son espace',
  'aide-mot-de-passe': 'Aide\u00a0: mot de passe oublié, code perdu',
  'aide-mon-compte': 'Aide\u00a0: mon compte',
  'aide-droits-d-acces': 'Aide\u00a0: droits d’accès',
  'aide-mon-cabinet': 'Aide\u00a0: cabinet comptable',
  'aide-contact': 'Aide\u00a0: écrire à la caisse',
  'aide-gestion': 'Aide\u00a0: espace des gestionnaires',
};

export const HELP_TEXTS: Readonly<Record<HelpPage, string>> = {
  'aide-connexion': `# Je me connecte

Saisissez le courriel et le mot de passe de votre espace. Si la double authentification est activée, recopiez ensuite le code de votre application\u00a0; sans votre téléphone, un code de secours le remplace une fois.

# Je choisis un site

Cherchez-le par sa raison sociale, son SIRET ou son identifiant CIBTP. Les alertes DSN sont à côté de son nom. Pour en changer, suivez «\u00a0Changer de tiers\u00a0» dans le service.

# Je n’arrive pas à entrer

Après plusieurs essais, la connexion se suspend un moment\u00a0: patientez plutôt que d’insister. Vérifiez l’adresse avec laquelle votre espace a été ouvert, puis choisissez un nouveau mot de passe si besoin.`,
  'aide-premiere-connexion': `# De quoi ai-je besoin\u00a0?

De deux courriers, envoyés séparément par la caisse\u00a0: le courrier de bienvenue porte votre identifiant CIBTP, le courrier confidentiel porte votre code. Ayez aussi le SIRET de l’établissement sous la main.

# Les étapes

- Saisissez l’identifiant, le SIRET et le code.
- Donnez votre courriel, un mot de passe et vos coordonnées.
- Ouvrez le lien reçu par courriel\u00a0: il active votre espace.

Tant que le lien n’a pas servi, les mêmes identifiants reprennent l’inscription, par exemple pour corriger une adresse mal saisie.

# J’ai plusieurs sites

Suivez «\u00a0D’autres sites déclarants\u00a0?\u00a0»\u00a0: chaque site a son propre courrier, et rejoint l’espace que vous avez déjà.`,
  'aide-mot-de-passe': `# J’ai oublié mon mot de passe

Donnez le courriel de votre espace\u00a0: un lien y part, valable une heure. Rien ne vient\u00a0? Regardez parmi les courriers indésirables, puis vérifiez l’adresse.

# J’ai perdu mon code confidentiel

Si votre espace n’est pas encore ouvert, demandez un nouveau code avec votre identifiant CIBTP. Il part par la poste, à l’adresse que la caisse connaît\u00a0: l’ancien ne vaut plus.`,
  'aide-mon-compte': `# Changer d’adresse électronique

Un lien part à la nouvelle adresse\u00a0: jusqu’à ce que vous l’ouvriez, votre compte est suspendu. Un autre, envoyé à l’ancienne, annule le changement si vous n’en êtes pas à l’origine.

# Certifier un mobile

Un code vous parvient par SMS\u00a0: recopiez-le. Un mobile certifié est nécessaire pour saisir de nouvelles coordonnées bancaires.

# Protéger mon compte

La double authentification ajoute au mot de passe un code de votre téléphone. Notez les codes de secours et gardez-les en lieu sûr. «\u00a0Connexions et services\u00a0» montre où vous êtes connecté.`,
  'aide-droits-d-acces': `# Donner des droits

Un administrateur donne à un collègue, ou au cabinet comptable rattaché par la caisse, tout ou partie de ses droits sur un site, pour une période. Personne ne reçoit plus que ce qu’a celui qui donne.

# Ce qui se passe ensuite

La personne reçoit un courriel et accepte\u00a0; selon la caisse, vous confirmez. Une délégation se modifie, se met en veille ou se ferme à tout moment\u00a0: l’effet est immédiat, pour tout ce qui en dépend aussi.

# Les statuts

- En attente\u00a0: de la réponse du bénéficiaire, de votre confirmation ou d’un renouvellement.
- Actif\u00a0: les droits valent\u00a0; «\u00a0en veille\u00a0» les suspend.
- Inactif\u00a0: close, refusée ou expirée.`,
  'aide-mon-cabinet': `# Mes clients

La liste montre les sites que vos clients vous ont délégués. Cherchez par raison sociale, SIRET ou identifiant CIBTP.

# Confier un site à un collaborateur

Un responsable du cabinet transmet tout ou partie de ce que le cabinet a reçu, jamais davantage\u00a0: site par site, ou pour plusieurs clients d’un coup. Si le client réduit ou ferme sa délégation, les collaborateurs perdent aussitôt les mêmes droits.

# Les responsables

Seule la caisse désigne les responsables d’un cabinet\u00a0: adressez-vous à elle.`,
  'aide-contact': `# Écrire un message

Donnez un objet, puis expliquez votre question\u00a0: la période, les salariés ou le document dont il s’agit. N’y mettez jamais de mot de passe ni de numéro de carte bancaire.

Si vous êtes connecté, vos coordonnées et votre site sont déjà remplis. Vous avez plusieurs sites\u00a0? Choisissez celui dont vous parlez\u00a0: ce que vous avez écrit reste.

# Joindre des fichiers

Le nombre, la taille et les types acceptés sont indiqués sous «\u00a0Pièces jointes\u00a0». Si le formulaire est à corriger, les fichiers déjà reçus sont gardés\u00a0: ne les joignez pas une seconde fois.

# Après l’envoi

Votre message porte un numéro, affiché à l’écran et envoyé par courriel\u00a0: rappelez-le si vous nous appelez. Pour retirer votre consentement, écrivez-nous en donnant ce numéro\u00a0: votre message et vos fichiers sont alors effacés.`,
  'aide-gestion': `# Chercher

Une même recherche trouve les adhérents, les personnes et les cabinets, par une partie de leur nom, d’un SIREN, d’un SIRET, d’un identifiant ou d’un courriel.

# Agir pour quelqu’un

Débloquer, changer une adresse ou fermer un compte demande un motif et une connexion récente. La personne en est avertie, et le journal le garde. Personne à la caisse ne voit ni ne choisit un mot de passe.`,
};
