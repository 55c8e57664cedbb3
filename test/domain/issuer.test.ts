import { expect, test } from 'vitest';
import { isIssuer } from '../../provider/domain/issuer.ts';

test.each([
  'https://grand-est.exemple.test',
  'https://exemple.test/grand-est',
  'http://localhost:3000/nord-ouest',
  'http://127.0.0.1:3000',
])('%s can be an issuer', (text) => {
  expect(isIssuer(text)).toBe(true);
});

test.each([
  'https://exemple.test/',
  'https://exemple.test/grand-est/',
  'https://exemple.test/caisses/grand-est',
  'https://exemple.test/Grand-Est',
  'https://exemple.test/grand%2Dest',
  'https://exemple.test/.well-known',
  'https://exemple.test/assets',
  'https://exemple.test/dev',
  'https://EXEMPLE.test/grand-est',
  'https://exemple.test:443/grand-est',
  'https://moi@exemple.test/grand-est',
  'https://exemple.test/grand-est?a=b',
  'https://exemple.test/grand-est#a',
  'https://exemple.test//grand-est',
  'ftp://exemple.test/grand-est',
  'exemple.test/grand-est',
  '',
])('%s cannot', (text) => {
  expect(isIssuer(text)).toBe(false);
});
