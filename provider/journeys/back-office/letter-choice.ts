/** Which sites a new batch is for, as an agent says it in the form. */
import type { Context } from 'koa';
import { startOf } from '../../domain/calendar.ts';
import { ungroup } from '../../domain/search.ts';
import { parseSiret } from '../../domain/siret.ts';
import { field } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import type { ChosenSites } from '../../http/screens-office-letter.ts';
import { isId } from '../../store/handle.ts';
import type { SiteChoice } from '../../store/letter-batches.ts';
import { dayTyped } from '../period-form.ts';

/** What fits in a form. */
export const MOST_LISTED = 3_000;

export type ReadChoice = {
  readonly typed: ChosenSites;
  /** null: with errors. */
  readonly choice: SiteChoice | null;
  readonly errors: readonly FieldError[];
};

export const NOTHING_TYPED: ChosenSites = {
  origine: '',
  identifiant: '',
  departement: '',
  depuis: '',
  sirets: '',
  import: '',
};

export function readChoice(ctx: Context, timeZone: string): ReadChoice {
  const typed: ChosenSites = {
    origine: field(ctx, 'origine'),
    identifiant: field(ctx, 'identifiant').trim().slice(0, 60),
    departement: field(ctx, 'departement').trim().slice(0, 3).toUpperCase(),
    depuis: field(ctx, 'depuis').trim().slice(0, 10),
    sirets: field(ctx, 'sirets'),
    import: field(ctx, 'import').slice(0, 40),
  };
  const read = Object.hasOwn(readers, typed.origine) ? readers[typed.origine] : undefined;
  if (!read)
    return { typed, choice: null, errors: [{ field: 'identifiant', message: 'Dites pour quels sites.' }] };
  const result = read(typed, timeZone);
  return 'field' in result
    ? { typed, choice: null, errors: [result] }
    : { typed, choice: result, errors: [] };
}

const readers: Readonly<Record<string, (typed: ChosenSites, timeZone: string) => SiteChoice | FieldError>> = {
  adherent: ({ identifiant }) => {
    const bare = ungroup(identifiant).toUpperCase();
    if (bare === '') return { field: 'identifiant', message: 'Saisissez l’identifiant CIBTP de l’adhérent.' };
    return { origin: 'adherent', identifiant: bare };
  },
  missing: ({ departement, depuis }, timeZone) => {
    // Corsica's are written 2A and 2B, and its postal codes begin with 20.
    const department = departement.replace(/^2[AB]$/, '20');
    if (!/^(\d{2,3})?$/.test(department)) {
      return { field: 'departement', message: 'Saisissez un numéro de département, par exemple 57 ou 974.' };
    }
    const day = depuis === '' ? null : dayTyped(depuis);
    if (depuis !== '' && day === null) {
      return { field: 'depuis', message: 'Saisissez une date, par exemple 01/10/2026.' };
    }
    return { origin: 'missing', department, since: day === null ? null : startOf(day, timeZone) };
  },
  import: ({ import: importId }) =>
    isId(importId)
      ? { origin: 'import', importId }
      : { field: 'import', message: 'Cet import n’est pas connu de cette caisse.' },
  list: ({ sirets }) => {
    const lines = sirets
      .split(/[\n;,]/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (lines.length === 0) return { field: 'sirets', message: 'Saisissez au moins un SIRET.' };
    if (lines.length > MOST_LISTED) {
      return { field: 'sirets', message: `Saisissez ${MOST_LISTED.toLocaleString('fr-FR')} SIRET au plus.` };
    }
    const wrong = lines.filter((line) => parseSiret(line) === null).map((line) => line.slice(0, 30));
    if (wrong.length > 0) {
      const others = wrong.length > 5 ? ` et ${wrong.length - 5} autres` : '';
      return {
        field: 'sirets',
        message: `Ce ne sont pas des SIRET\u00a0: ${wrong.slice(0, 5).join(', ')}${others}.`,
      };
    }
    return { origin: 'list', sirets: [...new Set(lines.flatMap((line) => parseSiret(line) ?? []))] };
  },
};
