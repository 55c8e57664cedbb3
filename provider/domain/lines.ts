/** The lines of a field in which people type one thing a line; empty ones and doubles go. */
export const readLines = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];
