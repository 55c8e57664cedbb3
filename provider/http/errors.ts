/**
 * The one place where a refusal or a fault becomes a status and a French sentence. What is shown holds a reference
 * and nothing of the cause; the cause is in the log under the same reference.
 */
import type { Refusal, RefusalCode } from '../refusal.ts';

export type ErrorText = { readonly status: number; readonly heading: string; readonly text: string };

const REFUSALS: Readonly<Record<RefusalCode, ErrorText>> = {
  host_unknown: {
    status: 421,
    heading: 'Adresse inconnue',
    text: 'Ce serveur ne répond pas pour cette adresse. Vérifiez-la, ou repartez du site de votre caisse.',
  },
  caisse_unknown: {
    status: 404,
    heading: 'Caisse inconnue',
    text: 'Aucune caisse CIBTP ne correspond à cette adresse.',
  },
  not_found: {
    status: 404,
    heading: 'Page introuvable',
    text: 'Cette page n’existe pas ou n’existe plus. Vérifiez l’adresse, ou repartez de votre espace sécurisé.',
  },
  foreign_origin: {
    status: 403,
    heading: 'Envoi refusé',
    text: 'Ce formulaire n’a pas été envoyé depuis notre page. Revenez à la page précédente, actualisez-la, puis recommencez.',
  },
  bad_request: {
    status: 400,
    heading: 'Demande incomprise',
    text: 'Le service qui vous a envoyé ici a fait une demande incorrecte. Revenez à ce service et recommencez ; si cela se reproduit, prévenez votre caisse.',
  },
  form_unreadable: {
    status: 415,
    heading: 'Envoi illisible',
    text: 'Votre navigateur, ou un logiciel placé entre lui et nous, a envoyé ce formulaire sous une forme que nous ne lisons pas. Rien n’a été enregistré : revenez à la page précédente, ou recommencez depuis un autre navigateur.',
  },
  interaction_expired: {
    status: 400,
    heading: 'Cette page a expiré',
    text: 'Par sécurité, une page de connexion ne sert qu’un temps. Rien n’est perdu : reprenez la connexion depuis votre service.',
  },
  too_many_attempts: {
    status: 429,
    heading: 'Trop d’essais',
    text: 'Par sécurité, les essais sont suspendus un moment. Patientez, puis recommencez.',
  },
  busy: {
    status: 503,
    heading: 'Service très demandé',
    text: 'Beaucoup de personnes se connectent en ce moment. Patientez quelques instants, puis recommencez.',
  },
  site_not_held: {
    status: 403,
    heading: 'Site non accessible',
    text: 'Vous n’avez pas, ou plus, de droits sur ce site déclarant.',
  },
  not_administrator: {
    status: 403,
    heading: 'Réservé aux administrateurs',
    text: 'Seul un administrateur de ce site peut en gérer les droits d’accès. Adressez-vous à lui.',
  },
  not_manager: {
    status: 403,
    heading: 'Réservé aux responsables du cabinet',
    text: 'Seul un responsable de cabinet comptable ouvre cette page. Votre caisse désigne les responsables\u00a0: adressez-vous à elle.',
  },
  only_the_caisse: {
    status: 403,
    heading: 'Réservé à la caisse',
    text: 'Seule votre caisse désigne ou retire les responsables d’un cabinet comptable. Adressez-vous à elle.',
  },
  beyond_giver: {
    status: 403,
    heading: 'Droits insuffisants',
    text: 'Ces droits dépassent, en ce moment, ceux de la personne ou du cabinet qui les donne. Rien n’a été changé.',
  },
  office_forbidden: {
    status: 403,
    heading: 'Réservé aux superviseurs',
    text: 'Seul un superviseur de la caisse peut faire cela. Adressez-vous à l’un d’eux.',
  },
  changed_meanwhile: {
    status: 409,
    heading: 'Modifié entre-temps',
    text: 'Quelqu’un d’autre vient de modifier ces droits. Rien n’a été changé par vous : revenez à la liste pour voir où ils en sont.',
  },
  database_away: {
    status: 503,
    heading: 'Service momentanément indisponible',
    text: 'Nous rétablissons le service. Patientez quelques instants, puis actualisez la page.',
  },
};

const FAULT: ErrorText = {
  status: 500,
  heading: 'Une erreur est survenue',
  text: 'Le problème vient de chez nous et il a été enregistré. Réessayez dans un moment ; si cela se reproduit, donnez la référence ci-dessous à votre caisse.',
};

export const textOf = (code: RefusalCode): ErrorText => REFUSALS[code];
export const FAULT_TEXT = FAULT;

/** Seconds to wait, for the Retry-After header (RFC 9110 §10.2.3); null when waiting does not help. */
export function retryAfter(refusal: Refusal): number | null {
  if (refusal.code === 'too_many_attempts') return Number(refusal.facts.seconds ?? 60);
  return REFUSALS[refusal.code].status === 503 ? 5 : null;
}
