/** Runs the demo API alone: ISSUERS="grand-est=http://localhost:3000/grand-est …" node clients/api/start.ts */
import { createApi } from './api.ts';

const {
  ISSUERS = 'grand-est=http://localhost:3000/grand-est nord-ouest=http://localhost:3000/nord-ouest',
  AUDIENCE = 'http://localhost:3002',
  PORT = '3002',
  ALLOW_INSECURE = 'true',
} = process.env;

const issuers = ISSUERS.split(/\s+/)
  .filter((entry) => entry !== '')
  .map((entry) => {
    const at = entry.indexOf('=');
    return { slug: entry.slice(0, at), issuer: entry.slice(at + 1) };
  });

const { app, close } = createApi({ issuers, audience: AUDIENCE, allowInsecure: ALLOW_INSECURE === 'true' });
const server = app.listen(Number(PORT), () => {
  console.log(`API de démonstration : ${AUDIENCE} (port ${PORT})`);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    close();
    server.close();
  });
}
