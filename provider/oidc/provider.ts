/** One oidc-provider per caisse: assembled here from the rooms beside it. Owns no rule of its own. */
import type { Context } from 'koa';
import type { AdapterPayload, Client, KoaContextWithOIDC } from 'oidc-provider';
import { errors, Provider } from 'oidc-provider';
import type { Sealer } from '../domain/seal.ts';
import { parseSiret } from '../domain/siret.ts';
import { type ClientRow, listClients, listSigningKeys } from '../store/caisses.ts';
import type { Handle } from '../store/handle.ts';
import type { Caisse } from '../tenant/directory.ts';
import { makeAdapter } from './adapter.ts';
import { CLAIMS_BY_SCOPE } from './claims.ts';
import { ACR_MFA, ACR_PASSWORD, API_SCOPES, SCOPES } from './contract.ts';
import { type Document, type Documents, keepDocument } from './documents.ts';
import { clientSecretContext, cookieKeysContext } from './founding.ts';
import { loadExistingGrant } from './grants.ts';
import { introspectJwtAccessTokens, isIntrospectionAllowed } from './introspection.ts';
import { openSigningKeys, publicKeys } from './keys.ts';
import { letGoOnceAnswered } from './letting-go.ts';
import { endGrantsWithSession, leadNobodyOut } from './logout.ts';
import { makeFetch } from './outgoing.ts';
import { OWN_SCREENS, ownScreens } from './own-screens.ts';
import { makePolicy, type PromptName, requestablePrompts } from './prompts.ts';
import { auditReplay, noteFamilyEnded } from './replays.ts';
import { answerForTheLibrary, type OidcScreens, renderError } from './screens.ts';
import { extraTokenClaims, findAccount, getResourceServerInfo, ttl } from './tokens.ts';

export type ProviderOptions = {
  readonly caisse: Caisse;
  readonly store: Handle;
  readonly sealer: Sealer;
  readonly now: () => number;
  readonly screens: OidcScreens;
  readonly allowedHosts: ReadonlySet<string>;
};

export type Issuer = {
  readonly provider: Provider;
  readonly handle: ReturnType<Provider['callback']>;
  readonly documents: ReadonlyMap<string, Document>;
  /** Where a person goes who has nowhere to go back to; null when the caisse has named no service. */
  readonly defaultService: { readonly name: string; readonly href: string } | null;
};

export async function makeIssuer(options: ProviderOptions): Promise<Issuer> {
  const { caisse, store, sealer } = options;
  const [keyRows, clientRows] = await Promise.all([listSigningKeys(store), listClients(store)]);
  const jwks = openSigningKeys(caisse.id, keyRows, sealer);
  const clients = new Map(clientRows.map((row) => [row.clientId, toLibrary(caisse, row, sealer)]));
  clients.set(OWN_SCREENS, ownScreens(caisse));
  const provider = new Provider(caisse.issuer, configurationOf(options, clients, jwks) as never);
  const away = new WeakSet<object>();
  // Host and scheme come from the issuer, which dispatch writes into the forwarded headers.
  provider.proxy = true;
  provider.silent = true;
  provider.on('server_error', (ctx: Context, error: unknown) => {
    if (options.screens.isAway(error)) away.add(ctx);
    options.screens.fault(ctx, error);
  });
  provider.use(letGoOnceAnswered as never);
  provider.use(answerForTheLibrary(options.screens, away) as never);
  provider.use(introspectJwtAccessTokens(provider, publicKeys(jwks)) as never);
  provider.on('grant.revoked', ({ req }: Context) => noteFamilyEnded(req));
  const documents: Documents = new Map();
  provider.use(
    afterwards({
      discovery: keepDocument(documents),
      jwks: keepDocument(documents),
      token: auditReplay,
      end_session: leadNobodyOut(options.screens),
      end_session_confirm: endGrantsWithSession,
    }) as never,
  );
  const home = clientRows.find((row) => row.defaultService);
  return {
    provider,
    handle: provider.callback(),
    documents,
    defaultService: home ? landingOf(caisse, home) : null,
  };
}

type AfterRoute = (ctx: KoaContextWithOIDC) => unknown;

/** What a route of the library still needs once it has answered, before the answer leaves. */
const afterwards =
  (steps: Readonly<Record<string, AfterRoute>>) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    await steps[ctx.oidc?.route ?? '']?.(ctx);
  };

function toLibrary(caisse: Caisse, row: ClientRow, sealer: Sealer): AdapterPayload {
  // The library wants https there, even on loopback; the address serves only ourselves (landingOf).
  const { initiate_login_uri: _, ...metadata } = row.metadata;
  const secret = row.secret && sealer.open(row.secret, clientSecretContext(caisse.id, row.clientId));
  const payload = { ...metadata, client_id: row.clientId, third_party: row.thirdParty };
  return (secret === null ? payload : { ...payload, client_secret: secret }) as AdapterPayload;
}

function landingOf(caisse: Caisse, client: { readonly metadata: Readonly<Record<string, unknown>> }) {
  const { initiate_login_uri: uri, client_name: name } = client.metadata;
  if (typeof uri !== 'string') return null;
  const href = new URL(uri);
  href.searchParams.set('iss', caisse.issuer);
  return { name: typeof name === 'string' ? name : href.host, href: href.href };
}

// The same for all issuers, and none of it changed by the library.
const POLICY = makePolicy();
const PROMPTS = requestablePrompts(POLICY);

function configurationOf(
  options: ProviderOptions,
  clients: ReadonlyMap<string, AdapterPayload>,
  jwks: object,
) {
  const { caisse, store, now, screens } = options;
  return {
    adapter: makeAdapter({ store, now }),
    // Read by the library as they are first asked for. Those of an adapter it tells apart by a hash, at each request.
    clients: [...clients.values()],
    jwks,
    findAccount,
    loadExistingGrant,
    extraTokenClaims,
    ttl,
    claims: CLAIMS_BY_SCOPE,
    scopes: [...SCOPES, ...API_SCOPES],
    acrValues: [ACR_PASSWORD, ACR_MFA],
    // With a resource the access token cannot be used at userinfo: the ID token tells the whole.
    conformIdTokenClaims: false,
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
    extraClientMetadata: { properties: ['third_party', 'default_service', 'resources'] },
    extraParams: { siret_hint: checkSiretHint },
    // `none` is for our own screens, which need the session and no token.
    responseTypes: ['code', 'none'],
    subjectTypes: ['public'],
    allowOmittingSingleRegisteredRedirectUri: false,
    clockTolerance: 5,
    pkce: { required: () => true },
    // A grant outlives a change of site within the session; logout ends them all (logout.ts).
    expiresWithSession: () => false,
    // The library drops offline_access from requests without prompt=consent, which our own services never send: being
    // registered for refresh tokens is the condition here (OpenID Connect Core §11 leaves it to us).
    issueRefreshToken: (_ctx: unknown, client: Client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: (ctx: KoaContextWithOIDC) => ctx.oidc.client?.clientAuthMethod === 'none',
    clientBasedCORS: (_ctx: unknown, origin: string, client?: { redirectUris?: string[] }) =>
      origin !== 'null' && (client?.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    cookies: cookiesOf(options),
    interactions: {
      policy: POLICY,
      url: (_ctx: unknown, interaction: { uid: string; prompt: { name: string } }) =>
        caisse.basePath + screens.pathOf(interaction.prompt.name as PromptName, interaction.uid),
    },
    // Initiating User Registration via OpenID Connect 1.0 §4.
    discovery: { prompt_values_supported: PROMPTS },
    renderError: renderError(screens),
    fetch: makeFetch(options.allowedHosts),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      introspection: { enabled: true, allowedPolicy: isIntrospectionAllowed },
      pushedAuthorizationRequests: { enabled: true },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: screens.signOut,
        postLogoutSuccessSource: screens.signedOut,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx: unknown, _client: unknown, oneOf?: string[]) => oneOf?.[0],
        useGrantedResource: () => true,
        getResourceServerInfo,
      },
    },
  };
}

/** A stranger's try changes nothing and is answered like a success, which tells nothing of the token (RFC 7009 §2.1). */
const isOwnToken = (
  _ctx: unknown,
  caller: Client,
  token: { readonly clientId?: string | undefined },
): boolean => caller.clientId === token.clientId;

function checkSiretHint(_ctx: unknown, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !/^\d{14}$/.test(value) || parseSiret(value) === null) {
    throw new errors.InvalidRequest('siret_hint must be a SIRET (14 digits)');
  }
}

/**
 * Cookies of one caisse never reach another: by their path where issuers share a host, by the host otherwise, and by
 * keys of the caisse's own in any case. RFC 6265bis §4.1.3 prefixes wherever the issuer is https.
 */
function cookiesOf({ caisse, sealer }: ProviderOptions) {
  const prefix = caisse.secure ? '__Secure-' : '';
  const hostPrefix = caisse.secure && caisse.basePath === '' ? '__Host-' : prefix;
  const common = { httpOnly: true, sameSite: 'lax', signed: true, secure: caisse.secure, overwrite: true };
  return {
    keys: JSON.parse(sealer.open(caisse.sealedCookieKeys, cookieKeysContext(caisse.id))) as string[],
    names: {
      session: `${hostPrefix}caisse_session`,
      interaction: `${prefix}caisse_interaction`,
      resume: `${prefix}caisse_resume`,
    },
    long: { ...common, path: caisse.basePath === '' ? '/' : caisse.basePath },
    short: common,
  };
}
