/** What services may ask of an authentication, and what one that was reached proves. */
import type { AskedFactor } from '../domain/second-factor.ts';
import { ACR_MFA, ACR_PASSWORD } from './contract.ts';

/** `acr_values` lists what a service takes, best first (OpenID Connect Core §3.1.2.1); names that we do not know say nothing. */
export function askedFactor(acrValues: unknown): AskedFactor {
  if (typeof acrValues !== 'string') return 'no';
  const known = acrValues.split(' ').filter((one) => one === ACR_MFA || one === ACR_PASSWORD);
  if (known[0] !== ACR_MFA) return 'no';
  return known.includes(ACR_PASSWORD) ? 'preferred' : 'required';
}
