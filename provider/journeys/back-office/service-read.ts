/** What was typed of a service, read: the metadata to register (RFC 7591), or what is wrong at which field. */
import { readLines } from '../../domain/lines.ts';
import type { FieldError } from '../../http/screens.ts';
import { GRANTS, METHODS, type Metadata, SIGNATURES, type TypedService } from './service-form.ts';

const MOST_ADDRESSES = 20;
const LONGEST_ADDRESS = 500;
const LONGEST_KEYS = 20_000;

export type ReadService = { readonly service: TypedService; readonly errors: readonly FieldError[] };

/** What no field speaks of stays as it was registered. */
export function readService(
  former: TypedService | null,
  scopes: readonly string[],
  typed: (id: string) => string,
): ReadService {
  const errors: FieldError[] = [];
  const fail = (field: string, message: string) => void errors.push({ field, message });
  const clientId = former?.clientId ?? typed('identifiant').trim();
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(clientId) || clientId.length > 64) {
    fail(
      'identifiant',
      'Donnez un identifiant de 64 caractères au plus\u00a0: minuscules, chiffres et tirets.',
    );
  }
  const name = typed('nom').trim();
  if (name === '' || name.length > 80) fail('nom', 'Donnez un nom de 80 caractères au plus.');
  const grants = GRANTS.filter(({ id }) => typed(id) === 'oui').map(({ grant }) => grant);
  if (grants.length === 0) fail('modes', 'Cochez au moins une chose que fait le service.');
  if (grants.includes('refresh_token') && !grants.includes('authorization_code')) {
    fail('modes', 'On ne reste connecté que si l’on connecte des personnes.');
  }
  const signsIn = grants.includes('authorization_code');
  const addresses = (id: string): string[] => {
    const lines = readLines(typed(id));
    if (lines.length > MOST_ADDRESSES) fail(id, `Donnez au plus ${MOST_ADDRESSES} adresses.`);
    const wrong = lines.find((line) => !isAddress(line));
    if (wrong !== undefined) fail(id, wordsOfAddress(wrong));
    return lines;
  };
  const address = (id: string): string | undefined => {
    const one = typed(id).trim();
    if (one === '') return undefined;
    if (!isAddress(one)) fail(id, wordsOfAddress(one));
    return one;
  };
  const method = typed('authentification');
  if (!METHODS.some(({ value }) => value === method)) fail('authentification', 'Choisissez dans la liste.');
  if (grants.includes('client_credentials') && method === 'none') {
    fail('authentification', 'Pour appeler les API en son propre nom, il faut un secret ou une clé.');
  }
  const alg = typed('signature');
  if (!SIGNATURES.some(({ value }) => value === alg)) fail('signature', 'Choisissez dans la liste.');
  const redirects = addresses('adresses_retour');
  if (signsIn && redirects.length === 0) fail('adresses_retour', 'Donnez au moins une adresse de retour.');
  if (!signsIn && redirects.length > 0)
    fail('adresses_retour', 'Un service qui ne connecte personne n’a pas d’adresse de retour.');
  const held = scopes.filter((scope) => typed(`portee_${scope}`) === 'oui');
  if (signsIn && !held.includes('openid'))
    fail('portees', 'Pour connecter des personnes, il faut au moins «\u00a0openid\u00a0».');
  const keys = method === 'private_key_jwt' ? readKeys(typed, address, fail) : {};
  const start = address('adresse_depart');
  if (typed('par_defaut') === 'oui' && (!start || !signsIn)) {
    fail('adresse_depart', 'Le service par défaut a besoin de l’adresse qui lance une connexion.');
  }
  const backchannel = address('adresse_deconnexion');
  const { jwks: _, jwks_uri: __, ...kept } = former?.metadata ?? { application_type: 'web' };
  const metadata = {
    ...kept,
    client_name: name,
    grant_types: grants,
    response_types: signsIn ? ['code'] : [],
    redirect_uris: redirects,
    post_logout_redirect_uris: addresses('adresses_sortie'),
    initiate_login_uri: start,
    backchannel_logout_uri: backchannel,
    backchannel_logout_session_required: backchannel === undefined ? undefined : true,
    resources: addresses('api'),
    token_endpoint_auth_method: method,
    id_token_signed_response_alg: alg,
    scope: held.join(' '),
    ...keys,
  };
  const service = {
    clientId,
    metadata: JSON.parse(JSON.stringify(metadata)) as Metadata,
    thirdParty: typed('tiers') === 'oui',
    defaultService: typed('par_defaut') === 'oui',
  };
  return { service, errors };
}

function readKeys(
  typed: (id: string) => string,
  address: (id: string) => string | undefined,
  fail: (field: string, message: string) => void,
): Metadata {
  const uri = address('adresse_cles');
  const pasted = typed('cles').trim();
  if ((uri === undefined) === (pasted === '')) {
    fail(
      'adresse_cles',
      'Donnez l’adresse de ses clés publiques, ou les clés elles-mêmes\u00a0: l’une des deux.',
    );
    return {};
  }
  if (uri !== undefined) return { jwks_uri: uri };
  const jwks = pasted.length > LONGEST_KEYS ? null : parsedKeys(pasted);
  if (jwks === null)
    fail(
      'cles',
      'Collez un ensemble de clés publiques (JWKS)\u00a0: {"keys":[…]}, sans clé privée ni secrète.',
    );
  return jwks === null ? {} : { jwks };
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

function parsedKeys(pasted: string): Metadata | null {
  try {
    const { keys } = JSON.parse(pasted) as { keys?: unknown };
    if (!Array.isArray(keys) || keys.length === 0) return null;
    const isPublic = (key: unknown) =>
      typeof key === 'object' && key !== null && !PRIVATE.some((member) => Object.hasOwn(key, member));
    return keys.every(isPublic) ? { keys } : null;
  } catch {
    return null;
  }
}

const LOOPBACKS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Exact: no joker, no fragment, nobody's name or password, and no http but on the machine itself. */
function isAddress(address: string): boolean {
  if (address.length > LONGEST_ADDRESS || /[*#\s\\]/.test(address) || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACKS.has(hostname));
}

const wordsOfAddress = (address: string): string =>
  `«\u00a0${address.slice(0, 80)}\u00a0» ne convient pas\u00a0: donnez une adresse exacte en https (http pour localhost seul), sans «\u00a0*\u00a0» ni «\u00a0#\u00a0».`;
