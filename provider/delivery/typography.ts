/** French typography of what leaves: written with plain spaces, sent with no-break ones where a line must not end. */

const NO_BREAK_SPACE = '\u00a0';

/** Before « : ; ? ! » », after « « ». */
export const typeset = (text: string): string =>
  text.replace(/ (?=[:;?!»])/g, NO_BREAK_SPACE).replace(/« /g, `«${NO_BREAK_SPACE}`);

/** Of a telephone number, all in one line. */
export const unbroken = (text: string): string => text.replaceAll(' ', NO_BREAK_SPACE);

/** 14 digits in the groups of a Kbis, 3 3 3 5. */
export const groupSiret = (siret: string): string =>
  siret.replace(/^(\d{3})(\d{3})(\d{3})(\d{5})$/, ['$1', '$2', '$3', '$4'].join(NO_BREAK_SPACE));
