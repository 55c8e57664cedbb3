/** The same caisses served by another process, as behind a load balancer, and requests that say which node they go to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestApp } from './app.ts';
import { credentialsOf, type Tokens } from './visitor.ts';

export type Node = { readonly port: number };

export type SecondNode = Node & { readonly close: () => Promise<void> };

const script = fileURLToPath(new URL('./node-server.ts', import.meta.url));

export async function startSecondNode({ secondNode }: Pick<TestApp, 'secondNode'>): Promise<SecondNode> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${JSON.stringify(secondNode)}\n`);
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([once(lines, 'line'), failed(child)]);
  return {
    port: Number(line),
    async close() {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the second node ended with ${code}`);
}

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

export type Sent = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A form, or a body as it stands. */
  readonly body?: Readonly<Record<string, string>> | string | Buffer;
};

// Connections are not kept: a request must not wait for another's.
const agent = new Agent({ keepAlive: false, maxSockets: 500 });

/** `url`: at the issuer's own address; the request goes to `node` all the same, with the issuer's Host. */
export async function sendTo(node: Node, url: string, sent: Sent = {}): Promise<Answer> {
  const { host, pathname, search } = new URL(url);
  return sendPath(node, host, { ...sent, path: pathname + search });
}

/** The path exactly as given, however odd. */
export async function sendPath(
  node: Node,
  host: string,
  { path, method, headers, body }: Sent & { readonly path: string },
): Promise<Answer> {
  const isForm = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body);
  const content = isForm ? new URLSearchParams(body).toString() : body;
  const outgoing = request({
    agent,
    host: '127.0.0.1',
    port: node.port,
    path,
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    headers: {
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...(content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }),
      ...headers,
      host,
    },
  });
  outgoing.end(content);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text: await text(incoming) };
}

export type TokenRequest = {
  readonly issuer: string;
  readonly clientId: string;
  readonly body: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A token request of a service, to the node of one's choice. */
export async function tokensFrom(node: Node, asked: TokenRequest): Promise<Tokens> {
  const { issuer, clientId, body, headers = {} } = asked;
  const answer = await sendTo(node, `${issuer}/token`, {
    headers,
    body: { ...credentialsOf(clientId), ...body },
  });
  return { status: answer.status, ...JSON.parse(answer.text) };
}

/** One answer of each, the n-th from node n modulo their number, all under way at once. */
export const spread = <T>(
  nodes: readonly Node[],
  count: number,
  ask: (node: Node, index: number) => Promise<T>,
): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(nodes[index % nodes.length] as Node, index)));
