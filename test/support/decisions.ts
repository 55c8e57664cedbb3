/** A service that asks for decisions: its token, its calls. */
import { SECRET } from './app.ts';
import { type Answer, type Node, sendTo } from './second-node.ts';

export const PATHS = {
  evaluation: '/access/v1/evaluation',
  evaluations: '/access/v1/evaluations',
  subject: '/access/v1/search/subject',
  resource: '/access/v1/search/resource',
  action: '/access/v1/search/action',
} as const;

export type Endpoint = keyof typeof PATHS;

export type Told = {
  readonly status: number;
  readonly headers: Answer['headers'];
  /** The answer, or the sentence of an error. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly body: any;
};

/** Client credentials of `client`; '' when it gets no token. */
export async function tokenOf(
  node: Node,
  issuer: string,
  { client = 'api', scope = 'decisions' }: { readonly client?: string; readonly scope?: string } = {},
): Promise<string> {
  const body = { grant_type: 'client_credentials', client_id: client, client_secret: SECRET };
  const answer = await sendTo(node, `${issuer}/token`, { body: scope === '' ? body : { ...body, scope } });
  return JSON.parse(answer.text).access_token ?? '';
}

export type Service = {
  readonly ask: (
    endpoint: Endpoint,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Told>;
};

/** `body`: JSON unless it is text already. */
export async function serviceAt(node: Node, issuer: string): Promise<Service> {
  const token = await tokenOf(node, issuer);
  return {
    async ask(endpoint, body, headers = {}) {
      const answer = await sendTo(node, issuer + PATHS[endpoint], {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const isJson = answer.headers['content-type']?.startsWith('application/json');
      return { ...answer, body: isJson ? JSON.parse(answer.text) : answer.text };
    },
  };
}

export const user = (id: string) => ({ type: 'user', id });
export const feature = (id: string, properties?: object) => ({
  type: 'feature',
  id,
  ...(properties ? { properties } : {}),
});
