/** How values look on a French screen. Pure, and no HTML: the views escape what these return. */

const NO_BREAK_SPACE = '\u00a0';

/** 14 digits in the groups of a Kbis, 3 3 3 5; anything else comes back as it is. */
export function groupSiret(siret: string): string {
  const groups = /^(\d{3})(\d{3})(\d{3})(\d{5})?$/.exec(siret);
  return groups ? groups.slice(1).filter(Boolean).join(NO_BREAK_SPACE) : siret;
}

/** A `tel:` address, or null when the text holds no digit (RFC 3966, section 3). */
export function telHref(phone: string): string | null {
  const dialled = phone.replace(/(?!^\+)\D/g, '');
  return /\d/.test(dialled) ? `tel:${dialled}` : null;
}

const wholeNumber = new Intl.NumberFormat('fr-FR');

/** « 5 000 sites »: French takes the singular below two. */
export function count(quantity: number, one: string, many: string): string {
  return `${wholeNumber.format(quantity)}${NO_BREAK_SPACE}${quantity < 2 ? one : many}`;
}
