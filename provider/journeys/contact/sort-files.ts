/** What of the files that came with a form stays with it, and what is said of the others. */
import type { FileLimits } from '../../domain/contact.ts';
import { bytesOf } from '../../domain/contact.ts';
import { count } from '../../http/format.ts';
import type { KeptFile, NewFile } from '../../store/contact-files.ts';
import { checkFiles } from './check-files.ts';
import type { Received } from './receive.ts';

export type SortedFiles = {
  readonly files: readonly NewFile[];
  readonly faults: readonly string[];
  readonly tooLarge: boolean;
};

/** `before`: what the form has brought already. */
export async function sortFiles(
  received: Received,
  before: readonly KeptFile[],
  limits: FileLimits,
): Promise<SortedFiles> {
  const { good, faults } = await checkFiles(received.files, limits);
  const files: NewFile[] = [];
  let { tooMany, tooLarge } = received;
  let bytes = before.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of good) {
    if (before.length + files.length >= limits.most) tooMany = true;
    else if (bytes + file.content.length > bytesOf(limits)) tooLarge = true;
    else {
      files.push(file);
      bytes += file.content.length;
    }
  }
  return {
    files,
    tooLarge,
    faults: [
      ...(tooMany ? [tooManyWords(limits)] : []),
      ...(tooLarge
        ? [`Vos pièces jointes dépassent ${limits.megabytes}\u00a0Mo en tout. Retirez ou allégez-en.`]
        : []),
      ...faults,
    ],
  };
}

const tooManyWords = ({ most }: FileLimits): string =>
  most === 0
    ? 'La caisse ne reçoit pas de pièces jointes par ce formulaire.'
    : `Joignez ${count(most, 'fichier', 'fichiers')} au plus. Retirez-en avant d’en joindre d’autres.`;
