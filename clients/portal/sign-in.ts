/** The authorization code flow, as openid-client speaks it: code, PKCE, state, nonce, PAR, resource (RFC 8707). */
import * as client from 'openid-client';
import type { Issuer } from './issuer.ts';
import type { PendingSignIn } from './pending.ts';
import type { Tokens } from './sessions.ts';
import type { Settings } from './settings.ts';
import { readVisitor, type Visitor } from './visitor.ts';

const SCOPE = 'openid profile email phone offline_access services';

export type SignInRequest = {
  readonly place: string;
  readonly from?: string | undefined;
  /** `manage_delegations`: first to the rights of the site that `siretHint` names. */
  readonly prompt?: 'select_organization' | 'manage_delegations';
  /** 14 digits: the site to act for, where the person holds it. */
  readonly siretHint?: string | undefined;
  readonly loginHint?: string | undefined;
};

export type Departure = { readonly url: URL; readonly state: string; readonly signIn: PendingSignIn };

export function redirectUri(slug: string, { origin }: Settings): string {
  return `${origin}/${slug}/retour`;
}

export async function departFor(
  issuer: Issuer,
  settings: Settings,
  request: SignInRequest,
): Promise<Departure> {
  const { config } = await issuer.connect();
  const codeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const parameters: Record<string, string> = {
    redirect_uri: redirectUri(issuer.slug, settings),
    scope: SCOPE,
    resource: settings.apiResource,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
    ...(request.siretHint === undefined ? {} : { siret_hint: request.siretHint }),
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
  };
  const push = settings.push && config.serverMetadata().pushed_authorization_request_endpoint !== undefined;
  const url = push
    ? await client.buildAuthorizationUrlWithPAR(config, parameters)
    : client.buildAuthorizationUrl(config, parameters);
  const { slug } = issuer;
  return { url, state, signIn: { slug, codeVerifier, nonce, place: request.place, from: request.from } };
}

export type Arrival = { readonly visitor: Visitor; readonly tokens: Tokens };

type TokenResponse = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

/**
 * Redeems the code. `address` is the address that the browser came back to, built on the portal's own origin.
 * @throws client.AuthorizationResponseError, client.ResponseBodyError, client.ClientError
 */
export async function arrive(
  issuer: Issuer,
  settings: Settings,
  returned: { readonly address: URL; readonly state: string; readonly signIn: PendingSignIn },
): Promise<Arrival> {
  const { config } = await issuer.connect();
  const response = await client.authorizationCodeGrant(
    config,
    returned.address,
    {
      pkceCodeVerifier: returned.signIn.codeVerifier,
      expectedState: returned.state,
      expectedNonce: returned.signIn.nonce,
      idTokenExpected: true,
    },
    { resource: settings.apiResource },
  );
  const claims = response.claims() ?? {};
  return { visitor: readVisitor(claims), tokens: readTokens(response, claims, settings.now()) };
}

/**
 * A new access token, and a new ID token with the rights as they are now.
 * @throws client.ResponseBodyError `invalid_grant` when the rights are gone or the session has ended.
 */
export async function renew(
  issuer: Issuer,
  settings: Settings,
  held: { readonly tokens: Tokens; readonly visitor: Visitor },
): Promise<Arrival> {
  const { config } = await issuer.connect();
  const response = await client.refreshTokenGrant(config, held.tokens.refreshToken ?? '', {
    resource: settings.apiResource,
  });
  const claims = response.claims() ?? held.tokens.claims;
  const visitor = readVisitor(claims);
  // OpenID Connect Core §12.2 for the person; the site is this project's promise.
  if (visitor.sub !== held.visitor.sub || visitor.site?.siret !== held.visitor.site?.siret) {
    throw new Error('The renewed ID token is for another person or another site');
  }
  const fresh = readTokens(response, claims, settings.now());
  return {
    visitor: { ...visitor, sid: held.visitor.sid },
    tokens: {
      ...fresh,
      refreshToken: fresh.refreshToken ?? held.tokens.refreshToken,
      idToken: fresh.idToken === '' ? held.tokens.idToken : fresh.idToken,
    },
  };
}

function readTokens(response: TokenResponse, claims: Readonly<Record<string, unknown>>, now: number): Tokens {
  return {
    accessToken: response.access_token,
    accessExpiresAt: now + (response.expires_in ?? 60) * 1000,
    refreshToken: response.refresh_token,
    idToken: response.id_token ?? '',
    claims,
  };
}
