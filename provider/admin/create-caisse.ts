import { readFileSync } from 'node:fs';
import { isIssuer } from '../domain/issuer.ts';
import { foundCaisse } from '../oidc/founding.ts';
import { StartRefused } from '../start-refused.ts';
import { appendAudit } from '../store/audit.ts';
import { listCaisses } from '../store/caisses.ts';
import { type Database, migrate } from '../store/database.ts';
import { type Settings, SettingsSchema } from '../tenant/settings.ts';
import { type AdminCommand, atDesk } from './shell.ts';

type Options = {
  readonly name: string;
  readonly shortName: string;
  readonly issuer: string;
  readonly timeZone: string;
  readonly primary: string;
  readonly accent: string;
  readonly settings?: string;
};

export const createCaisseCommand: AdminCommand = (program, shell) => {
  program
    .command('create-caisse')
    .description('crée une caisse, avec ses clés, et dit ce qui reste à faire')
    .argument('<id>', 'minuscules, chiffres et tirets, par exemple grand-est : il ne change plus')
    .requiredOption('--name <nom>', 'nom entier, par exemple « CIBTP Grand Est »')
    .requiredOption('--short-name <nom>', 'nom court, par exemple « Grand Est »')
    .requiredOption('--issuer <adresse>', 'adresse de son émetteur, qui ne change plus')
    .option('--time-zone <zone>', 'fuseau horaire', 'Europe/Paris')
    .option('--primary <couleur>', 'couleur principale', '#1b4f72')
    .option('--accent <couleur>', 'couleur d’accent', '#b9770e')
    .option('--settings <fichier>', 'autres réglages, en JSON')
    .action((id: string, options: Options) => {
      const wanted = read(id, options);
      return atDesk(
        shell,
        async ({ config, sql, sealer }) => {
          const issuer = new URL(options.issuer);
          if (config.mode === 'production' && issuer.protocol !== 'https:')
            throw new StartRefused('En production, un émetteur commence par https://.');
          await migrate(sql);
          await refuseTaken(sql, id, options.issuer);
          const { now, random, operator } = shell;
          const made = { name: options.name, issuer: options.issuer, timeZone: options.timeZone };
          await sql.transaction(async (trx) => {
            const store = await foundCaisse(
              trx,
              { id, ...made, settings: wanted },
              { sealer, random, now: now() },
            );
            const facts = { operator, ...made, before: null, after: 'founded' };
            await appendAudit(store, { kind: 'caisse_founded', at: now(), facts });
          });
          for (const line of whatNext(id, options)) shell.say(line);
        },
        { anySchema: true },
      );
    });
};

/** @throws StartRefused that names everything that does not fit. */
function read(id: string, options: Options): Settings {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(id))
    faults.push(`« ${id} » : attendu des minuscules, chiffres et tirets`);
  if (!isIssuer(options.issuer))
    faults.push(
      '--issuer : attendu une origine, ou une origine et un seul segment de chemin, sans barre à la fin',
    );
  if (!isTimeZone(options.timeZone)) faults.push('--time-zone : attendu un fuseau tel que Europe/Paris');
  const parsed = SettingsSchema.safeParse({
    ...otherSettings(options.settings, faults),
    shortName: options.shortName,
    theme: { primary: options.primary, accent: options.accent },
  });
  for (const issue of parsed.error?.issues ?? [])
    faults.push(`réglage ${issue.path.join('.')} : ${issue.message}`);
  if (!parsed.success || faults.length > 0)
    throw new StartRefused(
      ['La caisse n’est pas créée :', ...faults.map((fault) => `  - ${fault}`)].join('\n'),
    );
  return parsed.data;
}

function otherSettings(file: string | undefined, faults: string[]): object {
  if (file === undefined) return {};
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
  } catch {
    // Told below: not there, or no JSON.
  }
  faults.push(`--settings : ${file} n’est pas un fichier JSON de réglages`);
  return {};
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('fr-FR', { timeZone: text }).resolvedOptions().timeZone !== undefined;
  } catch {
    return false;
  }
}

async function refuseTaken(sql: Database, id: string, issuer: string): Promise<void> {
  for (const caisse of await listCaisses(sql)) {
    if (caisse.id === id) throw new StartRefused(`La caisse « ${id} » existe déjà.`);
    if (caisse.issuer === issuer) throw new StartRefused(`La caisse « ${caisse.id} » a déjà cet émetteur.`);
  }
}

function whatNext(id: string, { name, issuer }: Options): string[] {
  return [
    `La caisse « ${id} » (${name}) est créée. Les serveurs qui tournent la connaissent déjà.`,
    'Il reste à faire :',
    `  1. conduire ${new URL(issuer).host} jusqu’aux serveurs, puis vérifier : curl ${issuer}/.well-known/openid-configuration`,
    `  2. inviter un superviseur : npm run admin -- create-agent --caisse ${id} --role superviseur --email … --given-name … --family-name …`,
    `  3. compléter les réglages et inscrire les services : ${issuer}/gestion`,
    '  4. vérifier l’ensemble : npm run admin -- doctor',
  ];
}
