/** The files of a batch of letters, written where a printer takes them from. That they are on paper is an agent's to say. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Letter } from '../domain/message.ts';
import { StartRefused } from '../start-refused.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { type BatchStatus, findBatch } from '../store/letter-batches.ts';
import { type BatchFile, listFiles, markDownloaded, readPieces } from '../store/letter-files.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell } from './shell.ts';

export const printLettersCommand: AdminCommand = (program, shell) => {
  program
    .command('print-letters')
    .description('écrit les fichiers PDF d’un lot de courriers, à imprimer')
    .argument('<caisse>', 'sa caisse')
    .argument('<lot>', 'l’identifiant du lot, à la fin de l’adresse de sa page')
    .requiredOption('--output <dossier>', 'où écrire les fichiers ; ils sont confidentiels')
    .action((caisse: string, lot: string, { output }: { readonly output: string }) =>
      atDesk(shell, async (desk) => print(shell, await caisseDesk(shell, desk, caisse), { lot, output })),
    );
};

const FILES: Readonly<Record<Letter['template'], string>> = {
  welcome: 'bienvenue',
  confidential_code: 'codes',
  initial_password: 'premiere-connexion',
};

const WHY_NOT: Readonly<Record<Exclude<BatchStatus, 'ready'>, string>> = {
  writing: 'Ce lot est encore en cours d’écriture : réessayez plus tard.',
  composing: 'Les fichiers de ce lot sont en préparation : réessayez plus tard.',
  printed: 'L’impression de ce lot est confirmée : ses fichiers sont effacés.',
  cancelled: 'Ce lot a été annulé : il n’y a rien à imprimer.',
  erased: 'Ce lot est périmé ou vide : il n’y a rien à imprimer.',
};

type Asked = { readonly lot: string; readonly output: string };

async function print(shell: Shell, desk: CaisseDesk, { lot, output }: Asked): Promise<void> {
  const batch = await findBatch(desk.store, lot);
  if (!batch) throw new StartRefused('Cette caisse n’a pas de lot de ce nom.');
  if (batch.status !== 'ready') throw new StartRefused(WHY_NOT[batch.status]);
  await mkdir(output, { recursive: true });
  for (const file of await listFiles(desk.store, lot)) {
    const path = join(output, `${FILES[file.template]}-${lot.slice(0, 8)}.pdf`);
    await note(shell, desk, lot, file);
    await write(desk, { lot, file, path });
    shell.say(`${path} : ${file.letters} feuilles`);
  }
  shell.say('Une fois le lot sur papier, un gestionnaire le confirme sur sa page : « J’ai imprimé ce lot ».');
}

/** Before anything is written: what leaves without a line in the audit would leave unseen. */
const note = ({ now, operator }: Shell, { store }: CaisseDesk, lot: string, file: BatchFile): Promise<void> =>
  transaction(store, async (inside) => {
    await markDownloaded(inside, { batchId: lot, template: file.template }, now());
    const { template, letters, downloadedAt } = file;
    const before = downloadedAt === null ? null : 'downloaded';
    const facts = { batch: lot, file: template, letters, operator, before, after: 'downloaded' };
    await appendAudit(inside, { kind: 'letter_batch_downloaded', at: now(), facts });
  });

type Written = { readonly lot: string; readonly file: BatchFile; readonly path: string };

async function write({ store, sealer }: CaisseDesk, { lot, file, path }: Written): Promise<void> {
  const { template, making, bytes } = file;
  const pieces = readPieces(store, { batchId: lot, template, making, bytes }, sealer);
  try {
    await pipeline(Readable.from(pieces), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw new StartRefused(`${path} existe déjà.`, { cause });
  }
}
