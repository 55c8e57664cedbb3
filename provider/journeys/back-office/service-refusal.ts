/** What the protocol library refuses of a service, told in French at the field that it is about. */
import type { FieldError } from '../../http/screens.ts';

/** The library's words begin with the name of a member (RFC 7591). */
const FIELDS: Readonly<Record<string, FieldError>> = {
  client_id: { field: 'identifiant', message: 'Cet identifiant ne convient pas.' },
  client_name: { field: 'nom', message: 'Ce nom ne convient pas.' },
  grant_types: {
    field: 'modes',
    message: 'Le service ne peut pas faire ensemble tout ce que vous avez coché.',
  },
  response_types: {
    field: 'modes',
    message: 'Le service ne peut pas faire ensemble tout ce que vous avez coché.',
  },
  redirect_uris: {
    field: 'adresses_retour',
    message: 'Une adresse de retour ne convient pas à ce genre de service.',
  },
  post_logout_redirect_uris: {
    field: 'adresses_sortie',
    message: 'Une adresse d’après la déconnexion ne convient pas à ce genre de service.',
  },
  backchannel_logout_uri: {
    field: 'adresse_deconnexion',
    message: 'L’adresse de déconnexion distante ne convient pas.',
  },
  token_endpoint_auth_method: {
    field: 'authentification',
    message: 'Cette façon de prouver qui il est ne va pas avec le reste.',
  },
  client_secret: {
    field: 'authentification',
    message: 'Cette façon de prouver qui il est demande un secret.',
  },
  jwks: { field: 'cles', message: 'Ces clés publiques ne se lisent pas.' },
  client: { field: 'cles', message: 'Ces clés publiques ne se lisent pas.' },
  jwks_uri: { field: 'adresse_cles', message: 'L’adresse des clés publiques ne convient pas.' },
  id_token_signed_response_alg: { field: 'signature', message: 'Cette signature n’est pas possible ici.' },
  scope: { field: 'portees', message: 'Le service ne peut pas demander ces portées.' },
};

const OTHER: FieldError = {
  field: 'nom',
  message: 'Ce service ne peut pas être enregistré ainsi\u00a0: vérifiez ses adresses et sa sécurité.',
};

export const fieldOfRefusal = (words: string): FieldError => FIELDS[/^\w+/.exec(words)?.[0] ?? ''] ?? OTHER;
