/**
 * What a kind of file means in SQL. Every statement is given :caisse, :import and :now; those that apply, also :from and
 * :to, the lines of a slice, so that the longest file is done in bites of one transaction.
 */
export type KindInSql = {
  /** Selects line, code, about of the lines that what is there does not allow. */
  readonly faults: readonly string[];
  /** Selects one row: added, changed, unchanged. */
  readonly difference: string;
  /** Selects one row: n, how many there are. */
  readonly total: string;
  /** In this order, slice by slice. */
  readonly apply: readonly string[];
  /** Whose statistics the planner needs afterwards. */
  readonly tables: readonly string[];
};

export const LINES = 'l.caisse_id = :caisse and l.import_id = :import';
export const SLICE = `${LINES} and l.line between :from and :to`;

/** An identifiant as it is compared; as the index of the adhérents has it. */
export const bare = (column: string): string => `upper(regexp_replace(${column}, '[ .-]', '', 'g'))`;

/** As store/adherents writes it. */
export const searchText = (names: {
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly name: string;
  readonly siret: string;
}): string => {
  const number = `regexp_replace(${names.identifiant}, '[ .-]', '', 'g')`;
  return `fold(concat_ws(' ', ${names.raisonSociale}, ${names.name}, ${names.siret}, ${names.identifiant},
    nullif(${number}, ${names.identifiant})))`;
};

export const counted = (is: { readonly added: string; readonly changed: string }, from: string): string => `
  select count(*) filter (where ${is.added})::integer as added,
    count(*) filter (where not (${is.added}) and (${is.changed}))::integer as changed,
    count(*) filter (where not (${is.added}) and not (${is.changed}))::integer as unchanged
  ${from}`;
