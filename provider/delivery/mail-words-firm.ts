/**
 * The words of mails to a firm's people: to its managers, who has joined it and what a client gave it by the same act; to
 * its staff, which clients are theirs.
 */
import type { DelegationMail } from '../domain/message.ts';
import { clientsOf, companyOf, type Details, periodOf, rightsOf, sitesOf } from './delegation-details.ts';
import { callUs, NOT_EXPECTED, plainName, type Told } from './mail-told.ts';
import type { Sender } from './ports.ts';

type MemberJoined = Extract<DelegationMail, { template: 'member_joined' }>;
type ClientsChanged = Extract<DelegationMail, { template: 'member_clients_changed' }>;

export function memberJoined(mail: MemberJoined, sender: Sender): Told {
  return {
    ...said(mail),
    details: [whoOf(mail), ...givenBy(mail, sender)],
    action: { label: 'Voir les collaborateurs', href: mail.link },
    doubt: NOT_EXPECTED,
    notYou: `Si cette personne ne doit pas agir pour votre cabinet, ${mail.joined.as === 'manager' ? callUs(sender) : `retirez-la depuis « Collaborateurs » ou ${callUs(sender)}`}.`,
  };
}

const whoOf = ({ member, memberEmail }: MemberJoined): Details[number] => {
  const name = plainName(member);
  return { name: 'Personne', lines: [name ? `${name} (${memberEmail})` : memberEmail] };
};

function givenBy({ joined }: MemberJoined, sender: Sender): Details {
  if (joined.as !== 'named') return [];
  const { client } = joined;
  return [companyOf(client), sitesOf(client), periodOf(client, sender), rightsOf(client, 'Droits délégués')];
}

function said({ cabinetName, joined }: MemberJoined): Pick<Told, 'subject' | 'paragraphs'> {
  const firm = `cabinet comptable « ${cabinetName} »`;
  switch (joined.as) {
    case 'staff':
      return {
        subject: 'Une personne a rejoint votre cabinet',
        paragraphs: [
          `La personne ci-dessous a accepté de rejoindre l’équipe du ${firm}.`,
          'Elle ne détient encore aucun droit : vous pouvez lui confier les clients dont elle s’occupe.',
        ],
      };
    case 'manager':
      return {
        subject: 'Votre cabinet a un nouveau responsable',
        paragraphs: [
          `La personne ci-dessous, désignée par la caisse, est désormais responsable du ${firm}. Comme vous, elle voit tous ses clients et les confie aux collaborateurs.`,
        ],
      };
    case 'named': {
      const { giver, raisonSociale } = joined.client;
      const who = plainName(giver) ?? 'Un administrateur';
      return {
        subject: 'Un client a délégué des droits à votre cabinet',
        paragraphs: [
          `${who} a délégué des droits pour ${raisonSociale} au ${firm}, et a désigné la personne ci-dessous pour les exercer.`,
          joined.belongs
            ? 'Cette personne fait déjà partie de votre équipe. Vous pouvez confier ce client à d’autres collaborateurs.'
            : 'Cette personne rejoint votre cabinet pour ce client, et pour lui seul : elle ne voit aucun de vos autres clients.',
        ],
      };
    }
  }
}

/** To one of a firm's people: which clients are his has changed. */
export function clientsChanged(mail: ClientsChanged, sender: Sender): Told {
  const manager = plainName(mail.manager) ?? 'Un responsable';
  return {
    subject: 'Vos clients ont changé',
    paragraphs: [
      `${manager}, responsable du cabinet comptable « ${mail.cabinetName} », vient de revoir les clients qui vous sont confiés.`,
      'Ces droits s’exercent en vous connectant à votre espace sécurisé, où vous choisissez le site du client.',
    ],
    details: [
      ...clientsOf('Clients confiés', mail.given),
      ...clientsOf('Clients dont vos droits changent', mail.modified),
      ...clientsOf('Clients retirés', mail.taken),
    ],
    action: { label: 'Me connecter', href: mail.link },
    doubt: NOT_EXPECTED,
    notYou: `Si cela vous surprend, adressez-vous à un responsable du cabinet ou ${callUs(sender)}.`,
  };
}
