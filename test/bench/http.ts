/** A browser or a service as the bench plays them: kept connections, cookies, no more work than that. */
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export type Answer = {
  readonly status: number;
  readonly location: string | null;
  readonly cookies: readonly string[];
  readonly text: string;
};

/** A server under measure: where it listens (several ports: requests take turns), and what it believes to be called. */
export type Target = {
  readonly ports: readonly number[];
  /** Scheme and host that its addresses bear. */
  readonly origin: string;
  /** What issuer paths begin with. */
  readonly basePath: string;
};

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
let turn = 0;

/** Milliseconds: of 200 people who sign in at once, the last one waits for all the others' passwords. */
const PATIENCE = 150_000;

export type Sending = {
  readonly body?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jar?: Map<string, string>;
};

/** `path`: with the issuer's base path. */
export async function send(target: Target, path: string, sending: Sending = {}): Promise<Answer> {
  const { jar, headers, json } = sending;
  const body = json === undefined ? sending.body : JSON.stringify(json);
  const { host, protocol } = new URL(target.origin);
  const outgoing = request({
    agent,
    host: '127.0.0.1',
    port: target.ports[turn++ % target.ports.length],
    path,
    method: body === undefined ? 'GET' : 'POST',
    timeout: PATIENCE,
    headers: {
      host,
      accept: jar ? 'text/html' : 'application/json',
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-for': `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`,
      ...(jar && jar.size > 0 ? { cookie: [...jar].map((pair) => pair.join('=')).join('; ') } : {}),
      ...(body === undefined
        ? {}
        : {
            'content-type': json === undefined ? 'application/x-www-form-urlencoded' : 'application/json',
            'content-length': String(Buffer.byteLength(body)),
            // A browser's form, never a service's request.
            ...(jar ? { origin: target.origin } : {}),
          }),
      ...headers,
    },
  });
  outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer: ${path}`)));
  outgoing.end(body);
  const incoming = await answered(outgoing);
  if (!incoming) return send(target, path, sending);
  const cookies = incoming.headers['set-cookie'] ?? [];
  if (jar) keep(jar, cookies);
  return {
    status: incoming.statusCode ?? 0,
    location: incoming.headers.location ?? null,
    cookies,
    text: await text(incoming),
  };
}

/** null: the connection was kept, and the server had just closed it; the request never reached anybody. */
async function answered(outgoing: ClientRequest): Promise<IncomingMessage | null> {
  try {
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming;
  } catch (error) {
    if (outgoing.reusedSocket && (error as { code?: unknown }).code === 'ECONNRESET') return null;
    throw error;
  }
}

function keep(jar: Map<string, string>, cookies: readonly string[]): void {
  for (const line of cookies) {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const gone = value === '' || attributes.some((attribute) => /expires=Thu, 01 Jan 1970/i.test(attribute));
    if (gone) jar.delete(name);
    else jar.set(name, value);
  }
}

export const form = (fields: Readonly<Record<string, string>>): string =>
  new URLSearchParams(fields).toString();

/** @throws with the start of the page: a bench that measures error pages measures nothing. */
export function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status}\n${answer.text.slice(0, 600)}`);
  return answer;
}
