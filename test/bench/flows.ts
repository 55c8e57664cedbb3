/** The same journeys at both servers: authorization request, forms, code, tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { expectStatus, form, send, type Target } from './http.ts';
import { CALLBACK, PASSWORD, SECRET } from './seed.ts';

export type Jar = Map<string, string>;

export type Tokens = {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
};

export type Person = { readonly email: string; readonly siteId?: string };

const AS_SERVICE = { client_id: 'service', client_secret: SECRET };
const AS_MACHINE = { client_id: 'machine', client_secret: SECRET };

function authorization(target: Target, extra: Readonly<Record<string, string>> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'service',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'mesure',
    ...extra,
  });
  return { verifier, path: `${target.basePath}/auth?${query}` };
}

const MOST_STEPS = 12;

/** Follows redirects and fills in what is asked, until the service has its code. */
async function walk(target: Target, jar: Jar, path: string, person: Person | null): Promise<string> {
  let next = path;
  for (let step = 0; step < MOST_STEPS; step++) {
    let answer = await send(target, next, { jar });
    if (answer.status === 200 && person) {
      const fields: Record<string, string> = next.includes('/choix-du-site/')
        ? { site: person.siteId ?? '' }
        : { email: person.email, password: PASSWORD };
      answer = await send(target, next, { jar, body: form(fields) });
    }
    if (!answer.location) throw new Error(`stays at ${next}: ${answer.status}\n${answer.text.slice(0, 600)}`);
    if (answer.location.startsWith(CALLBACK)) return codeOf(answer.location);
    const url = new URL(answer.location, target.origin);
    next = url.pathname + url.search;
  }
  throw new Error(`no end to the redirects, at ${next}`);
}

function codeOf(location: string): string {
  const { searchParams } = new URL(location);
  const code = searchParams.get('code');
  if (!code) throw new Error(`no code: ${searchParams}`);
  return code;
}

export type Code = { readonly code: string; readonly verifier: string };

export async function redeem(target: Target, { code, verifier }: Code): Promise<Tokens> {
  const body = form({
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
    ...AS_SERVICE,
  });
  const answer = expectStatus(await send(target, `${target.basePath}/token`, { body }), 200, 'redeem');
  return JSON.parse(answer.text) as Tokens;
}

export async function signIn(target: Target, person: Person, jar: Jar = new Map()): Promise<Tokens> {
  const asked = authorization(target);
  return redeem(target, { code: await walk(target, jar, asked.path, person), verifier: asked.verifier });
}

/** Signed in to one of our own pages; leaves the session in the jar. */
export async function enter(target: Target, person: Person, path: string, jar: Jar): Promise<void> {
  let next = target.basePath + path;
  for (let step = 0; step < MOST_STEPS; step++) {
    let answer = await send(target, next, { jar });
    if (answer.status === 200 && !next.includes('/connexion/')) return;
    if (answer.status === 200) {
      answer = await send(target, next, { jar, body: form({ email: person.email, password: PASSWORD }) });
    }
    if (!answer.location) throw new Error(`stays at ${next}: ${answer.status}\n${answer.text.slice(0, 600)}`);
    const url = new URL(answer.location, target.origin);
    next = url.pathname + url.search;
  }
  throw new Error(`no end to the redirects, at ${next}`);
}

/** Where the authorization of somebody signed in, who has several sites, stands. @returns the selection screen's path. */
export async function selectionPage(target: Target, jar: Jar): Promise<string> {
  const answer = await send(target, authorization(target).path, { jar });
  const url = new URL(answer.location ?? '', target.origin);
  if (!url.pathname.includes('/choix-du-site/'))
    throw new Error(`not at the selection screen: ${url.pathname}`);
  return url.pathname;
}

/** prompt=none in the session of the jar; at the product, for the site that the SIRET names. */
export async function authorizeSilently(target: Target, jar: Jar, siret: string): Promise<Code> {
  const extra = target.basePath === '' ? { prompt: 'none' } : { prompt: 'none', siret_hint: siret };
  const asked = authorization(target, extra);
  return { code: await walk(target, jar, asked.path, null), verifier: asked.verifier };
}

export async function refresh(target: Target, token: string): Promise<Tokens> {
  const body = form({ grant_type: 'refresh_token', refresh_token: token, ...AS_SERVICE });
  const answer = expectStatus(await send(target, `${target.basePath}/token`, { body }), 200, 'refresh');
  return JSON.parse(answer.text) as Tokens;
}

export async function userinfo(target: Target, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  expectStatus(await send(target, `${target.basePath}/me`, { headers }), 200, 'userinfo');
}

export async function introspect(target: Target, token: string): Promise<void> {
  const body = form({ token, ...AS_MACHINE });
  const answer = await send(target, `${target.basePath}/token/introspection`, { body });
  if (!expectStatus(answer, 200, 'introspect').text.includes('"active":true')) throw new Error('not active');
}

export async function clientCredentials(target: Target): Promise<string> {
  const body = form({ grant_type: 'client_credentials', scope: 'decisions', ...AS_MACHINE });
  const answer = await send(target, `${target.basePath}/token`, { body });
  return (JSON.parse(expectStatus(answer, 200, 'client credentials').text) as Tokens).access_token;
}

export type Asked = { readonly subject: string; readonly siret: string };

const evaluation = ({ subject, siret }: Asked) => ({
  subject: { type: 'user', id: subject },
  action: { name: 'read' },
  resource: { type: 'feature', id: 'documents', properties: { siret } },
});

export async function decide(target: Target, token: string, asked: Asked): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const json = evaluation(asked);
  const answer = await send(target, `${target.basePath}/access/v1/evaluation`, { headers, json });
  if (!expectStatus(answer, 200, 'decide').text.includes('"decision":true')) throw new Error(answer.text);
}

export async function decideBatch(target: Target, token: string, asked: Asked, size: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const json = { evaluations: Array.from({ length: size }, () => evaluation(asked)) };
  const answer = await send(target, `${target.basePath}/access/v1/evaluations`, { headers, json });
  expectStatus(answer, 200, 'decide a batch');
}
