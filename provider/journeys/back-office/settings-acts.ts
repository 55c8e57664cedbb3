/** A change of what the caisse decides for itself: one act, told before and after, refused when another was quicker. */
import { createHash } from 'node:crypto';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { type Decided, lockDecided, readDecided, writeDecided } from '../../store/settings.ts';
import type { Scope } from '../../tenant/scope.ts';
import { type Settings, SettingsSchema } from '../../tenant/settings.ts';

export type Standing = { readonly name: string; readonly settings: Settings; readonly version: string };

const standingOf = ({ name, settings }: Decided): Standing => {
  const read = SettingsSchema.parse(settings);
  const version = createHash('sha256')
    .update(JSON.stringify([name, read]))
    .digest('hex')
    .slice(0, 16);
  return { name, settings: read, version };
};

export const readStanding = async (scope: Scope): Promise<Standing> =>
  standingOf(await readDecided(scope.store));

export type Change = { readonly name?: string; readonly settings: Partial<Settings> };

/** `seen`: the version that the form showed. @returns false when it is not that one any more: nothing was changed. */
export function changeStanding(
  scope: Scope,
  change: Change,
  { actorId, seen }: { readonly actorId: string; readonly seen: string },
): Promise<boolean> {
  return transaction(scope.store, async (inside) => {
    const row = await lockDecided(inside);
    const former = standingOf(row);
    if (former.version !== seen) return false;
    // What this version of the product does not know stays: another one may.
    const settings = { ...row.settings, ...change.settings };
    const name = change.name ?? row.name;
    const next = standingOf({ name, settings });
    if (next.version === former.version) return true;
    await writeDecided(inside, { name, settings });
    const { address, requestId } = scope;
    const facts = differences(former, next);
    await appendAudit(inside, {
      kind: 'settings_changed',
      at: scope.now(),
      actorId,
      address,
      requestId,
      facts,
    });
    return true;
  });
}

/** What changed, and nothing else; of a logo, that it did. */
function differences(former: Standing, next: Standing): Record<'before' | 'after', string> {
  const flat = ({ name, settings }: Standing): Record<string, unknown> => ({
    ...settings,
    name,
    // Long texts are told by what tells them apart.
    pages: Object.fromEntries(Object.entries(settings.pages).map(([page, text]) => [page, markOf(text)])),
    logo: settings.logo === null ? null : markOf(settings.logo),
  });
  const [one, other] = [flat(former), flat(next)];
  const changed = Object.keys(other).filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]));
  const told = (all: Record<string, unknown>) =>
    JSON.stringify(Object.fromEntries(changed.map((key) => [key, all[key] ?? null])));
  return { before: told(one), after: told(other) };
}

const markOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
