/**
 * The columns of a firm's file: one line a person and client, one column a feature. Owns their names and the words of
 * their cells; the same for the file that is downloaded and the one that comes back.
 */
import { FEATURES } from '../../../policies/catalogue.ts';
import { COLLEGES, type College, type Level } from '../../domain/rights.ts';
import { fold } from '../../domain/search.ts';
import { COLLEGE_LABELS } from '../rights-shown.ts';

export const EMAIL = 'e-mail';
export const SIRET = 'SIRET';
export const COLLEGE = 'collèges';
export const FROM = 'date d’effet';
export const TO = 'date de fin';
export const ACTION = 'action';
/** For whoever reads the file; not read back. */
const TOLD = ['collaborateur', 'client', 'site'] as const;

const keyOf = (name: string): string => fold(name).replace(/[^a-z0-9]/g, '');

/** How else these columns may be called. */
const ALIASES: Readonly<Record<string, string>> = {
  email: EMAIL,
  courriel: EMAIL,
  adresseelectronique: EMAIL,
  siret: SIRET,
  college: COLLEGE,
  colleges: COLLEGE,
  datedeffet: FROM,
  dateeffet: FROM,
  datedefin: TO,
  datefin: TO,
  action: ACTION,
  ...Object.fromEntries(TOLD.map((name) => [keyOf(name), name])),
};

const shownFeatures = (hidden: readonly string[]) => FEATURES.filter(({ slug }) => !hidden.includes(slug));

export const headerFor = (hidden: readonly string[]): string[] => [
  EMAIL,
  SIRET,
  ...TOLD,
  COLLEGE,
  FROM,
  TO,
  ...shownFeatures(hidden).map(({ label }) => label),
  ACTION,
];

/** Place of each column, by its name here; features by slug. */
export type Columns = ReadonlyMap<string, number>;

/** The columns that a header names, or what is wrong with it. */
export function readHeader(
  header: readonly string[],
  hidden: readonly string[],
): { readonly columns: Columns } | { readonly faults: readonly string[] } {
  const features = new Map(
    shownFeatures(hidden).flatMap(({ slug, label }) => [
      [keyOf(slug), slug] as const,
      [keyOf(label), slug] as const,
    ]),
  );
  const columns = new Map<string, number>();
  const faults: string[] = [];
  for (const [place, name] of header.entries()) {
    const key = keyOf(name);
    if (key === '') continue;
    const column = (Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined) ?? features.get(key);
    if (column === undefined) faults.push(`La colonne « ${name.slice(0, 60)} » n’est pas connue.`);
    else if (columns.has(column)) faults.push(`La colonne « ${name.slice(0, 60)} » est là deux fois.`);
    else columns.set(column, place);
  }
  const given = shownFeatures(hidden).filter(({ slug }) => columns.has(slug));
  // A column left out by mistake must not take rights from everybody.
  const lacking =
    given.length === 0 && columns.has(ACTION)
      ? []
      : shownFeatures(hidden).filter((one) => !given.includes(one));
  const missing = [
    ...[EMAIL, SIRET].filter((name) => !columns.has(name)),
    ...(given.length > 0 && !columns.has(COLLEGE) ? [COLLEGE] : []),
    ...lacking.map(({ label }) => label),
  ];
  faults.push(...missing.slice(0, 20).map((name) => `Il manque la colonne « ${name} ».`));
  return faults.length > 0 ? { faults } : { columns };
}

export const tellLevel = (level: Level): string =>
  level === 'none' ? '' : level === 'consultation' ? 'consultation' : 'mise à jour';

export const tellColleges = (colleges: readonly College[]): string =>
  colleges.length === COLLEGES.length ? 'tous' : colleges.map((one) => COLLEGE_LABELS[one]).join(' + ');
