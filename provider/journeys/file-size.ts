const NUMBER = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 });

/** « 340 Ko », « 1,2 Mo »: never « 0 ». */
export function fileSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes}\u00a0${bytes < 2 ? 'octet' : 'octets'}`;
  const kilobytes = bytes / 1_024;
  return kilobytes < 1_000
    ? `${NUMBER.format(Math.round(kilobytes))}\u00a0Ko`
    : `${NUMBER.format(kilobytes / 1_024)}\u00a0Mo`;
}
