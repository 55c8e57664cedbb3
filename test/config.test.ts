import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError, readConfig } from '../provider/config.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://caisse@db.internal/caisse',
  CAISSE_ID_PUBLIC_ORIGIN: 'https://id.exemple.fr',
  CAISSE_ID_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  CAISSE_ID_AUDIT_KEY: Buffer.alloc(32, 9).toString('base64'),
  CAISSE_ID_TRUSTED_PROXIES: '1',
  CAISSE_ID_SMTP_URL: 'smtps://caisse:mot-de-passe@smtp.exemple.fr:465',
  CAISSE_ID_MAIL_FROM: 'ne-pas-repondre@exemple.fr',
  CAISSE_ID_SMS_URL: 'https://sms.exemple.fr/messages',
  CAISSE_ID_SMS_TOKEN: 'un-jeton-assez-long',
};

function gapsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment, { root });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.gaps.map((gap) => gap.split(' : ')[0] as string);
    throw error;
  }
}

test('an empty environment is the demo: embedded database, loopback, the agreed ports', () => {
  expect(readConfig({}, { root })).toMatchObject({
    mode: 'development',
    demo: true,
    databaseUrl: null,
    host: '127.0.0.1',
    port: 3000,
    portalPort: 3001,
    apiPort: 3002,
    publicOrigin: 'http://localhost:3000',
    trustedProxies: 0,
  });
});

test('a complete production environment is taken, without the demo and without private back channels', () => {
  expect(readConfig(production, { root })).toMatchObject({
    mode: 'production',
    demo: false,
    publicOrigin: 'https://id.exemple.fr',
    encryptionKey: Buffer.alloc(32, 7),
    backchannelAllowedHosts: [],
  });
});

test('former audit keys are a list, and the one derived from the former encryption key is among them', () => {
  const base64 = (byte: number) => Buffer.alloc(32, byte).toString('base64');
  const given = { CAISSE_ID_PREVIOUS_AUDIT_KEYS: `${base64(1)}, ${base64(2)}` };
  expect(readConfig({ ...production, ...given }, { root }).previousAuditKeys).toEqual([
    Buffer.alloc(32, 1),
    Buffer.alloc(32, 2),
  ]);
  const former = { CAISSE_ID_ENCRYPTION_KEY: base64(3) };
  const renewed = { CAISSE_ID_ENCRYPTION_KEY: base64(4), CAISSE_ID_PREVIOUS_ENCRYPTION_KEY: base64(3) };
  expect(readConfig(renewed, { root }).previousAuditKeys).toEqual([readConfig(former, { root }).auditKey]);
  expect(readConfig(production, { root }).previousAuditKeys).toEqual([]);
  expect(gapsOf({ ...production, CAISSE_ID_PREVIOUS_AUDIT_KEYS: `${base64(1)},court` })).toEqual([
    'CAISSE_ID_PREVIOUS_AUDIT_KEYS',
  ]);
});

test('production names all that is missing at once', () => {
  expect(gapsOf({ NODE_ENV: 'production' })).toEqual([
    'DATABASE_URL',
    'CAISSE_ID_PUBLIC_ORIGIN',
    'CAISSE_ID_TRUSTED_PROXIES',
    'CAISSE_ID_ENCRYPTION_KEY',
    'CAISSE_ID_AUDIT_KEY',
    'CAISSE_ID_SMTP_URL',
    'CAISSE_ID_MAIL_FROM',
    'CAISSE_ID_SMS_URL',
    'CAISSE_ID_SMS_TOKEN',
  ]);
});

test('without a way out, development keeps mails and SMS instead of sending them', () => {
  expect(readConfig({}, { root })).toMatchObject({ smtpUrl: null, sms: null });
});

test('an SMS service without its token is refused anywhere', () => {
  expect(gapsOf({ CAISSE_ID_SMS_URL: 'http://127.0.0.1:9/sms' })).toEqual(['CAISSE_ID_SMS_TOKEN']);
});

test.each([
  ['NODE_ENV', 'prod'],
  ['DATABASE_URL', 'mysql://db/caisse'],
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['CAISSE_ID_PUBLIC_ORIGIN', 'http://id.exemple.fr'],
  ['CAISSE_ID_PUBLIC_ORIGIN', 'https://id.exemple.fr/chemin'],
  ['CAISSE_ID_TRUSTED_PROXIES', 'true'],
  ['CAISSE_ID_ENCRYPTION_KEY', 'trop-court'],
  ['CAISSE_ID_PREVIOUS_ENCRYPTION_KEY', 'trop-court'],
  ['CAISSE_ID_AUDIT_KEY', 'trop-court'],
  ['CAISSE_ID_DATABASE_POOL_SIZE', '1'],
  ['CAISSE_ID_ARGON2_CONCURRENCY', '0'],
  ['CAISSE_ID_BACKCHANNEL_ALLOWED_HOSTS', 'http://portail'],
  ['CAISSE_ID_SMTP_URL', 'https://smtp.exemple.fr'],
  ['CAISSE_ID_MAIL_FROM', 'ne-pas-repondre'],
  ['CAISSE_ID_SMS_URL', 'http://sms.exemple.fr/messages'],
  ['CAISSE_ID_SMS_TOKEN', 'court'],
  ['CAISSE_ID_LOG_LEVEL', 'bavard'],
  ['CAISSE_ID_DEMO', 'true'],
])('production refuses %s=%s by its name', (name, value) => {
  expect(gapsOf({ ...production, [name]: value })).toEqual([name]);
});

test('every gap is named, missing and misshapen ones together', () => {
  expect(gapsOf({ ...production, DATABASE_URL: '', PORT: 'x', CAISSE_ID_DEMO: 'true' })).toEqual([
    'DATABASE_URL',
    'PORT',
    'CAISSE_ID_DEMO',
  ]);
});

test('a refusal never repeats the value of a secret', () => {
  const secret = 'postgres-secret-value';
  const environment = { ...production, DATABASE_URL: secret, CAISSE_ID_ENCRYPTION_KEY: secret };
  expect(() => readConfig(environment, { root })).toThrow(ConfigurationError);
  expect(() => readConfig(environment, { root })).not.toThrow(secret);
});

test('development makes its encryption key once and keeps it from other users', () => {
  const first = readConfig({}, { root }).encryptionKey;
  expect(first).toHaveLength(32);
  expect(readConfig({}, { root }).encryptionKey).toEqual(first);
  expect(statSync(join(root, '.data/encryption.key')).mode & 0o777).toBe(0o600);
});

test('hosts of the back channel are read with and without a port', () => {
  const environment = { CAISSE_ID_BACKCHANNEL_ALLOWED_HOSTS: 'Portail.interne, 10.0.0.7:8443' };
  expect(readConfig(environment, { root }).backchannelAllowedHosts).toEqual([
    'portail.interne',
    '10.0.0.7:8443',
  ]);
});

test('README tells every variable as the code that reads them does', () => {
  const text = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
  const rowsOf = (part: string) =>
    [...part.matchAll(/^(?: \* )?(\| `[A-Z_]+` \|.*)$/gm)].map(([, row]) => row);
  const readme = text('README.md').split('## Configuration')[1]?.split('\n## ')[0] ?? '';
  const [docstring = '', code = ''] = text('provider/config.ts').split('\n */');
  expect(rowsOf(readme)).toEqual(rowsOf(docstring));
  const told = rowsOf(docstring).map((row) => /[A-Z_]+/.exec(row ?? '')?.[0]);
  const read = new Set(code.match(/\b(NODE_ENV|DATABASE_URL|PORT|CAISSE_ID_[A-Z_]+)\b/g));
  expect(told.toSorted()).toEqual([...read].toSorted());
});
