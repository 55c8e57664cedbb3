/** One mail of every kind about a message of the contact form. */
import type { MessageTold } from '../../provider/domain/contact.ts';
import type { ContactMail } from '../../provider/domain/message.ts';

const CONTACT_TOLD: MessageTold = {
  messageId: '0f3f6f0e-2f0b-4c3a-9d0e-1b2c3d4e5f60',
  number: 'K7P2-M4XQ',
  receivedAt: Date.parse('2026-11-21T10:00:00Z'),
  about: 'Attestation non reçue',
  message:
    'Bonjour,\n\nNotre attestation de novembre n’est pas arrivée : pouvez-vous la renvoyer ?\nMerci d’avance.',
  writer: {
    givenName: 'Camille',
    familyName: 'Essai',
    email: 'camille.essai@exemple.fr',
    phones: ['06 39 98 00 01', '03 53 01 00 02'],
    raisonSociale: 'Maçonnerie de la Vallée & Fils',
    identifiant: 'GE-104217',
    siret: '73282932000074',
  },
  signedIn: true,
  files: [
    { name: 'Bulletin de novembre.pdf', bytes: 120_000 },
    { name: 'Photo du chantier.jpg', bytes: 2_300_000 },
  ],
};

const stranger: MessageTold = {
  ...CONTACT_TOLD,
  writer: { ...CONTACT_TOLD.writer, phones: [], raisonSociale: '', identifiant: '', siret: '' },
  signedIn: false,
  files: [],
};

const box = {
  channel: 'mail',
  template: 'contact_message',
  to: 'messages@exemple.fr',
  expiresAt: null,
  replyTo: CONTACT_TOLD.writer.email,
  link: `https://id.exemple.fr/grand-est/gestion/messages/${CONTACT_TOLD.messageId}`,
} as const;

const received = {
  channel: 'mail',
  template: 'contact_received',
  to: 'camille.essai@exemple.fr',
  expiresAt: null,
  givenName: 'Camille',
  familyName: 'Essai',
  number: CONTACT_TOLD.number,
} as const;

export const CONTACT_MAILS: {
  readonly [T in ContactMail['template']]: readonly Extract<ContactMail, { template: T }>[];
} = {
  contact_message: [
    { ...box, told: CONTACT_TOLD },
    { ...box, told: stranger },
  ],
  contact_received: [
    { ...received, files: 0 },
    { ...received, files: 1 },
    { ...received, files: 3 },
  ],
};
