/** Lines of the audit as the screens of the log show them. */
import type { AuditLineShown, AuditPerson, JournalLineLocals } from '../../http/screens-office-audit.ts';
import type { AuditLine, Named } from '../../store/audit-log.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { factValue, factWords } from './audit-facts.ts';
import { stateWords } from './audit-states.ts';
import { kindWords } from './audit-words.ts';

/** « 24/11/2026 à 14:05:09 », in the caisse's zone. */
export const tellInstant = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('fr-FR', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .format(at)
    .replace(/^(\d\d\/\d\d\/)(\d{4}|\d\d)[ ,]+/, (_, day: string, year: string) => `${day}${year} à `);

export function lineShown(line: AuditLine, { basePath, timeZone }: Caisse): AuditLineShown {
  const { at, kind, site, address, facts } = line;
  const operator = typeof facts.operator === 'string' ? facts.operator : null;
  return {
    href: `${basePath}/gestion/journal/${line.id}`,
    at: tellInstant(at, timeZone),
    what: kindWords(kind),
    who: operator === null ? personOf(line.actor, basePath) : byCommand(operator),
    whom: line.subject?.id === line.actor?.id ? null : personOf(line.subject, basePath),
    site,
    from: address,
  };
}

const byCommand = (operator: string): AuditPerson => ({
  name: `${operator} (ligne de commande)`,
  email: null,
  href: null,
});

function personOf(person: Named | null, basePath: string): AuditPerson | null {
  if (!person) return null;
  if (person.name === null) return { name: 'Compte effacé', email: null, href: null };
  return { name: person.name, email: person.email, href: `${basePath}/gestion/comptes/${person.id}` };
}

type Told = Pick<JournalLineLocals, 'changes' | 'facts'>;

/** `before` and `after`, or `x_before` and `x_after`, side by side; of the rest a line each. */
export function factsShown(facts: AuditLine['facts'], { timeZone }: Pick<Caisse, 'timeZone'>): Told {
  const told = (name: string): string => {
    const value = facts[name] ?? null;
    return typeof value === 'string' ? stateWords(value, timeZone) : factValue(value);
  };
  const names = Object.keys(facts);
  const pairs = names.flatMap((name) => {
    const match = /^(?:(.+)_)?before$/.exec(name);
    if (!match) return [];
    const about = match[1] ?? '';
    const after = about === '' ? 'after' : `${about}_after`;
    return after in facts ? [{ about, before: name, after }] : [];
  });
  const paired = new Set(pairs.flatMap(({ before, after }) => [before, after]));
  return {
    changes: pairs.map(({ about, before, after }) => ({
      name: about === '' ? 'État' : factWords(about),
      before: told(before),
      after: told(after),
    })),
    facts: names
      .filter((name) => !paired.has(name))
      .map((name) => ({ name: factWords(name), value: factValue(facts[name] ?? null, name) })),
  };
}
