/** One mail of every kind about a request for access. */
import type { ConventionTold } from '../../provider/domain/access-request.ts';
import type { AccessRequestMail } from '../../provider/domain/message.ts';

const to = 'camille.essai@exemple.fr';
const person = { givenName: 'Camille', familyName: 'Essai' };
const link = 'https://id.exemple.fr/grand-est/demande-d-acces/convention?jeton=dGhpcyBpcyBhIHJhbmRvbSBz';
const mail = { channel: 'mail', to, expiresAt: null, ...person } as const;

const CONVENTION: ConventionTold = {
  number: 'K7P2-M4XQ',
  raisonSociale: 'Maçonnerie de la Vallée & Fils',
  identifiant: 'GE-104217',
  siret: '73282932000074',
  siteName: 'Agence de Metz',
  director: { ...person, position: 'Gérante', email: to, unaffiliated: true },
  delegate: {
    kind: 'cabinet',
    firm: 'Cabinet de l’Étang',
    givenName: 'Dominique',
    familyName: 'Modèle',
    address: ['4 rue des Essais', 'Bâtiment C', '57000 METZ'],
    level: 'consultation',
  },
};

const told = { number: CONVENTION.number, raisonSociale: CONVENTION.raisonSociale, siret: CONVENTION.siret };

export const ACCESS_REQUEST_MAILS: {
  readonly [T in AccessRequestMail['template']]: readonly Extract<AccessRequestMail, { template: T }>[];
} = {
  access_request_received: [{ ...mail, template: 'access_request_received', link, convention: CONVENTION }],
  access_request_incomplete: [
    {
      ...mail,
      template: 'access_request_incomplete',
      link,
      convention: { ...CONVENTION, delegate: null },
      missing: 'le cachet de l’entreprise et la date de signature.',
    },
  ],
  access_request_refused: [
    {
      ...mail,
      ...told,
      template: 'access_request_refused',
      reason: 'la convention est signée par une personne qui ne dirige pas l’entreprise.',
    },
  ],
  access_request_validated: [
    { ...mail, ...told, template: 'access_request_validated', withDelegate: false },
    { ...mail, ...told, template: 'access_request_validated', withDelegate: true },
  ],
};
