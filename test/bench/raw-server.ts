/**
 * The reference: oidc-provider with the plainest correct adapter on PostgreSQL, one sign-in form, and nothing else. No
 * tenants, screens, rights, sites, limits or audit. A line on its input says where; it ends with that input.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import argon2 from 'argon2';
import { exportJWK, generateKeyPair } from 'jose';
import { type AdapterPayload, errors, Provider } from 'oidc-provider';
import pg from 'pg';

export type RawStart = {
  readonly databaseUrl: string;
  readonly port: number;
  readonly poolSize: number;
  readonly clients: readonly Readonly<Record<string, unknown>>[];
  readonly jwk: Readonly<Record<string, unknown>>;
};

export const RAW_SCHEMA = `
  create table if not exists artifact (kind text, id text, payload jsonb not null, grant_id text, uid text,
    expires_at timestamptz, consumed_at timestamptz, primary key (kind, id));
  create index if not exists artifact_by_grant on artifact (grant_id);
  create index if not exists artifact_by_uid on artifact (uid);
  create table if not exists account (email text primary key, password_hash text not null)`;

export async function newJwk(): Promise<Record<string, unknown>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'reference' };
}

function adapterOn(pool: pg.Pool) {
  return class {
    readonly kind: string;
    constructor(kind: string) {
      this.kind = kind;
    }
    async upsert(id: string, payload: AdapterPayload, expiresIn: number) {
      await pool.query({
        name: 'upsert',
        text: `insert into artifact (kind, id, payload, grant_id, uid, expires_at)
          values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
          on conflict (kind, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
        values: [
          this.kind,
          id,
          JSON.stringify(payload),
          payload.grantId ?? null,
          payload.uid ?? null,
          expiresIn,
        ],
      });
    }
    find = (id: string) => this.#one('find', 'kind = $1 and id = $2', id);
    findByUid = (uid: string) => this.#one('uid', 'kind = $1 and uid = $2', uid);
    findByUserCode = async () => undefined;
    async #one(name: string, where: string, key: string): Promise<AdapterPayload | undefined> {
      const { rows } = await pool.query({
        name,
        text: `select payload, extract(epoch from consumed_at)::int as consumed from artifact
          where ${where} and expires_at > now()`,
        values: [this.kind, key],
      });
      const [row] = rows;
      return row && (row.consumed === null ? row.payload : { ...row.payload, consumed: row.consumed });
    }
    async consume(id: string) {
      const { rowCount } = await pool.query({
        name: 'consume',
        text: 'update artifact set consumed_at = now() where kind = $1 and id = $2 and consumed_at is null',
        values: [this.kind, id],
      });
      if (rowCount === 0) throw new errors.InvalidGrant('already used');
    }
    async destroy(id: string) {
      await pool.query('delete from artifact where kind = $1 and id = $2', [this.kind, id]);
    }
    async revokeByGrantId(grantId: string) {
      await pool.query('delete from artifact where grant_id = $1', [grantId]);
    }
  };
}

async function serveRaw({ databaseUrl, port, poolSize, clients, jwk }: RawStart) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    adapter: adapterOn(pool) as never,
    clients: clients as never,
    jwks: { keys: [jwk] } as never,
    cookies: { keys: ['a key of the reference, and of nobody else'] },
    async findAccount(_ctx, id) {
      const { rows } = await pool.query({
        name: 'account',
        text: 'select email from account where email = $1',
        values: [id],
      });
      return rows[0] && { accountId: id, claims: async () => ({ sub: id, email: id, email_verified: true }) };
    },
    async loadExistingGrant(ctx) {
      const { client, session, result } = ctx.oidc;
      const known = result?.consent?.grantId ?? session?.grantIdFor(client?.clientId as string);
      if (known) return ctx.oidc.provider.Grant.find(known as string);
      const grant = new ctx.oidc.provider.Grant({
        accountId: session?.accountId as string,
        clientId: client?.clientId as string,
      });
      grant.addOIDCScope('openid profile email offline_access');
      await grant.save();
      return grant;
    },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'profile', 'email', 'offline_access', 'decisions'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => false,
    expiresWithSession: () => false,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
    },
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    if (ctx.method === 'GET') {
      ctx.body = '<form method="post"><input name="email"><input name="password" type="password"></form>';
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of ctx.req) chunks.push(chunk as Buffer);
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    const email = fields.get('email') ?? '';
    const { rows } = await pool.query({
      name: 'credentials',
      text: 'select password_hash from account where email = $1',
      values: [email],
    });
    if (!rows[0] || !(await argon2.verify(rows[0].password_hash, fields.get('password') ?? ''))) {
      ctx.status = 401;
      return;
    }
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: email } });
    ctx.respond = false;
  });
  const server = createServer(provider.callback());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, pool };
}

if (import.meta.main) {
  const input = createInterface(process.stdin);
  const [line] = await once(input, 'line');
  const { server, pool } = await serveRaw(JSON.parse(line as string) as RawStart);
  process.stdout.write('listening\n');
  await once(input, 'close');
  server.closeAllConnections();
  server.close();
  await pool.end();
}
