/** The identifiant that stands in for an e-mail address at a first sign-in by letter. */

const SEPARATORS = /[\s.\u2010-\u2015\u00a0\u202f-]/g;

/** The form in which two identifiants are compared; null for what is an address, or too long to be one. */
export function provisionalLogin(typed: string): string | null {
  if (typed.includes('@')) return null;
  const login = typed.normalize('NFC').replace(SEPARATORS, '').toUpperCase();
  return login === '' || login.length > 60 ? null : login;
}
