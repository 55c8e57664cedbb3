/** The audit from a shell: sealing, verification, anchors, retention. */
import { readFileSync, writeFileSync } from 'node:fs';
import { count } from '../http/format.ts';
import { type Anchor, exportAnchor, parseAnchor } from '../jobs/anchor-audit.ts';
import { dropOldAudit, listOldSegments } from '../jobs/drop-audit.ts';
import { sealAudit } from '../jobs/seal-audit.ts';
import { type AuditFault, verifyAudit } from '../jobs/verify-audit.ts';
import { StartRefused } from '../start-refused.ts';
import { type AuditEvent, appendAudit } from '../store/audit.ts';
import { AUDIT_REGISTERS } from '../store/audit-registers.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { handleOf } from '../store/handle.ts';
import { toCaisse } from '../tenant/directory.ts';
import { type AdminCommand, atDesk, type Shell, tellAt } from './shell.ts';

export const auditCommands: AdminCommand = (program, shell) => {
  program
    .command('seal-audit')
    .description('scelle tout de suite les lignes du journal qui peuvent l’être')
    .action(() =>
      atDesk(shell, async ({ sql, auditSealer }) => {
        shell.say(`Lignes scellées : ${await sealAudit({ sql, sealer: auditSealer, now: shell.now })}`);
      }),
    );
  program
    .command('verify-audit')
    .description('vérifie le journal : toute ligne changée, ôtée ou ajoutée depuis son sceau est dite')
    .option('--anchor <fichier>', 'compare avec une ancre exportée auparavant : une fin coupée est dite')
    .action(({ anchor }: { readonly anchor?: string }) => verify(shell, anchor));
  program
    .command('export-anchor')
    .description('écrit l’état des chaînes du journal, à garder hors de cette base')
    .argument('<fichier>', 'à créer')
    .action((file: string) => anchor(shell, file));
  program
    .command('retention')
    .description('dit ce que la conservation permet d’effacer du journal')
    .option('--apply', 'l’efface, sans attendre que le serveur le fasse', false)
    .action(({ apply }: { readonly apply: boolean }) => retention(shell, apply));
};

const MOST_TOLD = 200;

const lines = (quantity: number): string => count(quantity, 'ligne', 'lignes');
const segments = (quantity: number): string => count(quantity, 'segment', 'segments');

async function verify(shell: Shell, file: string | undefined): Promise<void> {
  const anchored = file === undefined ? undefined : readAnchor(file);
  await atDesk(shell, async ({ sql, auditSealer: sealer }) => {
    let told = 0;
    const onFault = (fault: AuditFault) => {
      told += 1;
      if (told <= MOST_TOLD) shell.say(faultWords(fault));
    };
    const sum = await verifyAudit({ sql, sealer, now: shell.now(), anchor: anchored, onFault });
    if (told > MOST_TOLD) shell.say(`… et ${told - MOST_TOLD} autres défauts.`);
    shell.say(
      `Vérifiés : ${segments(sum.segments)}, ${lines(sum.lines)} ; effacés par la conservation : ${segments(sum.dropped)}.`,
    );
    shell.say(sum.faults === 0 ? 'Le journal est intact.' : `Défauts : ${sum.faults}.`);
    await note(sql, shell, {
      kind: 'audit_verified',
      facts: { faults: sum.faults, anchored: anchored !== undefined },
    });
    if (sum.faults > 0) shell.fail(1);
  });
}

function readAnchor(file: string): Anchor {
  const anchor = parseAnchor(readOr(file));
  if (!anchor) throw new StartRefused(`${file} n’est pas une ancre du journal.`);
  return anchor;
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartRefused(`${file} ne peut pas être lu.`, { cause });
  }
}

function faultWords(fault: AuditFault): string {
  const where = `${fault.caisseId}, registre ${fault.register}`;
  const segment = fault.number === null ? '' : `, segment ${fault.number}`;
  return `DÉFAUT  ${where}${segment} : ${sentenceOf(fault)}`;
}

function sentenceOf(fault: AuditFault): string {
  switch (fault.fault) {
    case 'changed':
      return `la ligne ${fault.lineId} a été changée`;
    case 'removed':
      return `la ligne ${fault.lineId} a été ôtée`;
    case 'inserted':
      return `la ligne ${fault.lineId} a été ajoutée après le sceau`;
    case 'backdated':
      return `la ligne ${fault.lineId} est datée d’avant le sceau précédent`;
    case 'seal_broken':
      return 'le sceau ne correspond pas à ce qu’il scelle, ou ne suit pas le précédent';
    case 'seal_missing':
      return 'le segment qui précède manque';
    case 'unknown_key':
      return 'scellé avec une autre clé que CAISSE_ID_AUDIT_KEY et que les précédentes';
    case 'former_key':
      return 'scellé avec une clé qui était déjà remplacée';
    case 'drop_forged':
      return 'dit effacé par la conservation, et ne l’a pas été par elle';
    case 'cut':
      return 'présent dans l’ancre, absent de la base : la fin a été coupée';
    case 'other_than_anchor':
      return 'n’est pas celui de l’ancre : la fin a été coupée, puis refaite';
    case 'unsealed':
      return `${lines(fault.lines)} sans sceau, depuis le ${tellAt(fault.since)} : le scellement n’a pas lieu`;
  }
}

const anchor = (shell: Shell, file: string): Promise<void> =>
  atDesk(shell, async ({ sql }) => {
    const exported = await exportAnchor(sql, shell.now());
    try {
      writeFileSync(file, `${JSON.stringify(exported, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    } catch (cause) {
      throw new StartRefused(`${file} ne peut pas être créé, ou existe déjà.`, { cause });
    }
    await note(sql, shell, { kind: 'audit_anchored', facts: { heads: exported.heads.length } });
    shell.say(
      `Ancre de ${exported.heads.length} chaînes écrite dans ${file}. Gardez-la hors de cette base et de ses sauvegardes.`,
    );
  });

const MOST_LISTED = 100_000;

const retention = (shell: Shell, apply: boolean): Promise<void> =>
  atDesk(shell, async ({ sql, auditSealer: sealer }) => {
    const now = shell.now();
    for (const row of await listCaisses(sql)) {
      const store = handleOf(sql, row.id);
      const { auditDays: days } = toCaisse(row).settings;
      for (const register of AUDIT_REGISTERS) {
        const kept = days[register] === null ? 'sans fin' : `${days[register]} jours`;
        const old = await listOldSegments({ store, days, now }, register, MOST_LISTED);
        const going = lines(old.reduce((sum, seal) => sum + seal.lines, 0));
        shell.say(
          `${row.id}, registre ${register} : conservé ${kept} ; à effacer : ${going}, ${segments(old.length)}`,
        );
      }
      if (!apply) continue;
      const gone = await dropOldAudit({ store, sealer, days, now, operator: shell.operator });
      shell.say(`${row.id} : effacés, sauf leurs sceaux : ${segments(gone)}.`);
    }
  });

/** What concerns the audit of every caisse is a line in each. */
async function note(
  sql: Database,
  { now, operator }: Shell,
  event: Pick<AuditEvent, 'kind' | 'facts'>,
): Promise<void> {
  for (const { id } of await listCaisses(sql))
    await appendAudit(handleOf(sql, id), {
      kind: event.kind,
      at: now(),
      facts: { operator, ...event.facts },
    });
}
