import type { Context } from 'koa';
import { describe, expect, test } from 'vitest';
import { featureIndex } from '../../policies/catalogue.ts';
import { covers, EVERYTHING, type Vector } from '../../provider/domain/rights.ts';
import {
  choiceFields,
  choiceOf,
  drawMatrix,
  firstChoice,
  type Offer,
  readRights,
} from '../../provider/journeys/rights-form.ts';
import { levelIn } from '../../provider/journeys/rights-shown.ts';
import { rightsOn } from '../support/world.ts';

const form = (fields: Record<string, string>) => ({ request: { body: fields } }) as unknown as Context;
const offering = (holds: Vector, more: Partial<Offer> = {}): Offer => ({
  holds,
  hidden: [],
  allowAdmin: true,
  ...more,
});
const everyCollege = { college_ouvrier: 'oui', college_etam: 'oui', college_cadre: 'oui' };
const labels = { admin: 'Administrateur' };
const rowsOf = (offer: Offer, choice = firstChoice(offer)) =>
  drawMatrix(choice, offer, labels).groups.flatMap((group) => group.rows);
const levelOn = (vector: Vector, slug: string) => levelIn(vector, featureIndex(slug) ?? -1);

const partial = rightsOn({ documents: 'consultation', planning: 'mise_a_jour' }, ['ouvrier', 'etam']);

describe('the matrix offers', () => {
  test('every collège and no right to begin with', () => {
    const matrix = drawMatrix(firstChoice(offering(EVERYTHING)), offering(EVERYTHING), labels);
    expect(matrix.colleges.map(({ checked }) => checked)).toEqual([true, true, true]);
    const rows = matrix.groups.flatMap((group) => group.rows);
    expect(rows).toHaveLength(17);
    expect(new Set(rows.map(({ chosen }) => chosen))).toEqual(new Set(['none']));
  });

  test('neither features, nor levels, nor collèges that the giver lacks', () => {
    const matrix = drawMatrix(firstChoice(offering(partial)), offering(partial), labels);
    expect(rowsOf(offering(partial)).map(({ field, offered }) => [field, offered])).toEqual([
      ['droit_planning', ['none', 'consultation', 'mise_a_jour']],
      ['droit_documents', ['none', 'consultation']],
    ]);
    expect(matrix.colleges.map(({ field }) => field)).toEqual(['college_ouvrier', 'college_etam']);
    expect(matrix.groups.map(({ label }) => label)).toEqual(['Mes salariés', 'Mes documents']);
  });

  test('no column that no row has', () => {
    const reader = rightsOn({ documents: 'consultation' });
    const { columns } = drawMatrix(firstChoice(offering(reader)), offering(reader), labels);
    expect(columns.map(({ level }) => level)).toEqual(['none', 'consultation']);
  });

  test('nothing that the caisse hides, nor Administrateur where nobody can be', () => {
    const offer = offering(EVERYTHING, { hidden: ['planning'], allowAdmin: false });
    expect(rowsOf(offer).map(({ field }) => field)).not.toContain('droit_planning');
    expect(drawMatrix(firstChoice(offer), offer, labels).admin).toBeNull();
    const { given } = readRights(
      form({ ...everyCollege, administrateur: 'oui', droit_documents: 'consultation' }),
      offer,
    );
    expect(given).toEqual({ admin: false, vector: rightsOn({ documents: 'consultation' }) });
  });
});

describe('what is chosen', () => {
  test('becomes levels and collèges', () => {
    const chosen = { college_etam: 'oui', droit_planning: 'mise_a_jour', droit_documents: 'consultation' };
    const { given, errors } = readRights(form(chosen), offering(EVERYTHING));
    expect(errors).toEqual([]);
    expect(given).toEqual({
      admin: false,
      vector: rightsOn({ planning: 'mise_a_jour', documents: 'consultation' }, ['etam']),
    });
  });

  test('Administrateur wins over whatever else is chosen, and the choices below are kept', () => {
    const { given, choice } = readRights(
      form({ administrateur: 'oui', droit_planning: 'consultation' }),
      offering(partial),
    );
    expect(given).toEqual({ admin: true, vector: EVERYTHING });
    expect(choice.levels).toEqual({ planning: 'consultation' });
  });

  test('comes back whole from the fields that carry it', () => {
    const chosen = { college_etam: 'oui', droit_planning: 'mise_a_jour', droit_documents: 'none' };
    const offer = offering(EVERYTHING);
    const { choice } = readRights(form(chosen), offer);
    const carried = Object.fromEntries(choiceFields(choice).map(({ name, value }) => [name, value]));
    expect(carried).toEqual(chosen);
    expect(readRights(form(carried), offer).choice).toEqual(choice);
  });

  test.each([
    ['no collège', { droit_documents: 'consultation' }, 'colleges'],
    ['no right', { college_etam: 'oui' }, 'droits'],
    ['rights of none of the levels', { college_etam: 'oui', droit_documents: 'tout' }, 'droits'],
    ['a collège that the giver lacks', { college_cadre: 'oui', droit_documents: 'consultation' }, 'colleges'],
    ['a level above the giver’s', { college_etam: 'oui', droit_documents: 'mise_a_jour' }, 'droit_documents'],
    [
      'a feature that the giver lacks',
      { college_etam: 'oui', droit_telepaiements: 'consultation' },
      'droits',
    ],
  ])('is refused with %s, at the field', (_, fields, at) => {
    const { given, errors } = readRights(form(fields), offering(partial));
    expect(given).toBeNull();
    expect(errors.map((error) => error.field)).toEqual([at]);
  });

  test('a feature that the caisse hides is refused like one that the giver lacks', () => {
    const offer = offering(EVERYTHING, { hidden: ['planning'] });
    const { given, errors } = readRights(form({ ...everyCollege, droit_planning: 'consultation' }), offer);
    expect(given).toBeNull();
    expect(errors.map((error) => error.field)).toEqual(['droits']);
  });
});

describe('a header', () => {
  test('sets every row to its level, or to the best that a row offers', () => {
    const { applied, given, choice } = readRights(
      form({ college_etam: 'oui', tout: 'mise_a_jour', appliquer: 'tout' }),
      offering(partial),
    );
    expect([applied, given]).toEqual([true, null]);
    expect(choice.levels).toEqual({ planning: 'mise_a_jour', documents: 'consultation' });
    expect(choice.headers).toEqual({});
  });

  test('of a group leaves the other groups as they are', () => {
    const { choice } = readRights(
      form({ droit_documents: 'none', tout_mes_salaries: 'consultation', appliquer: 'tout_mes_salaries' }),
      offering(partial),
    );
    expect(choice.levels).toEqual({ planning: 'consultation', documents: 'none' });
  });

  test('that was chosen and not applied is asked about, never ignored', () => {
    const fields = { college_etam: 'oui', droit_documents: 'consultation', tout: 'mise_a_jour' };
    const { given, errors } = readRights(form(fields), offering(partial));
    expect(given).toBeNull();
    expect(errors.map((error) => error.field)).toEqual(['tout']);
    const done = { ...fields, droit_planning: 'mise_a_jour' };
    expect(readRights(form(done), offering(partial)).errors).toEqual([]);
  });

  test('cannot be applied without a level', () => {
    const { applied, errors } = readRights(form({ appliquer: 'tout' }), offering(partial));
    expect(applied).toBe(false);
    expect(errors.map((error) => error.field)).toEqual(['tout']);
  });
});

describe('a delegation that exists', () => {
  const before = rightsOn({ planning: 'mise_a_jour', documents: 'mise_a_jour' });

  test('is shown within what can be given today', () => {
    const choice = choiceOf({ admin: false, vector: before }, offering(partial));
    expect(choice.levels).toEqual({ planning: 'mise_a_jour', documents: 'consultation' });
    expect(choice.colleges).toEqual(['ouvrier', 'etam']);
  });

  test('keeps what it says of hidden features, and gains nothing there', () => {
    const hidden = ['planning', 'salaries'];
    const offer = offering(EVERYTHING, { hidden, kept: before });
    const { given } = readRights(form({ ...everyCollege, droit_documents: 'consultation' }), offer);
    expect(levelOn(given?.vector as Vector, 'planning')).toBe('mise_a_jour');
    expect(levelOn(given?.vector as Vector, 'salaries')).toBe('none');
    expect(levelOn(given?.vector as Vector, 'documents')).toBe('consultation');
  });

  test('keeps nothing hidden that the giver does not hold', () => {
    const holds = rightsOn({ planning: 'consultation', documents: 'consultation' });
    const offer = offering(holds, { hidden: ['planning'], kept: before });
    const { given } = readRights(form({ ...everyCollege, droit_documents: 'consultation' }), offer);
    expect(levelOn(given?.vector as Vector, 'planning')).toBe('consultation');
    expect(covers(holds, given?.vector as Vector)).toBe(true);
  });
});
