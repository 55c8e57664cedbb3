/** Levels and collèges as people write them in the cells of a file. */
import { COLLEGES, type College, type Level } from '../domain/rights.ts';
import { fold } from '../domain/search.ts';

const LEVELS: ReadonlyMap<string, Level> = new Map([
  ['', 'none'],
  ['-', 'none'],
  ['0', 'none'],
  ['aucun', 'none'],
  ['aucun droit', 'none'],
  ['c', 'consultation'],
  ['consultation', 'consultation'],
  ['lecture', 'consultation'],
  ['m', 'mise_a_jour'],
  ['maj', 'mise_a_jour'],
  ['mise a jour', 'mise_a_jour'],
]);

/** undefined for what is none. */
export const levelIn = (cell: string): Level | undefined => LEVELS.get(fold(cell));

/** « tous », « ouvriers + ETAM »; [] for an empty cell, undefined for what is none. */
export function collegesIn(cell: string): readonly College[] | undefined {
  const words = fold(cell)
    .split(/[^a-z]+/)
    .filter((word) => word !== '' && word !== 'et');
  if (words.length === 1 && (words[0] === 'tous' || words[0] === 'tout')) return COLLEGES;
  const known = words.map((word) => COLLEGES.find((college) => word === college || word === `${college}s`));
  return known.includes(undefined) ? undefined : COLLEGES.filter((college) => known.includes(college));
}
