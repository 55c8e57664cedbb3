/** Whether everything that the product needs answers and fits: one line a thing, exit code 1 when one does not. */
import { createTransport } from 'nodemailer';
import { type Config, ConfigurationError, readConfig } from '../config.ts';
import { sealersSince } from '../domain/audit-seal.ts';
import { count } from '../http/format.ts';
import { EXPECTED_WITHIN } from '../jobs/verify-audit.ts';
import { clientSecretContext, cookieKeysContext } from '../oidc/founding.ts';
import { openSigningKeys } from '../oidc/keys.ts';
import { StartRefused } from '../start-refused.ts';
import { AUDIT_REGISTERS } from '../store/audit-registers.ts';
import { countUnsealed, listHeads } from '../store/audit-seals.ts';
import { type CaisseRow, listCaisses, listClients, listSigningKeys } from '../store/caisses.ts';
import { countOutbox } from '../store/dead-messages.ts';
import { handleOf } from '../store/handle.ts';
import { pendingMigrations } from '../store/readiness.ts';
import { readClock, serverVersion } from '../store/server-version.ts';
import { toCaisse } from '../tenant/directory.ts';
import { type AdminCommand, atDesk, type Desk, type Shell } from './shell.ts';

/** null: as it should be; otherwise what is wrong. */
type Finding = { readonly what: string; readonly wrong: string | null };

export const doctorCommand: AdminCommand = (program, shell) => {
  program
    .command('doctor')
    .description('examine la configuration, la base, l’horloge, la messagerie, les clés et le journal')
    .action(() => examine(shell));
};

async function examine(shell: Shell): Promise<void> {
  let ill = 0;
  const tell = ({ what, wrong }: Finding) => {
    if (wrong !== null) ill += 1;
    shell.say(wrong === null ? `bien    ${what}` : `DÉFAUT  ${what} : ${wrong}`);
  };
  const config = configuration(shell, tell);
  if (config) {
    tell(await mailServer(config));
    await atDesk(shell, (desk) => examineDatabase(shell, desk, tell), { anySchema: true }).catch(
      (error: unknown) => {
        if (!(error instanceof StartRefused)) throw error;
        tell({ what: 'base de données', wrong: error.message });
      },
    );
  }
  shell.say(ill === 0 ? 'Tout va bien.' : `Défauts : ${ill}.`);
  if (ill > 0) shell.fail(1);
}

function configuration(shell: Shell, tell: (finding: Finding) => void): Config | null {
  try {
    const config = readConfig(shell.environment, shell);
    tell({ what: `configuration (${config.mode})`, wrong: null });
    return config;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const gap of error.gaps) tell({ what: 'configuration', wrong: gap });
    return null;
  }
}

const TIMEOUT = 10_000;

/** Up to the sign-in at the mail server (RFC 5321 section 3.1); nothing is sent. */
async function mailServer({ smtpUrl, mode }: Config): Promise<Finding> {
  if (smtpUrl === null) return { what: 'messagerie : aucune, les courriels sont gardés', wrong: null };
  const what = `messagerie ${new URL(smtpUrl).host}`;
  const limits = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
  const transport = createTransport({ url: smtpUrl, requireTLS: mode === 'production', ...limits });
  try {
    await transport.verify();
    return { what, wrong: null };
  } catch (error) {
    const { code, responseCode } = error as { readonly code?: string; readonly responseCode?: number };
    return { what, wrong: `ne répond pas comme attendu (${[code, responseCode].filter(Boolean).join(' ')})` };
  } finally {
    transport.close();
  }
}

const PATIENCE = 10_000;
/** Milliseconds: second factors, links and seals go by the clock. */
const MOST_SKEW = 5_000;

async function examineDatabase(shell: Shell, desk: Desk, tell: (finding: Finding) => void): Promise<void> {
  const { sql } = desk;
  tell({ what: `base de données, PostgreSQL ${await serverVersion(sql)}`, wrong: null });
  const before = shell.now();
  const clock = await readClock(sql);
  const skew = Math.round(clock - (before + shell.now()) / 2);
  const seconds = (Math.abs(skew) / 1000).toFixed(1);
  tell({
    what: 'horloge',
    wrong: Math.abs(skew) > MOST_SKEW ? `${seconds} s d’écart avec celle de la base` : null,
  });
  const pending = await pendingMigrations(sql, PATIENCE);
  tell({ what: 'migrations', wrong: pending.length === 0 ? null : `en attente : ${pending.join(', ')}` });
  if (pending.length > 0) return;
  const caisses = await listCaisses(sql);
  tell({ what: `caisses : ${caisses.length}`, wrong: null });
  for (const row of caisses) {
    tell({ what: `${row.id}, réglages`, wrong: readable(row) });
    tell({ what: `${row.id}, clés et secrets`, wrong: await closedSecrets(desk, row) });
    tell({ what: `${row.id}, journal`, wrong: await unsealed(shell, desk, row.id) });
    const { dead } = await countOutbox(sql, row.id);
    tell({
      what: `${row.id}, messages`,
      wrong: dead === 0 ? null : `abandonnés : ${dead} (npm run admin -- messages)`,
    });
  }
}

function readable(row: CaisseRow): string | null {
  try {
    toCaisse(row);
    return null;
  } catch {
    return 'ils ne peuvent pas être lus';
  }
}

/** Which of them the key of the environment does not open. */
async function closedSecrets({ sql, sealer }: Desk, { id, cookieKeys }: CaisseRow): Promise<string | null> {
  const store = handleOf(sql, id);
  const closed: string[] = [];
  const open = (what: string, act: () => unknown) => {
    try {
      act();
    } catch {
      closed.push(what);
    }
  };
  open('clés des cookies', () => sealer.open(cookieKeys, cookieKeysContext(id)));
  const keys = await listSigningKeys(store);
  for (const key of keys) open(`clé ${key.alg} ${key.status}`, () => openSigningKeys(id, [key], sealer));
  for (const { clientId, secret } of await listClients(store))
    if (secret) open(`secret de ${clientId}`, () => sealer.open(secret, clientSecretContext(id, clientId)));
  for (const alg of ['ES256', 'RS256'])
    if (!keys.some((key) => key.alg === alg && key.status === 'current'))
      closed.push(`aucune clé ${alg} ne signe`);
  return closed.length === 0 ? null : `CAISSE_ID_ENCRYPTION_KEY n’ouvre pas : ${closed.join(', ')}`;
}

async function unsealed(shell: Shell, { sql, auditSealer }: Desk, id: string): Promise<string | null> {
  const heads = (await listHeads(sql)).filter(({ caisseId }) => caisseId === id);
  if (heads.some(({ keyId }) => sealersSince(auditSealer, keyId).length === 0))
    return 'scellé avec une autre clé que CAISSE_ID_AUDIT_KEY et que les précédentes';
  let late = 0;
  for (const register of AUDIT_REGISTERS)
    late += (await countUnsealed(handleOf(sql, id), register, shell.now() - EXPECTED_WITHIN)).lines;
  return late === 0 ? null : `${count(late, 'ligne', 'lignes')} sans sceau depuis plus d’une heure`;
}
