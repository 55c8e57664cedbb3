/**
 * What a ZIP archive (PKWARE APPNOTE 6.3) says of itself in its directory, read without unpacking anything: office
 * documents are such archives. Owns no opinion of what may be in one.
 */

export type ZipEntry = { readonly name: string; readonly packed: number; readonly unpacked: number };

export type ZipRead =
  | { readonly kind: 'archive'; readonly entries: readonly ZipEntry[] }
  /** Cut short, overlapping, or with something before or after it: another reader would see another file. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'encrypted' };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_COMMENT = 0xffff;
const MOST_ENTRIES = 5_000;

const MALFORMED: ZipRead = { kind: 'malformed' };

export function readZip(bytes: Buffer): ZipRead {
  const end = findEnd(bytes);
  if (end === null || bytes.length < LOCAL_BYTES || bytes.readUInt32LE(0) !== LOCAL) return MALFORMED;
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  // ZIP64, several volumes, or bytes that no entry owns: no office program writes these into a letter.
  if (bytes.readUInt16LE(end + 8) !== count || count > MOST_ENTRIES) return MALFORMED;
  if (start + bytes.readUInt32LE(end + 12) !== end) return MALFORMED;
  return readDirectory(bytes, { start, end, count });
}

/** Where the end record begins that also ends the file; null when there is none, or one with something behind it. */
function findEnd(bytes: Buffer): number | null {
  const least = Math.max(0, bytes.length - END_BYTES - MOST_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= least; at--) {
    if (bytes.readUInt32LE(at) === END)
      return at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length ? at : null;
  }
  return null;
}

/** Whether an archive ends here: what a polyglot has behind or inside another file. */
export const endsAsZip = (bytes: Buffer): boolean =>
  bytes.subarray(Math.max(0, bytes.length - END_BYTES - MOST_COMMENT)).includes('PK\x05\x06', 0, 'latin1');

type Directory = { readonly start: number; readonly end: number; readonly count: number };

function readDirectory(bytes: Buffer, { start, end, count }: Directory): ZipRead {
  const entries: ZipEntry[] = [];
  let at = start;
  let room = 0;
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL_BYTES > end || bytes.readUInt32LE(at) !== CENTRAL) return MALFORMED;
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) return { kind: 'encrypted' };
    const packed = bytes.readUInt32LE(at + 20);
    const named = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + named);
    const local = bytes.readUInt32LE(at + 42);
    if (local + LOCAL_BYTES > start || bytes.readUInt32LE(local) !== LOCAL) return MALFORMED;
    entries.push({ name, packed, unpacked: bytes.readUInt32LE(at + 24) });
    room += LOCAL_BYTES + packed;
    at += CENTRAL_BYTES + named + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  // Entries that share the same bytes are how a small bomb is made.
  if (at !== end || room > start) return MALFORMED;
  return { kind: 'archive', entries };
}
