/** A person with a browser, played over supertest: keeps cookies by path, follows redirects, fills in forms. */
import { createHash, randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { RETURN, SECRET } from './app.ts';
import { PASSWORD } from './world.ts';

export type Page = {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where a redirect leads that was not followed (out of the provider). */
  readonly location: string | null;
};

const MOST_HOPS = 15;

export class Visitor {
  readonly #agents = new Map<string, ReturnType<typeof supertest.agent>>();
  /** What this browser says of itself with every request. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.headers = headers;
  }

  async get(url: string): Promise<Page> {
    return this.#follow(await this.#send('get', url));
  }

  /** Posts a form as a browser does, from its own page. */
  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    return this.#follow(await this.#send('post', url, fields, headers));
  }

  /** Without following: one exchange. */
  async once(url: string): Promise<Page> {
    return this.#send('get', url);
  }

  /** Likewise a form: where it leads is not followed. */
  async postOnce(url: string, fields: Record<string, string>): Promise<Page> {
    return this.#send('post', url, fields);
  }

  /** The Cookie header that this browser would send there; '' when it holds none for that address. */
  cookiesFor(url: string): string {
    const { origin, hostname, pathname } = new URL(url);
    const access = { domain: hostname, path: pathname, secure: false, script: false };
    return this.#agentFor(origin).jar.getCookies(access).toValueString();
  }

  #agentFor(origin: string) {
    const agent = this.#agents.get(origin) ?? supertest.agent(origin);
    this.#agents.set(origin, agent);
    return agent;
  }

  async #send(
    method: 'get' | 'post',
    url: string,
    fields?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const { origin, pathname, search } = new URL(url);
    let request = this.#agentFor(origin)
      [method](pathname + search)
      .redirects(0)
      .set({ Accept: 'text/html', ...this.headers });
    if (method === 'post') request = request.set({ Origin: origin, ...headers }).type('form');
    const response = await request.send(fields);
    const location = response.headers.location as string | undefined;
    return {
      url,
      status: response.status,
      text: response.text,
      headers: response.headers as Record<string, string>,
      location: location === undefined ? null : new URL(location, url).href,
    };
  }

  async #follow(page: Page): Promise<Page> {
    let current = page;
    for (let hop = 0; current.location !== null; hop++) {
      if (new URL(current.location).origin !== new URL(current.url).origin) return current;
      if (hop === MOST_HOPS) throw new Error(`too many redirects, the last to ${current.location}`);
      current = await this.#send('get', current.location);
    }
    return current;
  }
}

export type AuthorizationRequest = {
  readonly url: string;
  readonly verifier: string;
  readonly clientId: string;
  readonly issuer: string;
};

/** An authorization request with PKCE (RFC 7636), to the endpoint that discovery names. */
export async function request(
  issuer: string,
  clientId: string,
  extra: Record<string, string> = {},
): Promise<AuthorizationRequest> {
  const verifier = randomBytes(32).toString('base64url');
  const { authorization_endpoint } = await discover(issuer);
  const url = new URL(authorization_endpoint as string);
  url.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: RETURN,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: randomBytes(8).toString('hex'),
    ...extra,
  }).toString();
  return { url: url.href, verifier, clientId, issuer };
}

export async function discover(issuer: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  return (await response.json()) as Record<string, unknown>;
}

/** Signs in on the page where the visitor stands. */
export const signInOn = (visitor: Visitor, page: Page, email: string, password = PASSWORD): Promise<Page> =>
  visitor.post(page.url, { email, password });

export const chooseOn = (visitor: Visitor, page: Page, siteId: string): Promise<Page> =>
  visitor.post(page.url, { site: siteId });

/** What came back to the service: `code` or `error`. */
export function returned(page: Page): URLSearchParams {
  if (!page.location?.startsWith(RETURN)) {
    throw new Error(`not back at the service: ${page.status} ${page.url}\n${page.text.slice(0, 2000)}`);
  }
  return new URL(page.location).searchParams;
}

export type Tokens = {
  readonly status: number;
  readonly access_token?: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
  readonly error?: string;
  readonly [member: string]: unknown;
};

const PUBLIC = new Set(['essai', 'essai-tiers']);

export const credentialsOf = (clientId: string): Record<string, string> => ({
  client_id: clientId,
  ...(PUBLIC.has(clientId) ? {} : { client_secret: SECRET }),
});

export async function tokenRequest(
  issuer: string,
  clientId: string,
  body: Record<string, string>,
): Promise<Tokens> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...credentialsOf(clientId), ...body }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

export const redeem = (
  asked: AuthorizationRequest,
  code: string,
  extra: Record<string, string> = {},
): Promise<Tokens> =>
  tokenRequest(asked.issuer, asked.clientId, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: RETURN,
    code_verifier: asked.verifier,
    ...extra,
  });

export const refresh = (issuer: string, clientId: string, refreshToken: string): Promise<Tokens> =>
  tokenRequest(issuer, clientId, { grant_type: 'refresh_token', refresh_token: refreshToken });

/** The claims of a JWT, unverified: tests of signatures verify by themselves. */
export function claimsOf(token: string | undefined): Record<string, unknown> {
  const part = token?.split('.')[1];
  if (!part) throw new Error(`no JWT: ${token}`);
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

/** From the service's link to tokens: sign-in, site if one is asked, code, tokens. */
export async function signInAndRedeem(
  visitor: Visitor,
  person: { readonly email: string; readonly siteId?: string },
  asked: AuthorizationRequest,
): Promise<Tokens> {
  let page = await visitor.get(asked.url);
  if (page.url.includes('/connexion/')) page = await signInOn(visitor, page, person.email);
  if (page.url.includes('/choix-du-site/') && page.location === null) {
    page = await chooseOn(visitor, page, person.siteId ?? '');
  }
  return redeem(asked, returned(page).get('code') ?? '');
}

/** The ids of the sites that a selection screen offers, in its order. */
export function sitesOn(page: Page): { readonly recent: string[]; readonly listed: string[] } {
  const idsIn = (html = '') => [...html.matchAll(/name="site" value="([^"]+)"/g)].map(([, id]) => id ?? '');
  const [before, list] = page.text.split('id="sites"');
  return { recent: idsIn(before), listed: idsIn(list) };
}

const ENTITIES: Readonly<Record<string, string>> = { nbsp: '\u00a0', amp: '&', lt: '<', gt: '>', quot: '"' };

/** What a person reads: no tags, entities opened, any white space as one space. */
export const readableText = (page: Pick<Page, 'text'>): string =>
  page.text
    .replaceAll('<wbr>', '')
    .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/\s+/g, ' ');

/** The answer of /introspection to a service about a token (RFC 7662). */
export async function introspect(
  issuer: string,
  caller: string,
  token: string | undefined,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuer}/token/introspection`, {
    method: 'POST',
    body: new URLSearchParams({ ...credentialsOf(caller), token: token ?? '' }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

export async function userinfo(
  issuer: string,
  accessToken: string | undefined,
): Promise<Record<string, unknown>> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  const response = await fetch(`${issuer}/me`, { headers });
  return { status: response.status, ...((await response.json()) as object) };
}
