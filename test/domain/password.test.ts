import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPassword, type PasswordRule } from '../../provider/domain/password.ts';

const rule: PasswordRule = { minLength: 8, classes: 3, passphraseLength: 15 };
const KNOWN = [
  'cibtp',
  'CIBTP Grand Est',
  'Grand Est',
  'Maçonnerie Dupond & Fils',
  '73282932000074',
  'camille.dupond@maconnerie-dupond.fr',
];

const codes = (password: string, given: PasswordRule = rule, forbidden: readonly string[] = KNOWN) =>
  checkPassword(password, { rule: given, forbidden }).map(({ code }) => code);

describe('the rule of the network', () => {
  test.each([
    'tR7!kq2Z',
    'Grenouille-42',
    'Chantier-Essai-2026',
    'pluie zinc moulin cordage',
    'ÉtabliVert7x',
    'дождьЦинк-мельница7',
  ])('accepts « %s »', (password) => {
    expect(codes(password)).toEqual([]);
  });

  test.each([
    ['tR7!kq2', ['too_short']],
    ['tkqzbvmx', ['few_classes']],
    ['tkqzb7mx', ['few_classes']],
    ['tkqz', ['too_short', 'few_classes']],
    ['', ['too_short', 'few_classes']],
  ])('refuses « %s »: %j', (password, expected) => {
    expect(codes(password)).toEqual(expected);
  });

  test('says how many characters are missing, and which sorts', () => {
    expect(checkPassword('tkqzb', { rule, forbidden: [] })).toEqual([
      { code: 'too_short', missing: 3 },
      { code: 'few_classes', absent: ['upper', 'digit', 'other'], asked: 2 },
    ]);
  });

  test('asks no classes of a phrase of 15 characters, one character less still needs them', () => {
    expect(codes('moulin zinc bol')).toEqual([]);
    expect(codes('moulin zinc bo')).toEqual(['few_classes']);
  });

  test('a caisse may ask for more', () => {
    expect(codes('tR7kq2Zb', { ...rule, classes: 4 })).toEqual(['few_classes']);
    expect(codes('tR7!kq2Z', { ...rule, minLength: 12 })).toEqual(['too_short']);
  });

  test('counts characters as a person does: one emoji is one, one accented letter is one', () => {
    expect(codes('tR7!kq🦊')).toEqual(['too_short']);
    expect(codes('tR7!kqe\u0301')).toEqual(['too_short']);
    expect(codes('tR7!kqZ🦊')).toEqual([]);
  });

  test('accepts 128 characters and 1,024, not one more, and reads all of them', () => {
    const random = Array.from({ length: 1024 }, (_, i) =>
      String.fromCodePoint(97 + ((i * i * 7 + i) % 26)),
    ).join('');
    expect(codes(random.slice(0, 128))).toEqual([]);
    expect(codes(random)).toEqual([]);
    expect(codes(`${random}a`)).toEqual(['too_long']);
    expect(codes('x'.repeat(10_000_000))).toEqual(['too_long']);
  });
});

describe('what everybody would try', () => {
  test.each([
    'Motdepasse1!',
    'M0tDeP@sse2026',
    'Password1!',
    'P@ssw0rd123',
    'Azerty123!',
    'AZERTYuiop1!',
    'Qsdfghjklm1!',
    'Soleil2026!',
    'Été2026!!!!',
    '!!Bonjour!!1',
    'Marseille13!',
    'Aaaaaaaaaaaaaaaaaa',
    '123456789012345',
    'abcdefghijklmnop',
    '1a2z3e4r5t6Y!',
    'Poiuytreza1!',
  ])('refuses « %s » as common', (password) => {
    expect(codes(password)).toEqual(['common']);
  });

  test.each(['motdepassemotdepasse', 'aB3$aB3$aB3$aB3$', 'Robert1975', 'Boulanger12'])(
    'refuses « %s » one way or another',
    (password) => {
      expect(codes(password).length).toBeGreaterThan(0);
    },
  );
});

describe('what is known of the person', () => {
  test.each([
    'Cibtp-Zinc-Moulin-7',
    'C1btp-Zinc-Moulin-7',
    'camille.dupond-7Z',
    'CamilleDupond2026!',
    'Dupond-2026!',
    'Maconnerie57!',
    'MAÇONNERIEdupond&fils7',
    'Zk-73282932000074',
    'Zk-732829320-moulin',
    'Zk 732 829 320 00074',
    'GrandEst-2026!',
  ])('refuses « %s »', (password) => {
    expect(codes(password)).toContain('personal');
  });

  test('a word of a name is no harm in a phrase that stands without it', () => {
    expect(codes('moulin zinc dupond cordage')).toEqual([]);
  });

  test('what is short is not looked for: it occurs by chance', () => {
    expect(codes('tR7!kq2Z', rule, ['r7', '', 'kq', '@', ' '])).toEqual([]);
  });
});

describe('for any text', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });

  test('judging ends with known problems, never with an error', () => {
    const known = ['too_short', 'too_long', 'few_classes', 'common', 'personal', 'guessable'];
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (password, forbidden) => {
        for (const code of codes(password, rule, forbidden)) expect(known).toContain(code);
      }),
      { numRuns: 300 },
    );
  });

  test('the forms of one text are judged alike', () => {
    fc.assert(
      fc.property(text, (password) => {
        expect(codes(password.normalize('NFD'))).toEqual(codes(password.normalize('NFC')));
        expect(codes(password.normalize('NFKC'))).toEqual(codes(password));
      }),
      { numRuns: 200 },
    );
  });

  test('less than 8 characters never pass, nor 8 to 14 of two classes', () => {
    const small = fc.string({ unit: fc.constantFrom(...'abzkq17'), minLength: 0, maxLength: 14 });
    fc.assert(
      fc.property(small, (password) => {
        expect(codes(password)).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('the name of the caisse never passes, wherever it stands and however it is cased', () => {
    const around = fc.string({ unit: fc.constantFrom(...'tR7!kq2Z-'), maxLength: 12 });
    const name = fc.constantFrom('cibtp', 'CIBTP', 'CiBtP', 'c-i-b-t-p', 'cìbtp');
    fc.assert(
      fc.property(around, name, around, (before, spelled, after) => {
        expect(codes(before + spelled + after)).toContain('personal');
      }),
      { numRuns: 200 },
    );
  });
});
