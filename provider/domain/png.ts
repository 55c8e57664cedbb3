/** A PNG read chunk by chunk (PNG specification §5) and written again with what draws it alone: nothing hides in it. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'sRGB', 'gAMA', 'IDAT', 'IEND']);
/** Pixels on a side: a small file may otherwise unfold into gigabytes. */
const MOST_PIXELS = 2_000;

/** The picture without its notes, or null for what is no PNG, has something after its end, or is too large to draw. */
export function readPicture(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return null;
  const kept: Buffer[] = [SIGNATURE];
  let at = 8;
  let first = true;
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(kind) || first !== (kind === 'IHDR')) return null;
    if (first && !isSmall(bytes.subarray(at + 8, end - 4))) return null;
    if (KEPT.has(kind)) kept.push(bytes.subarray(at, end));
    if (kind === 'IEND') return end === bytes.length && length === 0 ? Buffer.concat(kept) : null;
    first = false;
    at = end;
  }
  return null;
}

function isSmall(header: Buffer): boolean {
  if (header.length !== 13) return false;
  const sides = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return sides.every((side) => side > 0 && side <= MOST_PIXELS);
}
