/** Any proxy in front of several nodes, at its worst: each request goes to another node than the one before. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type AlternatingProxy = {
  readonly origin: string;
  /** Ports of the nodes, once they are known. */
  readonly forwardTo: (nodes: readonly number[]) => void;
  /** Requests that each node was sent, in the order of `forwardTo`. */
  readonly sent: () => readonly number[];
  readonly close: () => Promise<void>;
};

export async function alternatingProxy(): Promise<AlternatingProxy> {
  let nodes: readonly number[] = [];
  const sent: number[] = [];
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const node = turn++ % nodes.length;
    sent[node] = (sent[node] ?? 0) + 1;
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: nodes[node], method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (ports) => {
      nodes = ports;
    },
    sent: () => sent,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
