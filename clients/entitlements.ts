/**
 * What a relying party needs to check a right: copy this file, it imports nothing.
 *
 * `entitlements` is the claim of that name in the ID token, in userinfo and in the access token. Each entry reads
 * `feature:level[:college+college…]`, for instance `documents:consultation` or `planning:mise_a_jour:ouvrier+etam`:
 * - mise_a_jour includes consultation; a feature that is absent is not held at all;
 * - without a collège part, the right holds for the whole company, hence for every collège;
 * - one feature may have several entries, when the level differs from one collège to another.
 *
 * Decide with entitlements alone, for an administrator too: `roles` only says who may delegate.
 * A claim that is missing, of the wrong type, or an entry that does not read like the above grants nothing.
 *
 *     may(claims.entitlements, 'planning', 'mise_a_jour', 'etam')   // before touching an ETAM's planning
 *     may(claims.entitlements, 'planning', 'consultation')          // for the employees of every collège
 *     allowedColleges(claims.entitlements, 'planning', 'consultation').length > 0   // to show the menu entry
 */
export type Level = 'consultation' | 'mise_a_jour';
export type College = 'ouvrier' | 'etam' | 'cadre';

const LEVELS: readonly string[] = ['consultation', 'mise_a_jour'];
const COLLEGES: readonly College[] = ['ouvrier', 'etam', 'cadre'];

/** The collèges for which the right is held at that level at least; all of them for a right on the whole company. */
export function allowedColleges(entitlements: readonly string[], feature: string, level: Level): College[] {
  const needed = LEVELS.indexOf(level);
  if (needed < 0 || !Array.isArray(entitlements)) return [];
  const parts = entitlements
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.split(':'))
    .filter(
      ([name, held = '', , ...rest]) => name === feature && LEVELS.indexOf(held) >= needed && !rest.length,
    )
    .map(([, , colleges]) => colleges?.split('+') ?? COLLEGES);
  return COLLEGES.filter((college) => parts.some((colleges) => colleges.includes(college)));
}

/** Whether the right is held for that collège; without a collège, whether it is held for all of them. */
export function may(
  entitlements: readonly string[],
  feature: string,
  level: Level,
  college?: College,
): boolean {
  const allowed = allowedColleges(entitlements, feature, level);
  return college === undefined ? allowed.length === COLLEGES.length : allowed.includes(college);
}
