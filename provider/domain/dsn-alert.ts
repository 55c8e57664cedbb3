/** What the caisse's information system may say of a site's DSN: limits that screens and memory bear. */

/** SIRETs in one call. */
export const MOST_SITES_A_CALL = 1_000;
/** Messages that one site shows at once. */
export const MOST_MESSAGES_A_SITE = 20;
/** Characters of a message. */
export const LONGEST_MESSAGE = 300;

/** Ends of lines and runs of blanks are one space: a message is a sentence in a table. */
export const oneLine = (message: string): string =>
  message
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what no screen can show
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
