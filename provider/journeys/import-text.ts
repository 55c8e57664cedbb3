/**
 * A file of the caisse's information system as it comes: bytes → lines that hold by themselves. A quote that does not
 * close, or a line without end, is that line's fault and no other's, and nothing is held but one line.
 */
import type { Hash } from 'node:crypto';
import { type FaultCode, type ImportFault, MOST_IMPORT_BYTES, MOST_LINE_BYTES } from '../domain/import.ts';

/** The file cannot be read any further. */
export class Unreadable extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode) {
    super(code);
    this.name = 'Unreadable';
    this.code = code;
  }
}

export type Watching = {
  readonly sha256: Hash;
  readonly onFault: (fault: ImportFault) => void;
  readonly onBytes: (all: number) => void;
  readonly mostBytes?: number;
};

const NEW_LINE = 0x0a;
const QUOTE = 0x22;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
// Archives and workbooks (zip, gzip, OLE, 7z), PDF: each has a zero byte somewhere, perhaps late.
const OTHER_FILES = ['504b', '1f8b', 'd0cf11e0', '377abcaf', '25504446'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
// Whole cells in quotes, a quote inside doubled; or no quote at all.
const WELL_QUOTED = /^(?:"(?:[^"]|"")*"|[^";]*)(?:;(?:"(?:[^"]|"")*"|[^";]*))*\r?$/;

/** A faulty line leaves as an empty one, so that the lines keep their numbers. @throws Unreadable */
export async function* holdingLines(
  source: AsyncIterable<Buffer>,
  watching: Watching,
): AsyncGenerator<Buffer> {
  let carried: Buffer = Buffer.alloc(0);
  let line = 1;
  let isTooLong = false;
  for await (const bytes of withoutMark(checked(source, watching))) {
    const end = bytes.lastIndexOf(NEW_LINE) + 1;
    if (end > 0) {
      const whole = Buffer.concat([carried, bytes.subarray(0, end)]);
      yield* cleared(whole, { line, isTooLong, onFault: watching.onFault });
      line += countLines(whole);
      carried = Buffer.alloc(0);
      isTooLong = false;
    }
    carried = Buffer.concat([carried, bytes.subarray(end)]);
    if (carried.length > MOST_LINE_BYTES) {
      if (!isTooLong) watching.onFault({ line, code: 'line_too_long', about: '' });
      isTooLong = true;
      carried = Buffer.alloc(0);
    }
  }
  yield* cleared(carried, { line, isTooLong, onFault: watching.onFault });
}

async function* checked(
  source: AsyncIterable<Buffer>,
  { sha256, onBytes, mostBytes = MOST_IMPORT_BYTES }: Watching,
): AsyncGenerator<Buffer> {
  let all = 0;
  for await (const bytes of source) {
    all += bytes.length;
    if (all > mostBytes) throw new Unreadable('too_large');
    if (bytes.includes(0)) throw new Unreadable('not_text');
    sha256.update(bytes);
    onBytes(all);
    yield bytes;
  }
}

/** Without the byte order mark of UTF-8. @throws Unreadable for a file that begins as another kind does. */
async function* withoutMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const bytes of source) {
    if (head === null) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < 4) continue;
    yield opened(head);
    head = null;
  }
  if (head !== null) yield opened(head);
}

function opened(head: Buffer): Buffer {
  if (OTHER_FILES.some((magic) => head.subarray(0, magic.length).equals(magic)))
    throw new Unreadable('not_text');
  return head.subarray(0, 3).equals(BOM) ? head.subarray(3) : head;
}

type Place = {
  readonly line: number;
  /** The beginning of the first one is gone. */
  readonly isTooLong: boolean;
  readonly onFault: (fault: ImportFault) => void;
};

function* cleared(whole: Buffer, { line, isTooLong, onFault }: Place): Generator<Buffer> {
  const hasQuotes = whole.includes(QUOTE);
  let kept = 0;
  let number = line;
  for (let from = 0; from < whole.length; number++) {
    const at = whole.indexOf(NEW_LINE, from);
    const to = at === -1 ? whole.length : at;
    const code = faultOf(whole.subarray(from, to), hasQuotes);
    const isCut = isTooLong && number === line;
    if (code !== null || isCut) {
      if (code !== null && !isCut) onFault({ line: number, code, about: '' });
      if (from > kept) yield whole.subarray(kept, from);
      kept = to;
    }
    from = to + 1;
  }
  if (whole.length > kept) yield whole.subarray(kept);
}

function faultOf(line: Buffer, mayHaveQuotes: boolean): FaultCode | null {
  if (line.length > MOST_LINE_BYTES) return 'line_too_long';
  if (!mayHaveQuotes || !line.includes(QUOTE)) return null;
  return WELL_QUOTED.test(line.toString('latin1')) ? null : 'quotes';
}

function countLines(whole: Buffer): number {
  let lines = 0;
  for (let at = whole.indexOf(NEW_LINE); at !== -1; at = whole.indexOf(NEW_LINE, at + 1)) lines += 1;
  return lines;
}

export type Encoding = 'utf-8' | 'windows-1252';

const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true }),
  'windows-1252': new TextDecoder('windows-1252', { fatal: true }),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BEYOND_ASCII = /[^\x00-\x7f]/;
// Those of C1 as well: where Windows-1252 has no character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f\ufffd]/;

/**
 * Cells of one file, read as one byte a character, → text. Which of the two encodings it is shows at the first byte
 * beyond ASCII; a file that mixes them is not guessed at.
 */
export function cellDecoder(): (raw: string) => string | { readonly code: FaultCode } {
  let known: Encoding | null = null;
  const encodingOf = (bytes: Buffer): Encoding => {
    try {
      DECODERS['utf-8'].decode(bytes);
      return 'utf-8';
    } catch {
      return 'windows-1252';
    }
  };
  return (raw) => {
    if (!BEYOND_ASCII.test(raw)) return CONTROL.test(raw) ? { code: 'control_character' } : raw;
    const bytes = Buffer.from(raw, 'latin1');
    const encoding = encodingOf(bytes);
    if (known !== null && known !== encoding) return { code: 'mixed_encodings' };
    known = encoding;
    const text = DECODERS[encoding].decode(bytes);
    return CONTROL.test(text) ? { code: 'control_character' } : text;
  };
}
