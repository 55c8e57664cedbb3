/**
 * Environment → frozen Config. The one place that reads the environment; it names every gap at once and refuses.
 * What belongs to a caisse (issuer, colours, texts, rules) is not here: it is in the database.
 *
 * | variable | default | meaning |
 * |---|---|---|
 * | `NODE_ENV` | `development` | `production`, `development` or `test` |
 * | `DATABASE_URL` | embedded PostgreSQL | `postgres://…`, PostgreSQL ≥ 15; required in production |
 * | `PORT` | `3000` | port of the provider |
 * | `CAISSE_ID_HOST` | `127.0.0.1`, in production `0.0.0.0` | address to listen on |
 * | `CAISSE_ID_PUBLIC_ORIGIN` | `http://localhost:<PORT>` | origin of the issuers that are told apart by their path; required in production, https |
 * | `CAISSE_ID_TRUSTED_PROXIES` | `0` | number of proxies in front, whose `X-Forwarded-*` headers are believed; required in production |
 * | `CAISSE_ID_ENCRYPTION_KEY` | made in `.data/encryption.key` | 32 bytes in base64; required in production |
 * | `CAISSE_ID_PREVIOUS_ENCRYPTION_KEY` | none | the former key while it is being replaced: still opens, no longer seals |
 * | `CAISSE_ID_AUDIT_KEY` | derived from the encryption key | 32 bytes in base64, by which the audit is sealed: kept as long as the audit is, outside the database and its backups; required in production |
 * | `CAISSE_ID_PREVIOUS_AUDIT_KEYS` | none | former audit keys, newest first, separated by commas: what they sealed still verifies, they no longer seal |
 * | `CAISSE_ID_DATABASE_POOL_SIZE` | `10` | most connections of one process, beside one that listens for changes |
 * | `CAISSE_ID_ARGON2_CONCURRENCY` | processors − 1, at least 1 | passwords hashed at once, 46 MiB each |
 * | `CAISSE_ID_BACKCHANNEL_ALLOWED_HOSTS` | in development the demo's services | private `host` or `host:port`, separated by commas, that back-channel logout may reach |
 * | `CAISSE_ID_MANAGEMENT_PORT` | none | port of `/metrics` and `/health/…`, for operators alone: keep it from the public |
 * | `CAISSE_ID_FAREWELL_SECONDS` | `0`, in production `5` | how long a process that was told to stop still takes requests, so that balancers see it leave |
 * | `CAISSE_ID_LOG_LEVEL` | `info`, in tests `silent` | `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent` |
 * | `CAISSE_ID_SMTP_URL` | none: mails are kept and shown on `/dev` | `smtps://user:password@host:465`, or `smtp://` with STARTTLS; required in production |
 * | `CAISSE_ID_MAIL_FROM` | `ne-pas-repondre@caisse-id.test` | sender of the mails of caisses that have none of their own; required in production |
 * | `CAISSE_ID_SMS_URL` | none: SMS are kept and shown on `/dev` | where SMS are handed over, as `provider/delivery/sms-http.ts` documents; required in production, https |
 * | `CAISSE_ID_SMS_TOKEN` | none | bearer token for it, at least 16 characters; required with it |
 * | `CAISSE_ID_DEMO` | `true` in development | the demo; refused in production |
 * | `CAISSE_ID_PORTAL_PORT` | `3001` | port of the demo's portal |
 * | `CAISSE_ID_API_PORT` | `3002` | port of the demo's API |
 */
import { hkdfSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { developmentKey } from './development-key.ts';

export type Mode = 'production' | 'development' | 'test';
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  readonly mode: Mode;
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  readonly previousEncryptionKey: Buffer | null;
  /** 32 bytes. */
  readonly auditKey: Buffer;
  /** Newest first. */
  readonly previousAuditKeys: readonly Buffer[];
  readonly host: string;
  readonly port: number;
  /** Scheme, host and port, without a slash at the end. */
  readonly publicOrigin: string;
  readonly trustedProxies: number;
  /** null: no metrics. */
  readonly managementPort: number | null;
  readonly farewellSeconds: number;
  readonly logLevel: LogLevel;
  readonly argon2Concurrency: number;
  /** `host` (any port) or `host:port`, lower case. */
  readonly backchannelAllowedHosts: readonly string[];
  /** null: mails are kept instead of sent. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** null: SMS are kept instead of sent. */
  readonly sms: { readonly url: string; readonly token: string } | null;
  readonly demo: boolean;
  readonly portalPort: number;
  readonly apiPort: number;
}

/** The database of the embedded server that the demo uses. */
export const embeddedDatabase = 'caisse_id';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** One line a gap, each beginning with the variable's name. */
export class ConfigurationError extends Error {
  readonly gaps: readonly string[];

  constructor(gaps: readonly string[]) {
    super(['Configuration refusée :', ...gaps.map((gap) => `  - ${gap}`)].join('\n'));
    this.name = 'ConfigurationError';
    this.gaps = gaps;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a ConfigurationError with every gap. In development makes the encryption key when there is none. */
export function readConfig(environment: Environment, { root }: { readonly root: string }): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const mode = modes.safeParse(given.NODE_ENV);
  const parsed = schemaFor(mode.data ?? 'production').safeParse(given);
  const issues = [...(mode.error?.issues ?? []), ...(parsed.error?.issues ?? [])];
  if (!mode.success || !parsed.success) throw new ConfigurationError([...new Set(issues.map(gapOf))]);
  const values = parsed.data;
  if (!values.CAISSE_ID_SMS_URL !== !values.CAISSE_ID_SMS_TOKEN)
    throw new ConfigurationError(['CAISSE_ID_SMS_TOKEN : attendu avec CAISSE_ID_SMS_URL, et jamais sans']);
  const encryptionKey = values.CAISSE_ID_ENCRYPTION_KEY ?? Buffer.from(developmentKey(root), 'base64');
  return Object.freeze({
    mode: mode.data,
    databaseUrl: values.DATABASE_URL ?? null,
    databasePoolSize: values.CAISSE_ID_DATABASE_POOL_SIZE,
    encryptionKey,
    previousEncryptionKey: values.CAISSE_ID_PREVIOUS_ENCRYPTION_KEY ?? null,
    auditKey: values.CAISSE_ID_AUDIT_KEY ?? auditKeyFrom(encryptionKey),
    previousAuditKeys: previousAuditKeys(values),
    host: values.CAISSE_ID_HOST,
    port: values.PORT,
    publicOrigin: values.CAISSE_ID_PUBLIC_ORIGIN ?? `http://localhost:${values.PORT}`,
    trustedProxies: values.CAISSE_ID_TRUSTED_PROXIES ?? 0,
    managementPort: values.CAISSE_ID_MANAGEMENT_PORT ?? null,
    farewellSeconds: values.CAISSE_ID_FAREWELL_SECONDS,
    logLevel: values.CAISSE_ID_LOG_LEVEL,
    argon2Concurrency: values.CAISSE_ID_ARGON2_CONCURRENCY,
    backchannelAllowedHosts: values.CAISSE_ID_BACKCHANNEL_ALLOWED_HOSTS ?? demoHosts(mode.data, values),
    smtpUrl: values.CAISSE_ID_SMTP_URL ?? null,
    mailFrom: values.CAISSE_ID_MAIL_FROM ?? 'ne-pas-repondre@caisse-id.test',
    sms: smsOf(values.CAISSE_ID_SMS_URL, values.CAISSE_ID_SMS_TOKEN),
    demo: values.CAISSE_ID_DEMO,
    portalPort: values.CAISSE_ID_PORTAL_PORT,
    apiPort: values.CAISSE_ID_API_PORT,
  });
}

function gapOf(issue: { readonly path: PropertyKey[]; readonly message: string }): string {
  return `${String(issue.path[0] ?? 'NODE_ENV')} : ${issue.message}`;
}

/** Where none is given: HKDF (RFC 5869), so that development needs no second file. */
const auditKeyFrom = (encryptionKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', encryptionKey, '', 'caisse-id audit', 32));

/** A derived key follows the encryption key: what the former one sealed verifies as long as that one is given. */
function previousAuditKeys(values: {
  readonly CAISSE_ID_AUDIT_KEY?: Buffer | undefined;
  readonly CAISSE_ID_PREVIOUS_AUDIT_KEYS?: readonly Buffer[] | undefined;
  readonly CAISSE_ID_PREVIOUS_ENCRYPTION_KEY?: Buffer | undefined;
}): readonly Buffer[] {
  const given = values.CAISSE_ID_PREVIOUS_AUDIT_KEYS ?? [];
  const former = values.CAISSE_ID_PREVIOUS_ENCRYPTION_KEY;
  return values.CAISSE_ID_AUDIT_KEY || !former ? given : [auditKeyFrom(former), ...given];
}

const smsOf = (url: string | undefined, token: string | undefined): Config['sms'] =>
  url && token ? { url, token } : null;

function demoHosts(mode: Mode, ports: { readonly CAISSE_ID_PORTAL_PORT: number }): readonly string[] {
  if (mode === 'production') return [];
  // 3003 is where the clients « essai » and « essai-confidentiel » are registered.
  return [ports.CAISSE_ID_PORTAL_PORT, 3003].flatMap((port) => [`localhost:${port}`, `127.0.0.1:${port}`]);
}

const modes = z
  .enum(['production', 'development', 'test'], { error: 'attendu production, development ou test' })
  .default('development');

/** `what` is the whole sentence shown for a value that is missing or does not fit. */
const text = (what: string) => z.string({ error: `obligatoire en production, attendu ${what}` });

function whole(what: string, min: number, max: number) {
  const range = `attendu ${what}, de ${min} à ${max}`;
  return text(`${what}, de ${min} à ${max}`)
    .regex(/^\d{1,9}$/, range)
    .transform(Number)
    .pipe(z.number().min(min, range).max(max, range));
}

const port = (otherwise: number) => whole('un port', 0, 65_535).default(otherwise);

function address(what: string, fits: (url: URL) => boolean) {
  return text(what).refine((value) => {
    const url = URL.parse(value);
    return url !== null && fits(url);
  }, `attendu ${what}`);
}

const databaseUrl = address('postgres://…', (url) => ['postgres:', 'postgresql:'].includes(url.protocol));

function publicOrigin(mode: Mode) {
  const what =
    mode === 'production' ? 'une origine https, sans chemin' : 'une origine http ou https, sans chemin';
  const schemes = mode === 'production' ? ['https:'] : ['http:', 'https:'];
  const fits = (url: URL) => schemes.includes(url.protocol) && url.href === `${url.origin}/`;
  return address(what, fits).transform((value) => new URL(value).origin);
}

const smtpUrl = address(
  'smtps://… ou smtp://…',
  ({ protocol, hostname }) => ['smtp:', 'smtps:'].includes(protocol) && hostname !== '',
);

const smsUrl = (production: boolean) =>
  address(production ? 'https://…' : 'https://… ou http://…', ({ protocol }) =>
    (production ? ['https:'] : ['https:', 'http:']).includes(protocol),
  );

const smsToken = text('un jeton').min(16, 'attendu un jeton d’au moins 16 caractères');

const mailFrom = text('une adresse électronique').pipe(z.email('attendu une adresse électronique'));

const keyWords = '32 octets en base64 (openssl rand -base64 32)';
const key = text(keyWords)
  .regex(/^[A-Za-z0-9+/]{43}=$/, `attendu ${keyWords}`)
  .transform((value) => Buffer.from(value, 'base64'));

const keysWords = `des ${keyWords}, séparées par des virgules`;
const keys = text(keysWords)
  .transform((value) => value.split(',').map((one) => one.trim()))
  .pipe(z.array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, `attendu ${keysWords}`)))
  .transform((values) => values.map((value) => Buffer.from(value, 'base64')));

const hostWords = 'attendu des « hôte » ou « hôte:port », séparés par des virgules';
const hosts = text('des hôtes')
  .transform((value) =>
    value
      .toLowerCase()
      .split(',')
      .map((host) => host.trim()),
  )
  .pipe(z.array(z.string().regex(/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/, hostWords)));

function demo(mode: Mode) {
  const words =
    mode === 'production' ? 'la démonstration n’existe pas en production' : 'attendu true ou false';
  return z
    .enum(mode === 'production' ? ['false'] : ['true', 'false'], { error: words })
    .default(mode === 'development' ? 'true' : 'false')
    .transform((value) => value === 'true');
}

/** Every field is checked whatever the others hold, so that one start shows all gaps. */
function schemaFor(mode: Mode) {
  const production = mode === 'production';
  const needed = <T extends z.ZodType>(schema: T) => (production ? schema : schema.optional());
  return z.object({
    DATABASE_URL: needed(databaseUrl),
    PORT: port(3000),
    CAISSE_ID_HOST: text('une adresse').default(production ? '0.0.0.0' : '127.0.0.1'),
    CAISSE_ID_PUBLIC_ORIGIN: needed(publicOrigin(mode)),
    CAISSE_ID_TRUSTED_PROXIES: needed(whole('un nombre de mandataires', 0, 9)),
    CAISSE_ID_ENCRYPTION_KEY: needed(key),
    CAISSE_ID_PREVIOUS_ENCRYPTION_KEY: key.optional(),
    CAISSE_ID_AUDIT_KEY: needed(key),
    CAISSE_ID_PREVIOUS_AUDIT_KEYS: keys.optional(),
    CAISSE_ID_DATABASE_POOL_SIZE: whole('un nombre de connexions', 2, 200).default(10),
    CAISSE_ID_ARGON2_CONCURRENCY: whole('un nombre', 1, 64).default(Math.max(1, availableParallelism() - 1)),
    CAISSE_ID_BACKCHANNEL_ALLOWED_HOSTS: hosts.optional(),
    CAISSE_ID_SMTP_URL: needed(smtpUrl),
    CAISSE_ID_MAIL_FROM: needed(mailFrom),
    CAISSE_ID_SMS_URL: needed(smsUrl(production)),
    CAISSE_ID_SMS_TOKEN: needed(smsToken),
    CAISSE_ID_MANAGEMENT_PORT: whole('un port', 0, 65_535).optional(),
    CAISSE_ID_FAREWELL_SECONDS: whole('un nombre de secondes', 0, 8).default(production ? 5 : 0),
    CAISSE_ID_LOG_LEVEL: z
      .enum(logLevels, { error: `attendu ${logLevels.join(', ')}` })
      .default(mode === 'test' ? 'silent' : 'info'),
    CAISSE_ID_DEMO: demo(mode),
    CAISSE_ID_PORTAL_PORT: port(3001),
    CAISSE_ID_API_PORT: port(3002),
  });
}
