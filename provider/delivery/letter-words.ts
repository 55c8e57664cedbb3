/**
 * The words of the letters. The two of a new site leave apart, and each is worthless alone: the welcome bears the
 * identifiant CIBTP and no code, the confidential one bears the code and no identifiant. The one that opens an account
 * bears both, and both are replaced at the first sign-in.
 */
import { tellDate } from '../domain/dates.ts';
import type { Letter } from '../domain/message.ts';
import type { Sender } from './ports.ts';
import { groupSiret, typeset, unbroken } from './typography.ts';

export type LetterWords = {
  /** Above the subject, so that whoever opens the envelope knows whom it is for; null on an ordinary letter. */
  readonly mention: string | null;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What the letter is there to bring, set apart. */
  readonly secret: {
    readonly label: string;
    readonly value: string;
    /** A second value under the first. */
    readonly second?: { readonly label: string; readonly value: string };
    readonly note: string | null;
  };
  readonly steps: { readonly title: string; readonly items: readonly string[] };
  readonly closing: readonly string[];
};

const DAY = 86_400_000;

export function letterWords(letter: Letter, sender: Sender): LetterWords {
  const words = tell(letter, sender);
  return {
    ...words,
    subject: typeset(words.subject),
    paragraphs: words.paragraphs.map(typeset),
    steps: { ...words.steps, items: words.steps.items.map(typeset) },
    closing: words.closing.map(typeset),
  };
}

function tell(letter: Letter, sender: Sender): LetterWords {
  const address = `${sender.issuer.replace(/^https?:\/\//, '')}/premiere-connexion`;
  const site = `${letter.raisonSociale} (${unbroken(`SIRET ${groupSiret(letter.siret)}`)})`;
  switch (letter.template) {
    case 'welcome':
      return {
        mention: null,
        subject: 'Bienvenue : votre identifiant CIBTP',
        paragraphs: [
          'Madame, Monsieur,',
          `Votre entreprise est adhérente de la caisse ${sender.name}. Vous pouvez ouvrir l’espace sécurisé de ${site} : vous y ferez vos déclarations, y suivrez vos salariés et y retrouverez vos documents.`,
        ],
        secret: { label: 'Votre identifiant CIBTP', value: letter.identifiant, note: null },
        steps: {
          title: 'Pour ouvrir votre espace',
          items: [
            'Attendez notre second courrier, marqué « Confidentiel » : il porte votre code confidentiel et part séparément de celui-ci.',
            `Munissez-vous des deux courriers et rendez-vous à l’adresse :\n${address}`,
            'Saisissez votre identifiant CIBTP, le SIRET du site et votre code confidentiel, puis laissez-vous guider.',
          ],
        },
        closing: closing(sender),
      };
    case 'confidential_code':
      return {
        mention: 'Confidentiel',
        subject: 'Votre code confidentiel',
        paragraphs: [
          'Madame, Monsieur,',
          `Voici le code qui permet d’ouvrir l’espace sécurisé de ${site}. La personne qui l’emploie en devient Administrateur Entreprise : ne le remettez qu’à elle.`,
        ],
        secret: {
          label: 'Votre code confidentiel',
          value: groupCode(letter.code),
          // The last whole day: the code itself ends in the middle of one.
          note: `À employer une seule fois, jusqu’au ${tellDate(letter.expiresAt - DAY, sender.timeZone)} inclus.`,
        },
        steps: {
          title: 'Pour ouvrir votre espace',
          items: [
            'Munissez-vous aussi de notre courrier de bienvenue : il porte votre identifiant CIBTP.',
            `Rendez-vous à l’adresse :\n${address}`,
            'Saisissez votre identifiant CIBTP, le SIRET du site et ce code. Les espaces et les minuscules sont acceptés.',
          ],
        },
        closing: [
          'Nous ne vous demanderons jamais ce code par téléphone ni par courriel. S’il a été lu par quelqu’un d’autre, ou s’il est périmé, demandez-en un nouveau à la même adresse : il part par courrier.',
          ...closing(sender),
        ],
      };
    case 'initial_password':
      return tellInitialPassword(letter, sender, site);
  }
}

/** Both in one envelope: worth a single sign-in, and nothing after it. */
function tellInitialPassword(
  letter: Extract<Letter, { template: 'initial_password' }>,
  sender: Sender,
  site: string,
): LetterWords {
  const person = `${letter.givenName} ${letter.familyName}`;
  return {
    mention: 'Confidentiel',
    subject: 'Vos identifiants de première connexion',
    paragraphs: [
      'Madame, Monsieur,',
      `Votre demande d’accès est validée. Voici ce qui permet à ${person} de se connecter une première fois à l’espace sécurisé de ${site}. Ne le remettez à personne d’autre.`,
    ],
    secret: {
      label: 'Votre identifiant',
      value: letter.identifiant,
      second: { label: 'Votre mot de passe initial', value: letter.initialPassword },
      note: `À employer une seule fois, jusqu’au ${tellDate(letter.expiresAt - DAY, sender.timeZone)} inclus.`,
    },
    steps: {
      title: 'Pour vous connecter',
      items: [
        `Rendez-vous à l’adresse :\n${sender.issuer.replace(/^https?:\/\//, '')}`,
        'À la place de l’adresse électronique, saisissez cet identifiant, puis le mot de passe initial, tirets compris.',
        'Donnez votre adresse électronique et choisissez un mot de passe : vous vous connecterez avec eux par la suite.',
      ],
    },
    closing: [
      'Nous ne vous demanderons jamais ce mot de passe par téléphone ni par courriel. S’il a été lu par quelqu’un d’autre, ou s’il est périmé, prévenez-nous.',
      ...closing(sender),
    ],
  };
}

function closing({ name, phone, openingHours }: Sender): string[] {
  const hours = openingHours ? ` (${openingHours.charAt(0).toLowerCase()}${openingHours.slice(1)})` : '';
  const help = phone ? [`Une question ? Appelez-nous au ${unbroken(phone)}${hours}.`] : [];
  return [
    ...help,
    `Nous vous prions d’agréer, Madame, Monsieur, nos salutations distinguées.`,
    `La caisse ${name}`,
  ];
}

/** « 7KQ2X 9MB4T »: read aloud and typed by halves. */
const groupCode = (code: string): string => code.replace(/(.{5})(?=.)/g, '$1 ');
