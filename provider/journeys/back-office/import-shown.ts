/** An import as its page and the list show it. */
import type { Context } from 'koa';
import { tellMoment } from '../../domain/dates.ts';
import type { ImportState } from '../../domain/import.ts';
import { isUnderWay } from '../../domain/import.ts';
import { count } from '../../http/format.ts';
import type { ImportLocals, ImportShown, ImportTone } from '../../http/screens-office-import.ts';
import type { Import } from '../../store/imports.ts';
import { KIND_WORDS, STATE_WORDS } from '../import-words.ts';
import { scopeFor } from '../web.ts';

export const SECTION = '/gestion/import';

const TONES: Readonly<Record<ImportState, ImportTone>> = {
  receiving: 'waiting',
  received: 'waiting',
  checked: 'waiting',
  faulty: 'bad',
  approved: 'waiting',
  applied: 'good',
  abandoned: 'quiet',
  failed: 'bad',
};

export function showImport(ctx: Context, row: Import, agent: string | null): ImportShown {
  const { caisse } = scopeFor(ctx);
  return {
    href: `${caisse.basePath}${SECTION}/${row.id}`,
    kind: KIND_WORDS[row.kind].label,
    sentAt: tellMoment(row.createdAt, caisse.timeZone),
    by: agent ?? (row.clientId === null ? 'Ligne de commande' : `Service ${row.clientId}`),
    lines: count(row.lines, 'ligne', 'lignes'),
    state: isIdle(row) ? 'Rien à changer' : STATE_WORDS[row.state],
    tone: isIdle(row) ? 'quiet' : TONES[row.state],
  };
}

/** Applied, it brought sites, or adhérents whose sites may have come since. */
export const mayHaveBroughtSites = ({ state, kind, added, appliedAt }: Import): boolean =>
  state === 'applied' && added > 0 && appliedAt !== null && (kind === 'sites' || kind === 'adherents');

/** Checked, and there is nothing to decide. */
const isIdle = ({ state, added, changed }: Import): boolean => state === 'checked' && added + changed === 0;

/** Seconds. */
const EVERY = 3;

export function progressOf({ state, lines, linesDone }: Import): ImportLocals['progress'] {
  if (!isUnderWay(state)) return null;
  const all = count(lines, 'ligne', 'lignes');
  if (state === 'receiving')
    return { text: `${all} reçues pour l’instant.`, done: null, of: lines, every: EVERY };
  if (state === 'received')
    return {
      text: `Contrôle de ${all}. Un import de la caisse passe après l’autre.`,
      done: null,
      of: lines,
      every: EVERY,
    };
  const done = linesDone === 0 ? null : linesDone;
  return {
    text: `Application de ${all}. Tout, ou rien, sera enregistré à la fin.`,
    done,
    of: lines,
    every: EVERY,
  };
}

export function differenceOf(row: Import): ImportLocals['difference'] {
  if (!['checked', 'approved', 'applied'].includes(row.state)) return null;
  const { added, changed, unchanged, totalBefore: before, totalAfter: after } = row;
  return { added, changed, unchanged, before, after };
}
