import { createHash } from 'node:crypto';

/** What looks random in the demo and is the same at each reset. Never for a secret: anyone can compute it. */
export type Chance = {
  /** 0 ≤ n < `bound`. */
  readonly below: (bound: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** `length` decimal digits. */
  readonly digits: (length: number) => string;
  readonly uuid: () => string;
};

export function chanceOf(seed: string): Chance {
  let draws = 0;
  const draw = (): Buffer => {
    draws += 1;
    return createHash('sha256').update(`${seed}:${draws}`).digest();
  };
  const below = (bound: number): number => draw().readUInt32BE() % bound;
  return {
    below,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    digits: (length) => Array.from({ length }, () => below(10)).join(''),
    uuid() {
      const bytes = draw().subarray(0, 16);
      // RFC 9562 §5.4: version 4, variant 10.
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}
