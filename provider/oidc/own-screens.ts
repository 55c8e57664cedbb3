/**
 * Our own screens (my account, rights, back office) as a service of their caisse: they get the session through the same
 * gates as everybody, and no token (`response_type=none`, OAuth 2.0 Multiple Response Types §4).
 */
import type { AdapterPayload } from 'oidc-provider';
import type { Caisse } from '../tenant/directory.ts';

export const OWN_SCREENS = 'mon-compte';
/** Path under the issuer; `state` holds the path to go on to. */
export const OWN_SCREENS_RETURN = '/mon-compte/retour';

export const ownScreens = (caisse: Caisse): AdapterPayload => ({
  client_id: OWN_SCREENS,
  client_name: caisse.name,
  redirect_uris: [caisse.issuer + OWN_SCREENS_RETURN],
  response_types: ['none'],
  grant_types: [],
  token_endpoint_auth_method: 'none',
});
