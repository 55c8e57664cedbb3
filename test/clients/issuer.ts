/**
 * A small OpenID issuer for the relying parties' tests: real keys, real HTTP, and whatever person, site and
 * rights the test puts in front of it. It checks what a client sends, so that a careless client fails here.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyParser } from '@koa/bodyparser';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Koa from 'koa';

export type Person = Readonly<Record<string, unknown>> & { readonly sub: string; readonly sid: string };

export type Running = { readonly origin: string; readonly close: () => Promise<void> };

export async function listen(app: Koa, port = 0): Promise<Running> {
  app.silent = true;
  // The callback is taken at each request: an issuer adds its routes once it knows its port.
  const server = createServer((request, response) => app.callback()(request, response));
  server.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${bound}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An origin that nothing listens on yet: a relying party must know its own before it is made. */
export async function freeOrigin(): Promise<string> {
  const probe = await listen(new Koa());
  await probe.close();
  return probe.origin;
}

type Grant = { readonly person: Person; readonly request: Record<string, string> };

export type TestIssuer = Awaited<ReturnType<typeof startIssuer>>;

export async function startIssuer(slug: string, { secret = 'portal-secret', resource = 'urn:api' } = {}) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const { privateKey: foreignKey } = await generateKeyPair('ES256');
  const key = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' };
  const state = {
    /** Who signs in at the next authorization request. */
    person: undefined as Person | undefined,
    /** The error that the next authorization request comes back with. */
    refusal: undefined as string | undefined,
    expiresIn: 300,
    /** People whose refresh tokens are worth nothing any more. */
    withdrawn: new Set<string>(),
    refreshes: 0,
    /** Signs ID tokens with a key that the issuer never published, under a published name. */
    forges: false,
    lastRequest: {} as Record<string, string>,
    lastLogout: {} as Record<string, string>,
  };
  const pushed = new Map<string, Record<string, string>>();
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();

  const app = new Koa();
  const running = await listen(app);
  const issuer = `${running.origin}/${slug}`;

  function sign(
    claims: Readonly<Record<string, unknown>>,
    { typ = 'JWT', by = privateKey } = {},
  ): Promise<string> {
    return new SignJWT({ iss: issuer, iat: Math.floor(Date.now() / 1000), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ })
      .sign(by);
  }

  function accessToken(
    claims: Readonly<Record<string, unknown>>,
    header = { typ: 'at+jwt' },
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return sign(
      { aud: resource, client_id: 'portail', jti: randomUUID(), exp: now + 300, ...claims },
      header,
    );
  }

  async function tokens(grant: Grant, withNonce: boolean): Promise<Record<string, unknown>> {
    const { person, request } = grant;
    const now = Math.floor(Date.now() / 1000);
    const refreshToken = randomUUID();
    refreshTokens.set(refreshToken, grant);
    return {
      access_token: await accessToken({ ...person, scope: 'services' }),
      token_type: 'Bearer',
      expires_in: state.expiresIn,
      refresh_token: refreshToken,
      id_token: await sign(
        { ...person, aud: 'portail', exp: now + 300, ...(withNonce ? { nonce: request.nonce } : {}) },
        { by: state.forges ? foreignKey : privateKey },
      ),
    };
  }

  function redeem(form: Record<string, string>): Grant | undefined {
    if (form.grant_type === 'refresh_token') {
      const grant = refreshTokens.get(form.refresh_token ?? '');
      refreshTokens.delete(form.refresh_token ?? '');
      state.refreshes += 1;
      return grant !== undefined && state.withdrawn.has(String(grant.person.siret)) ? undefined : grant;
    }
    const grant = codes.get(form.code ?? '');
    codes.delete(form.code ?? '');
    const challenge = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url');
    return grant?.request.code_challenge === challenge ? grant : undefined;
  }

  app.use(bodyParser({ enableTypes: ['form'] }));
  app.use(async (ctx) => {
    const form = (ctx.request.body ?? {}) as Record<string, string>;
    const path = ctx.path.slice(`/${slug}`.length);
    if (['/par', '/token'].includes(path)) {
      // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
      const [scheme, credentials = ''] = ctx.get('authorization').split(' ');
      const sent = decodeURIComponent(Buffer.from(credentials, 'base64').toString());
      if (scheme !== 'Basic' || sent !== `portail:${secret}`) ctx.throw(401);
    }
    if (path === '/.well-known/openid-configuration') {
      ctx.body = {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        pushed_authorization_request_endpoint: `${issuer}/par`,
        end_session_endpoint: `${issuer}/session/end`,
        jwks_uri: `${issuer}/jwks`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['ES256'],
      };
    } else if (path === '/jwks') {
      ctx.body = { keys: [key] };
    } else if (path === '/par') {
      const uri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
      pushed.set(uri, form);
      ctx.status = 201;
      ctx.body = { request_uri: uri, expires_in: 60 };
    } else if (path === '/auth') {
      const request = pushed.get(String(ctx.query.request_uri)) ?? (ctx.query as Record<string, string>);
      state.lastRequest = request;
      const answer = new URL(request.redirect_uri ?? '');
      answer.searchParams.set('state', request.state ?? '');
      answer.searchParams.set('iss', issuer);
      if (state.refusal !== undefined) answer.searchParams.set('error', state.refusal);
      else {
        const code = randomUUID();
        if (state.person !== undefined) codes.set(code, { person: state.person, request });
        answer.searchParams.set('code', code);
      }
      ctx.redirect(answer.href);
    } else if (path === '/token') {
      const grant = redeem(form);
      ctx.set('Cache-Control', 'no-store');
      ctx.status = grant === undefined ? 400 : 200;
      ctx.body =
        grant === undefined
          ? { error: 'invalid_grant' }
          : await tokens(grant, form.grant_type === 'authorization_code');
    } else if (path === '/session/end') {
      state.lastLogout = ctx.query as Record<string, string>;
      ctx.redirect(`${state.lastLogout.post_logout_redirect_uri}?state=${state.lastLogout.state}`);
    }
  });

  return { ...running, issuer, slug, state, sign, accessToken, key };
}
