/**
 * What an act on delegations must do by the rules, said before it is done: whether anything is written at all, and which
 * delegations it changes to what. All that is not said must stay as it was.
 */
import type { Facts, Row } from './rights-oracle.ts';

export type Said = Partial<Row>;

export type Plan = {
  readonly label: string;
  /** null: nothing may be written. */
  readonly writes: {
    readonly changed?: ReadonlyMap<string, Said>;
    readonly added?: readonly Said[];
    /** What else must hold of what was written; it then says which changes are its own. */
    readonly own?: (before: Facts, after: Facts) => readonly string[];
  } | null;
  /** Through the product. `false` when it says that it did nothing. */
  readonly act: () => Promise<boolean>;
};

const sameRights = (a: Row['rights'], b: Row['rights']): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

function says(row: Row, said: Said): boolean {
  return (Object.keys(said) as (keyof Row)[]).every((key) =>
    key === 'rights' ? sameRights(row.rights, said.rights ?? new Set()) : row[key] === said[key],
  );
}

// Until when it waits is the invitation's, which is answered by the same act.
const differ = (a: Row, b: Row): boolean => !says(a, { ...b, waitsUntil: a.waitsUntil });

const told = (row: Row | Said | undefined): string =>
  JSON.stringify(row, (_, value) =>
    value instanceof Set ? `${value.size} rights: ${[...value].slice(0, 6)}` : value,
  );

/** Throws an error that tells the first thing that is not as planned. */
export function checkWritten({ label, writes }: Plan, before: Facts, after: Facts): void {
  const own = new Set(writes?.own?.(before, after) ?? []);
  const awaited = [...(writes?.added ?? [])];
  for (const [id, row] of after.rows) {
    const was = before.rows.get(id);
    if (own.has(id)) continue;
    if (!was) {
      const place = awaited.findIndex((said) => says(row, said));
      if (place < 0)
        throw new Error(`${label}: gave what nobody asked for: ${told(row)}, not ${awaited.map(told)}`);
      awaited.splice(place, 1);
      continue;
    }
    const said = writes?.changed?.get(id);
    const expected = { ...was, ...said };
    if (differ(row, expected)) throw new Error(`${label}: says ${told(row)} instead of ${told(expected)}`);
  }
  if (awaited.length > 0) throw new Error(`${label}: has not given ${awaited.map(told)}`);
}
