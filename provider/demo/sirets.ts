import { parseSiret, type Siret } from '../domain/siret.ts';
import type { Chance } from './chance.ts';

/** A SIREN with a valid key. It begins with 0, which INSEE gives to nobody: no real company is ever shown. */
export function inventSiren(chance: Chance): string {
  const digits = `0${chance.digits(7)}`;
  return digits + luhnKey(digits);
}

/** `establishment`: 1 for the first of the company, as in a NIC. */
export function siretOf(siren: string, establishment: number): Siret {
  const digits = siren + String(establishment).padStart(4, '0');
  const siret = parseSiret(digits + luhnKey(digits));
  if (siret === null) throw new RangeError(`no SIRET for ${siren} and ${establishment}`);
  return siret;
}

/** The digit that makes the whole valid (ISO/IEC 7812-1, annex B). */
function luhnKey(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}
