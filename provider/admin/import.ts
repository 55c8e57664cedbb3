/** `import`: a file of the caisse's information system, as the back office takes it; without `--apply`, a dry run. */
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { IMPORT_KINDS, type ImportKind, isImportKind, isUnderWay } from '../domain/import.ts';
import { count } from '../http/format.ts';
import { runImport } from '../jobs/run-imports.ts';
import { decideImport } from '../journeys/decide-import.ts';
import { differenceFile } from '../journeys/import-difference.ts';
import { faultsFile } from '../journeys/import-faults.ts';
import { receiveImport } from '../journeys/import-receive.ts';
import { KIND_WORDS, STATE_WORDS, tellFault } from '../journeys/import-words.ts';
import { StartRefused } from '../start-refused.ts';
import { listFaults } from '../store/import-lines.ts';
import { findImport, type Import } from '../store/imports.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell } from './shell.ts';

type Options = { readonly apply: boolean; readonly errors?: string; readonly difference?: string };

export const importCommand: AdminCommand = (program, shell) => {
  program
    .command('import')
    .description('contrôle un fichier CSV, dit ce qu’il changerait, et l’applique si on le demande')
    .argument('<caisse>', 'identifiant de la caisse, par exemple grand-est')
    .argument('<fichier-de>', IMPORT_KINDS.join(', '))
    .argument('<fichier>', 'le fichier CSV')
    .option('--apply', 'applique le fichier s’il est sans erreur', false)
    .option('--errors <fichier>', 'écrit toutes les erreurs dans ce fichier CSV')
    .option(
      '--difference <fichier>',
      'sans --apply : écrit ligne par ligne, dans ce fichier CSV, ce qui changerait',
    )
    .action(async (caisseId: string, kind: string, file: string, options: Options) => {
      if (options.apply && options.difference !== undefined)
        throw new StartRefused('--difference montre ce qui changerait : demandez-la sans --apply.');
      if (!isImportKind(kind)) throw new StartRefused(`« ${kind} » : au choix, ${IMPORT_KINDS.join(', ')}.`);
      requireFile(file);
      await atDesk(shell, async (desk) =>
        run(shell, await caisseDesk(shell, desk, caisseId), { kind, file, options }),
      );
    });
};

function requireFile(file: string): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new StartRefused(`Le fichier ${file} n’existe pas, ou ne se lit pas.`);
}

type Asked = { readonly kind: ImportKind; readonly file: string; readonly options: Options };

async function run(shell: Shell, desk: CaisseDesk, { kind, file, options }: Asked): Promise<void> {
  const { caisse, store } = desk;
  const id = await receiveImport(store, createReadStream(file), {
    kind,
    timeZone: caisse.timeZone,
    operator: shell.operator,
    appliesItself: options.apply,
    now: shell.now,
  });
  const row = await settled(shell, desk, id);
  report(shell, row);
  if (row.faults > 0) await reportFaults(shell, desk, row, options.errors ?? null);
  if (row.state === 'checked') {
    if (options.difference !== undefined) await writeDifference(shell, desk, row, options.difference);
    // A dry run leaves nothing that somebody would still have to decide on.
    const by = { operator: shell.operator };
    await decideImport({ store, now: shell.now }, { id, to: 'abandoned', by });
    shell.say('Rien n’a été changé : ajoutez --apply pour appliquer ce fichier.');
  } else if (row.state !== 'applied') shell.fail(1);
}

/** Works on it here, unless a server was quicker; says how far it is now and then. */
async function settled(shell: Shell, { sql, store, caisse }: CaisseDesk, id: string): Promise<Import> {
  let told = 0;
  for (;;) {
    const step = runImport({ sql, now: shell.now }, { caisseId: caisse.id, id });
    const isDone = () => step.then(() => true);
    while (!(await Promise.race([isDone(), delay(2_000, false, { ref: false })]))) {
      const { lines, linesDone } = (await findImport(store, id)) as Import;
      if (linesDone > told)
        shell.say(`${count(linesDone, 'ligne', 'lignes')} sur ${count(lines, '', '').trim()}…`);
      told = Math.max(told, linesDone);
    }
    const row = (await findImport(store, id)) as Import;
    if (!isUnderWay(row.state)) return row;
    await delay(500);
  }
}

function report({ say }: Shell, row: Import): void {
  say(`${KIND_WORDS[row.kind].label} : ${count(row.lines, 'ligne', 'lignes')}. ${STATE_WORDS[row.state]}.`);
  say(`SHA-256 ${row.sha256?.toString('hex') ?? ''}`);
  if (row.state !== 'checked' && row.state !== 'applied') return;
  const figures = [
    count(row.added, 'nouveau', 'nouveaux'),
    count(row.changed, 'modifié', 'modifiés'),
    count(row.unchanged, 'inchangé', 'inchangés'),
  ];
  say(`${figures.join(', ')}. En tout : ${row.totalBefore} avant, ${row.totalAfter} après.`);
}

async function writeDifference(
  { say, now }: Shell,
  { store, caisse }: CaisseDesk,
  row: Import,
  file: string,
): Promise<void> {
  await pipeline(differenceFile({ store, caisse, now }, row), createWriteStream(file));
  say(`Ce qui changerait, ligne par ligne, est dans ${file}.`);
}

const FAULTS_SAID = 50;

async function reportFaults(
  shell: Shell,
  { store }: CaisseDesk,
  row: Import,
  file: string | null,
): Promise<void> {
  const faults = await listFaults(store, row.id, { after: null, limit: FAULTS_SAID });
  for (const { line, ...fault } of faults)
    shell.say(line === 0 ? tellFault(fault) : `Ligne ${line} : ${tellFault(fault)}`);
  if (row.faults > faults.length) shell.say(`… et ${row.faults - faults.length} autres.`);
  if (file === null) return;
  await pipeline(faultsFile(store, row.id), createWriteStream(file));
  shell.say(`Toutes les erreurs sont dans ${file}.`);
}
