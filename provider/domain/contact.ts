/**
 * A message to the caisse by the contact form: what it says, what it may bring along, where it stands. Owns its limits
 * and what may be attached; the form is the journey's, who reads it the back office's.
 */
import type { Instant } from './instant.ts';
import { endsAsZip, readZip } from './zip.ts';

export const MOST_SUBJECT = 120;
export const MOST_MESSAGE = 5_000;

/** Types that a caisse may take: what people send, and nothing that runs, is drawn as a page or hides macros. */
export const FILE_KINDS = ['pdf', 'jpeg', 'png', 'docx', 'xlsx', 'odt', 'ods'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export type KindOfFile = {
  readonly label: string;
  readonly extensions: readonly string[];
  readonly media: string;
};

const OPEN_XML = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';

export const KIND_OF_FILE: Readonly<Record<FileKind, KindOfFile>> = {
  pdf: { label: 'PDF', extensions: ['pdf'], media: 'application/pdf' },
  jpeg: { label: 'JPEG', extensions: ['jpg', 'jpeg'], media: 'image/jpeg' },
  png: { label: 'PNG', extensions: ['png'], media: 'image/png' },
  docx: { label: 'Word (docx)', extensions: ['docx'], media: `${OPEN_XML}.wordprocessingml.document` },
  xlsx: { label: 'Excel (xlsx)', extensions: ['xlsx'], media: `${OPEN_XML}.spreadsheetml.sheet` },
  odt: { label: 'OpenDocument texte (odt)', extensions: ['odt'], media: `${OPEN_DOCUMENT}.text` },
  ods: { label: 'OpenDocument tableur (ods)', extensions: ['ods'], media: `${OPEN_DOCUMENT}.spreadsheet` },
};

/** As a caisse sets them. */
export type FileLimits = {
  readonly most: number;
  /** Of all files of a message together. */
  readonly megabytes: number;
  readonly kinds: readonly FileKind[];
};

export type FileFault =
  | 'empty'
  | 'type_not_taken'
  | 'double_extension'
  | 'not_what_it_says'
  | 'encrypted'
  | 'macros'
  | 'bomb'
  | 'malformed';

export type MessageStatus = 'received' | 'transmitted' | 'failed' | 'handled';

/** Whoever writes, as the session knows him or as he says himself. */
export type Writer = {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phones: readonly string[];
  /** '' where they are not known. */
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly siret: string;
};

/** What the mail to the caisse tells, its files apart. */
export type MessageTold = {
  readonly messageId: string;
  readonly number: string;
  readonly receivedAt: Instant;
  readonly about: string;
  readonly message: string;
  readonly writer: Writer;
  /** Whether he was signed in: otherwise all that is said of him is his own word. */
  readonly signedIn: boolean;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
};

const MEGABYTE = 1024 * 1024;
export const bytesOf = ({ megabytes }: Pick<FileLimits, 'megabytes'>): number => megabytes * MEGABYTE;

/** What an office document unpacks to, at most: fifty times a large one. */
const MOST_UNPACKED = 300 * MEGABYTE;
const MOST_RATIO = 150;
/** Below it any ratio is harmless. */
const LEAST_SUSPECT = 20 * MEGABYTE;
const MACROS =
  /vbaProject\.bin$|vbaData\.xml$|(^|\/)activeX\/|(^|\/)macrosheets\/|(^|\/)embeddings\/[^/]*\.bin$|^Basic\/|^Scripts\/./i;

/** What is wrong inside an office document; null: nothing that is told without unpacking it. */
export function faultOfArchive(bytes: Buffer): FileFault | null {
  const read = readZip(bytes);
  if (read.kind !== 'archive') return read.kind;
  const packed = read.entries.reduce((sum, entry) => sum + entry.packed, 0);
  const unpacked = read.entries.reduce((sum, entry) => sum + entry.unpacked, 0);
  if (unpacked > MOST_UNPACKED) return 'bomb';
  if (unpacked > LEAST_SUSPECT && unpacked > packed * MOST_RATIO) return 'bomb';
  return read.entries.some(({ name }) => MACROS.test(name)) ? 'macros' : null;
}

const MARKUP = /<(?:script|html|svg|\?php|!doctype)|%pdf-/i;
const PDF_END = 2_048;

/** Whether the file is of that kind and of no other besides: what one program shows is what the next one sees. */
export function faultOfOther(bytes: Buffer, kind: FileKind): FileFault | null {
  if (endsAsZip(bytes)) return 'malformed';
  switch (kind) {
    case 'pdf': {
      const head = bytes.toString('latin1', 0, 1_024);
      const isWhole = head.startsWith('%PDF-') && bytes.subarray(-PDF_END).includes('%%EOF');
      return isWhole && !MARKUP.test(head.slice(5)) ? null : 'malformed';
    }
    case 'png':
      return endsAfterLastChunk(bytes) && !MARKUP.test(bytes.toString('latin1')) ? null : 'malformed';
    case 'jpeg':
      return bytes.includes(Buffer.from([0xff, 0xd9])) && !MARKUP.test(bytes.toString('latin1'))
        ? null
        : 'malformed';
    default:
      return null;
  }
}

const SIGNATURE = 8;

/** PNG (ISO/IEC 15948): chunks of length, type, data and checksum up to IEND, and nothing after it. */
function endsAfterLastChunk(bytes: Buffer): boolean {
  for (let at = SIGNATURE; at + 12 <= bytes.length; ) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return next === bytes.length;
    at = next;
  }
  return false;
}
