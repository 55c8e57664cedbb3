/** The words of the mail to a firm's managers: who has joined it, and what a client gave the firm by the same act. */
import type { DelegationMail } from '../domain/message.ts';
import { companyOf, type Details, periodOf, rightsOf, sitesOf } from './delegation-details.ts';
import { callUs, NOT_EXPECTED, plainName, type Told } from './mail-told.ts';
import type { Sender } from './ports.ts';

type MemberJoined = Extract<DelegationMail, { template: 'member_joined' }>;

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
