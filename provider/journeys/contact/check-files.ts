/** Which of the files that were sent may be kept: told by what they hold, whatever they are called. */
import { fileTypeFromBuffer } from 'file-type';
import {
  type FileFault,
  type FileKind,
  type FileLimits,
  faultOfArchive,
  faultOfOther,
  KIND_OF_FILE,
} from '../../domain/contact.ts';
import { readFileName } from '../../domain/file-name.ts';
import type { NewFile } from '../../store/contact-files.ts';
import type { SentFile } from './receive.ts';

export type CheckedFiles = { readonly good: readonly NewFile[]; readonly faults: readonly string[] };

export async function checkFiles(sent: readonly SentFile[], limits: FileLimits): Promise<CheckedFiles> {
  const good: NewFile[] = [];
  const faults: string[] = [];
  for (const { name: sentName, content } of sent) {
    const { name, extension, isDouble } = readFileName(sentName);
    const kind = limits.kinds.find((one) => KIND_OF_FILE[one].extensions.includes(extension));
    const fault = isDouble ? 'double_extension' : await faultOf(content, kind);
    if (fault === null && kind) good.push({ name, media: KIND_OF_FILE[kind].media, content });
    else faults.push(WORDS[fault ?? 'type_not_taken'](name, limits));
  }
  return { good, faults };
}

async function faultOf(content: Buffer, kind: FileKind | undefined): Promise<FileFault | null> {
  if (content.length === 0) return 'empty';
  if (!kind) return 'type_not_taken';
  const isArchive = !['pdf', 'jpeg', 'png'].includes(kind);
  if (isArchive && content.subarray(0, 2).toString('latin1') !== 'PK') return 'not_what_it_says';
  // Before anything reads inside it.
  const inside = isArchive ? faultOfArchive(content) : null;
  if (inside) return inside;
  const found = await fileTypeFromBuffer(content).catch(() => undefined);
  if (found?.mime !== KIND_OF_FILE[kind].media) return 'not_what_it_says';
  return isArchive ? null : faultOfOther(content, kind);
}

export const kindsTold = ({ kinds }: Pick<FileLimits, 'kinds'>): string =>
  kinds.map((kind) => KIND_OF_FILE[kind].label).join(', ');

type Words = (name: string, limits: FileLimits) => string;

const WORDS: Readonly<Record<FileFault, Words>> = {
  empty: (name) => `«\u00a0${name}\u00a0» est vide. Joignez un autre fichier.`,
  type_not_taken: (name, limits) =>
    `«\u00a0${name}\u00a0» n’est pas d’un type accepté. Types acceptés\u00a0: ${kindsTold(limits)}.`,
  double_extension: (name) =>
    `«\u00a0${name}\u00a0» porte deux extensions. Renommez-le pour n’en garder qu’une.`,
  not_what_it_says: (name) =>
    `Le contenu de «\u00a0${name}\u00a0» ne correspond pas à son extension. Enregistrez-le à nouveau dans le bon format.`,
  encrypted: (name) =>
    `«\u00a0${name}\u00a0» est protégé par un mot de passe. Joignez-le sans cette protection.`,
  macros: (name) =>
    `«\u00a0${name}\u00a0» contient des macros ou des objets incorporés. Enregistrez-le au format PDF.`,
  bomb: (name) =>
    `«\u00a0${name}\u00a0» est anormalement volumineux une fois décompressé. Enregistrez-le au format PDF.`,
  malformed: (name) =>
    `«\u00a0${name}\u00a0» est abîmé, ou contient autre chose que ce qu’il annonce. Enregistrez-le à nouveau.`,
};
