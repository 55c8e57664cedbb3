/** A caisse with one of each thing and everybody who may ask for it, beside another caisse that has the same. */
import { offerRequests } from './access-requests.ts';
import { SECRET, type Slug, startApp, type TestApp, type TestClient } from './app.ts';
import { type AtWork, atWork } from './at-work.ts';
import { tokenOf } from './decisions.ts';
import { type Everything, oneOfEach, ownService } from './one-of-each.ts';
import { type Answer, type Sent, sendTo } from './second-node.ts';
import { signInOn, Visitor } from './visitor.ts';

export const HERE: Slug = 'grand-est';
export const THERE: Slug = 'nord-ouest';

export const ROLES = [
  'nobody',
  'colleague',
  'administrator',
  'manager',
  'agent',
  'supervisor',
  'their supervisor',
  'service',
  'their service',
] as const;
export type Role = (typeof ROLES)[number];
export type Method = 'GET' | 'POST';

export type Stage = {
  readonly app: TestApp;
  readonly issuer: string;
  readonly agent: AtWork;
  readonly supervisor: AtWork;
  readonly ours: Everything;
  readonly theirs: Everything;
  /** One exchange at our caisse, as that role's browser or program has it. */
  readonly ask: (
    role: Role,
    method: Method,
    path: string,
    sent?: Pick<Sent, 'headers' | 'body'>,
  ) => Promise<Answer>;
  /** What such a browser or program sends with every request. */
  readonly headersOf: (role: Role) => Readonly<Record<string, string>>;
  /** Likewise as a browser with these cookies. */
  readonly askWith: (
    cookie: string,
    method: Method,
    path: string,
    sent?: Pick<Sent, 'headers' | 'body'>,
  ) => Promise<Answer>;
};

export async function everyRole(): Promise<Stage> {
  const app = await startApp({ clients: [HERE, THERE].map(machineAt) });
  const issuer = app.issuerOf(HERE);
  await Promise.all([HERE, THERE].map((slug) => offerRequests(app, slug)));
  const abroad = await atWork(app, 'superviseur', { slug: THERE });
  const theirs = await oneOfEach({ app, slug: THERE, office: abroad });
  const supervisor = await atWork(app, 'superviseur');
  const ours = await oneOfEach({ app, slug: HERE, office: supervisor });
  const agent = await atWork(app);
  const signedIn = async (email: string) => {
    const visitor = new Visitor();
    await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email);
    return cookieOf(visitor, issuer);
  };
  const bearer = async (slug: Slug) => {
    const asked = { client: ownService(slug), scope: 'imports' };
    return { authorization: `Bearer ${await tokenOf(app, app.issuerOf(slug), asked)}` };
  };
  const { people } = ours;
  const says: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
    nobody: {},
    colleague: { cookie: await signedIn(people.colleague) },
    administrator: { cookie: await signedIn(people.administrator) },
    manager: { cookie: await signedIn(people.manager) },
    agent: { cookie: cookieOf(agent.visitor, issuer) },
    supervisor: { cookie: cookieOf(supervisor.visitor, issuer) },
    'their supervisor': { cookie: cookieOf(abroad.visitor, app.issuerOf(THERE)) },
    service: await bearer(HERE),
    'their service': await bearer(THERE),
  };
  const readyAt = app.clock.now();
  const send: SendAs = (
    own,
    method,
    path,
    { headers = {}, body = method === 'POST' ? {} : undefined } = {},
  ) => {
    // However slow the machine: sensitive pages ask for a sign-in of the last minutes.
    const late = app.clock.now() - readyAt - MOST_LATE;
    if (late > 0) app.clock.advance(-late);
    return sendTo(app, issuer + path, {
      method,
      headers: { accept: 'text/html', ...(method === 'POST' && { origin: app.origin }), ...own, ...headers },
      ...(body !== undefined && { body }),
    });
  };
  return {
    ...{ app, issuer, agent, supervisor, ours, theirs },
    headersOf: (role) => says[role],
    ask: (role, ...asked) => send(says[role], ...asked),
    askWith: (cookie, ...asked) => send({ cookie }, ...asked),
  };
}

/** After which the clock is held. */
const MOST_LATE = 60_000;

type SendAs = (
  own: Readonly<Record<string, string>>,
  method: Method,
  path: string,
  sent?: Pick<Sent, 'headers' | 'body'>,
) => Promise<Answer>;

export const cookieOf = (visitor: Visitor, issuer: string): string => visitor.cookiesFor(`${issuer}/x`);

/** Calls what machines call. */
const machineAt = (at: Slug): TestClient => ({
  clientId: ownService(at),
  at,
  secret: SECRET,
  thirdParty: false,
  defaultService: false,
  metadata: {
    client_name: ownService(at),
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'imports alerts',
    resources: [],
  },
});

/** Whom what an address names concerns, at his own caisse. */
export function whose(path: string): Role {
  if (path.startsWith('/gestion')) return 'supervisor';
  if (path.startsWith('/mon-cabinet')) return 'manager';
  if (path.startsWith('/invitation')) return 'colleague';
  return path.startsWith('/api') ? 'service' : 'administrator';
}

/** Some of them under way at once, all of them in the end. */
export async function together(cases: readonly (() => Promise<void>)[], atOnce = 8): Promise<void> {
  const waiting = [...cases];
  const next = async (): Promise<void> => {
    for (let one = waiting.pop(); one; one = waiting.pop()) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}
