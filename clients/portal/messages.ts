/** What an issuer's refusal means for the person in front of the screen. */

export type Message = {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** What the button says that leads on; by default « Se connecter », or « Réessayer » once the issuer answers again. */
  readonly way?: string;
};

const TRY_AGAIN = 'Vous pouvez recommencer dans quelques instants.';

const SIGN_IN_REFUSALS: Readonly<Record<string, Message>> = {
  access_denied: {
    status: 403,
    title: 'Connexion abandonnée',
    text: 'Vous avez renoncé à vous connecter, ou la caisse n’a pas accepté la connexion. Rien n’a été modifié.',
  },
  login_required: {
    status: 403,
    title: 'Connexion nécessaire',
    text: 'Votre session auprès de la caisse est terminée. Connectez-vous pour continuer.',
  },
  interaction_required: {
    status: 403,
    title: 'Votre choix est nécessaire',
    text: 'La caisse a besoin d’une réponse de votre part, par exemple le choix d’un site. Connectez-vous pour continuer.',
  },
  consent_required: {
    status: 403,
    title: 'Votre accord est nécessaire',
    text: 'La caisse a besoin de votre accord pour transmettre vos informations à ce service.',
  },
  account_selection_required: {
    status: 403,
    title: 'Votre choix est nécessaire',
    text: 'La caisse a besoin de savoir avec quel compte vous vous connectez.',
  },
  invalid_grant: {
    status: 403,
    title: 'Connexion expirée',
    text: 'La connexion a pris trop de temps, ou vos droits sur ce site viennent d’être retirés. Recommencez pour continuer.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'Service momentanément indisponible',
    text: `Le service de connexion de la caisse ne répond pas. ${TRY_AGAIN}`,
  },
  server_error: {
    status: 503,
    title: 'Service momentanément indisponible',
    text: `Le service de connexion de la caisse a rencontré un incident. ${TRY_AGAIN}`,
  },
};

const UNEXPECTED: Message = {
  status: 502,
  title: 'Connexion impossible',
  text: 'Le service de connexion de la caisse a refusé la demande de ce portail. Si cela se reproduit, signalez-le à votre caisse.',
};

export const ISSUER_AWAY: Message = {
  status: 503,
  title: 'Service momentanément indisponible',
  text: `Le service de connexion de la caisse ne répond pas. ${TRY_AGAIN}`,
};

export const NOT_FOUND: Message = {
  status: 404,
  title: 'Page introuvable',
  text: 'L’adresse est erronée, ou la page n’existe plus.',
};

export const SIGN_IN_FORGOTTEN: Message = {
  status: 400,
  title: 'Cette connexion n’est plus valable',
  text: 'Elle a déjà servi, elle a expiré, ou elle a été commencée dans un autre navigateur. Recommencez pour continuer.',
};

export const SESSION_OVER: Message = {
  status: 403,
  title: 'Votre session est terminée',
  text: 'Vous vous êtes déconnecté, ou vous êtes resté trop longtemps sans activité. Connectez-vous pour continuer.',
};

export const RIGHTS_WITHDRAWN: Message = {
  status: 403,
  way: 'Choisir un autre site',
  title: 'Vous n’avez plus accès à ce site',
  text: 'Vos droits sur ce site ont été retirés ou sont arrivés à leur terme, ou bien votre session auprès de la caisse est terminée. Vous pouvez choisir un autre site.',
};

export const RIGHT_MISSING: Message = {
  status: 403,
  title: 'Accès non autorisé',
  text: 'Vos droits sur ce site ne comprennent pas cette fonctionnalité, ou pas sa mise à jour. Adressez-vous à l’administrateur de l’espace.',
};

export const BAD_REQUEST: Message = {
  status: 400,
  title: 'Demande non comprise',
  text: 'La demande reçue est incomplète ou erronée. Revenez à la page précédente et recommencez.',
};

export const FOREIGN_ORIGIN: Message = {
  status: 403,
  title: 'Demande refusée',
  text: 'Le formulaire a été envoyé depuis un autre site. Par sécurité, rien n’a été enregistré.',
};

export const FAULT: Message = {
  status: 500,
  title: 'Un incident est survenu',
  text: `La page n’a pas pu être affichée. ${TRY_AGAIN}`,
};

/** `error` of RFC 6749 §4.1.2.1, §5.2 and OpenID Connect Core §3.1.2.6. */
export function explainRefusal(error: string): Message {
  return (Object.hasOwn(SIGN_IN_REFUSALS, error) ? SIGN_IN_REFUSALS[error] : undefined) ?? UNEXPECTED;
}
