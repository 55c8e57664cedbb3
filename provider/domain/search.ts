/** Text as it is searched: no accents, lower case, ligatures opened, single spaces. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/gi, 'oe')
    .replace(/æ/gi, 'ae')
    .toLowerCase()
    .replace(/[\u2019\u2018]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();

/** A number as it is compared, however it was grouped. */
export const ungroup = (text: string): string => text.replace(/[ .-]/g, '');

const MOST_TERMS = 8;

/** What was typed → the terms that must all occur. A number typed in groups (« 732 829 320 ») is one term. */
export function searchTerms(typed: string): string[] {
  const text = fold(typed.slice(0, 200));
  if (text === '') return [];
  const number = ungroup(text);
  if (/^\d+$/.test(number)) return [number];
  return text.split(' ').slice(0, MOST_TERMS);
}
