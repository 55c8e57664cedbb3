import { expect, test } from 'vitest';
import { askedFactor } from '../../provider/oidc/authentication.ts';

const MFA = 'urn:caisse-id:acr:mfa';
const PWD = 'urn:caisse-id:acr:password';

test.each([
  [undefined, 'no'],
  ['', 'no'],
  ['urn:ailleurs', 'no'],
  [PWD, 'no'],
  [`${PWD} ${MFA}`, 'no'],
  [MFA, 'required'],
  [`urn:ailleurs ${MFA}`, 'required'],
  [`${MFA} ${PWD}`, 'preferred'],
  [`${MFA} urn:ailleurs ${PWD}`, 'preferred'],
  [[MFA], 'no'],
])('acr_values %j asks for a second factor: %s', (acrValues, expected) => {
  expect(askedFactor(acrValues)).toBe(expected);
});
