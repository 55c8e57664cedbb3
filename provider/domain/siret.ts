import { stdnum } from 'stdnum';

export type Siret = string & { readonly brand: 'Siret' };

const SEPARATORS = /[\s.\-\u00a0\u202f]/g;

/** A SIRET as people type it (spaces, dots, dashes) → 14 digits with a valid key (Luhn, La Poste excepted), or null. */
export function parseSiret(typed: string): Siret | null {
  const digits = typed.replace(SEPARATORS, '');
  return /^\d{14}$/.test(digits) && stdnum.FR?.siret?.validate(digits).isValid ? (digits as Siret) : null;
}

export type Siren = string & { readonly brand: 'Siren' };

/** Likewise the nine digits of a company. */
export function parseSiren(typed: string): Siren | null {
  const digits = typed.replace(SEPARATORS, '');
  return /^\d{9}$/.test(digits) && stdnum.FR?.siren?.validate(digits).isValid ? (digits as Siren) : null;
}
