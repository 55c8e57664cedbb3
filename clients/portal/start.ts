/**
 * Runs the portal alone. Two lists say where the caisses are and with what secret the portal is known there:
 * ISSUERS="grand-est=https://… nord-ouest=https://…" CLIENT_SECRETS="grand-est=… nord-ouest=…"
 */
import { randomBytes } from 'node:crypto';
import { createPortal } from './portal.ts';

const {
  ISSUERS = 'grand-est=http://localhost:3000/grand-est nord-ouest=http://localhost:3000/nord-ouest',
  CLIENT_ID = 'portail',
  CLIENT_SECRETS = '',
  ORIGIN = 'http://localhost:3001',
  PORT = '3001',
  API_RESOURCE = 'http://localhost:3002',
  API_ORIGIN = API_RESOURCE,
  // Sessions live in memory: a key that dies with them loses nothing.
  COOKIE_KEY = randomBytes(32).toString('base64url'),
  ALLOW_INSECURE = 'true',
} = process.env;

function readPairs(list: string): Map<string, string> {
  const pairs = list.split(/\s+/).filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

const secrets = readPairs(CLIENT_SECRETS);
const caisses = [...readPairs(ISSUERS)].map(([slug, issuer]) => {
  const clientSecret = secrets.get(slug);
  if (clientSecret === undefined) throw new Error(`CLIENT_SECRETS: no secret for ${slug}`);
  return { slug, issuer, clientId: CLIENT_ID, clientSecret };
});

const { app, close } = createPortal({
  caisses,
  origin: ORIGIN,
  apiResource: API_RESOURCE,
  apiOrigin: API_ORIGIN,
  cookieKey: COOKIE_KEY,
  allowInsecure: ALLOW_INSECURE === 'true',
});
const server = app.listen(Number(PORT), () => {
  console.log(`Portail : ${ORIGIN} (port ${PORT})`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    close();
    server.close();
  });
}
