import { describe, expect, test } from 'vitest';
import { newPasswordErrors, passwordHint } from '../../provider/journeys/new-password.ts';
import { toCaisse } from '../../provider/tenant/directory.ts';

const caisse = toCaisse({
  id: 'grand-est',
  name: 'CIBTP Grand Est',
  issuer: 'https://id.exemple.test/grand-est',
  timeZone: 'Europe/Paris',
  settings: { shortName: 'Grand Est', theme: { primary: '#1b4f72', accent: '#b9770e' } },
  cookieKeys: Buffer.alloc(0),
});
const messages = (password: string) =>
  newPasswordErrors({ caisse, password, known: ['camille@essai.test'], field: 'password' }).map(
    ({ message }) => message.replaceAll('\u00a0', ' '),
  );

describe('a password that may not be set', () => {
  test.each([
    [
      'tkqzb7m',
      [
        'Ajoutez au moins un caractère à ce mot de passe.',
        'Ajoutez au moins une majuscule ou un caractère spécial, ou choisissez une phrase plus longue.',
      ],
    ],
    [
      'tkqzbvmxw',
      [
        'Ajoutez au moins deux de ces sortes de caractères : une majuscule, un chiffre ou un caractère spécial, ou choisissez une phrase plus longue.',
      ],
    ],
    ['tR7!k', ['Ajoutez au moins 3 caractères à ce mot de passe.']],
  ])('« %s »: the sentences say what to do', (password, sentences) => {
    expect(messages(password)).toEqual(sentences);
  });

  test('holds the name of the caisse, short or long, or what the caller knows', () => {
    for (const password of ['Zk-cibtp-moulin-7', 'GrandEst-2026!', 'Camille-2026!']) {
      expect(messages(password)).toEqual([
        'Choisissez un mot de passe sans lien avec votre nom, votre adresse électronique, votre entreprise ou votre caisse.',
      ]);
    }
  });

  test('the hint tells the rule of the caisse', () => {
    const hint = passwordHint(caisse.settings.passwordRule).replaceAll('\u00a0', ' ');
    expect(hint).toBe(
      'Au moins 8 caractères, avec trois sortes parmi : majuscules, minuscules, chiffres, caractères spéciaux. Ou une phrase d’au moins 15 caractères, sans autre condition.',
    );
  });
});
