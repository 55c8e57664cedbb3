const SHAPE = /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@]{1,190}\.[^\s@.]{2,63}$/u;

/** An address as people type it, trimmed and NFC-normalised, or null when it is none (RFC 5321 sizes). */
export function parseEmail(typed: string): string | null {
  const email = typed.trim().normalize('NFC');
  return email.length <= 254 && SHAPE.test(email) ? email : null;
}

/** The form in which two addresses are compared: one account per caisse has it. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase();
