/** Ports of this process: opens them, and closes them without cutting off the requests under way. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { StartRefused } from './start-refused.ts';

export type Place = {
  readonly host: string;
  readonly port: number;
  /** What answers there and which variable says where, for whoever finds the port taken. */
  readonly what: string;
  readonly variable: string;
};

export type Serving = {
  /** Still answers everybody, and asks each to come back by another connection, which may lead elsewhere. */
  readonly sayFarewell: () => void;
  /** Takes no new connection; resolves when the last request is answered, or cut off after `patience` ms. */
  readonly drain: (patience: number) => Promise<void>;
  /** Cuts off what is left. */
  readonly cut: () => void;
};

/** Resolves once the port is open. @throws StartRefused when it cannot be. */
export async function serve(listener: RequestListener, place: Place): Promise<Serving> {
  let leaving = false;
  const server = createServer((request, response) => {
    // Keep-alive would hold the connection, and with it the process, long after its last answer.
    if (leaving) response.setHeader('Connection', 'close');
    listener(request, response);
  });
  server.listen(place.port, place.host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw refusalOf(error, place);
  });
  return {
    cut: () => server.closeAllConnections(),
    sayFarewell: () => {
      leaving = true;
    },
    async drain(patience) {
      leaving = true;
      const closed = once(server, 'close');
      server.close();
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const limit = setTimeout(() => server.closeAllConnections(), patience);
      await closed;
      clearInterval(idle);
      clearTimeout(limit);
    },
  };
}

function refusalOf(error: NodeJS.ErrnoException, { host, port, what, variable }: Place): Error {
  const advice = `Choisissez-en un autre, par exemple ${variable}=${port + 1000} npm start.`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartRefused(`Le port ${port} (${what}) est déjà pris par un autre programme. ${advice}`);
    case 'EACCES':
      return new StartRefused(`Le port ${port} (${what}) est réservé par le système. ${advice}`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartRefused(`L’adresse ${host} n’est pas de cette machine : voyez CAISSE_ID_HOST.`);
    default:
      return error;
  }
}
