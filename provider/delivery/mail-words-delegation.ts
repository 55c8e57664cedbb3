/**
 * The words of mails about delegations: who gives what to whom, on which sites, from when until when, and what an act
 * has changed. Names that people typed go through `plainName`; those of companies, sites and firms are the caisse's.
 */
import type { DelegationMail, DelegationTold } from '../domain/message.ts';
import {
  companyOf,
  type Details,
  differenceOf,
  endingsOf,
  periodOf,
  rightsOf,
  sitesOf,
} from './delegation-details.ts';
import { alarm, callUs, days, NOT_EXPECTED, plainName, type Told, UNANSWERED } from './mail-told.ts';
import { clientsChanged, memberJoined } from './mail-words-firm.ts';
import { invited } from './mail-words-invitation.ts';
import type { Sender } from './ports.ts';

type Of<T extends DelegationMail['template']> = Extract<DelegationMail, { template: T }>;

export function tellDelegation(mail: DelegationMail, sender: Sender): Told {
  switch (mail.template) {
    case 'delegation_invitation':
      return invited(mail, sender);
    case 'member_invitation':
      return mail.byCaisse
        ? namedManager(mail)
        : {
            subject: 'Rejoignez l’équipe de votre cabinet',
            paragraphs: [
              `${plainName(mail.inviter) ?? 'Un responsable'}, responsable du cabinet comptable « ${mail.cabinetName} », vous invite à rejoindre son équipe dans l’espace sécurisé.`,
              'Accepter ne vous donne encore aucun droit : un responsable du cabinet vous confiera ensuite les clients dont vous vous occupez.',
            ],
            action: { label: 'Répondre à l’invitation', href: mail.link },
            deadline: 'answer',
            doubt: NOT_EXPECTED,
            notYou: UNANSWERED,
          };
    case 'delegation_to_confirm':
      return toConfirm(mail, sender);
    case 'delegation_opened':
      return {
        subject: 'Votre délégation est ouverte',
        paragraphs: [
          `${giverOf(mail)} vous délègue des droits pour ${mail.raisonSociale}. Vous les exercez en vous connectant à votre espace sécurisé.`,
        ],
        details: everything(mail, sender),
        ...(mail.link !== null && { action: { label: 'Me connecter', href: mail.link } }),
        doubt: NOT_EXPECTED,
        notYou: `Si vous ne connaissez pas cette entreprise, ${callUs(sender)}.`,
      };
    case 'delegation_declined':
      if (mail.byCaisse) return successionDeclined(mail, sender);
      return {
        subject: 'Votre proposition de délégation a été refusée',
        paragraphs: [
          `La personne que vous aviez invitée à l’adresse ${mail.beneficiaryEmail} a refusé la délégation proposée pour ${mail.raisonSociale}. Aucun droit n’a été ouvert.`,
          'Vous pouvez inviter quelqu’un d’autre depuis « Gérer les droits d’accès ».',
        ],
        details: everything(mail, sender),
        notYou: alarm(sender),
      };
    case 'delegation_denied':
      return {
        subject: 'La délégation n’a pas été confirmée',
        paragraphs: [
          `Vous aviez accepté une délégation pour ${mail.raisonSociale}. ${giverOf(mail)} ne l’a pas confirmée : aucun droit ne vous a été ouvert.`,
          'Si cette réponse vous surprend, adressez-vous à la personne qui vous avait fait cette proposition.',
        ],
        details: placeOf(mail),
        doubt: NOT_EXPECTED,
        notYou: 'Vous n’avez rien à faire et vous pouvez supprimer ce message.',
      };
    case 'delegation_withdrawn':
      return {
        subject: 'La délégation proposée a été retirée',
        paragraphs: [
          `${giverOf(mail)} a retiré la délégation qui vous était proposée pour ${mail.raisonSociale}. Le lien que vous aviez reçu ne fonctionne plus, et aucun droit ne vous a été ouvert.`,
        ],
        details: placeOf(mail),
        doubt: NOT_EXPECTED,
        notYou: 'Vous n’avez rien à faire et vous pouvez supprimer ce message.',
      };
    case 'delegation_modified':
      return modified(mail, sender);
    case 'delegation_turned':
      return turned(mail, sender);
    case 'delegation_ending':
      return ending(mail, sender);
    case 'member_joined':
      return memberJoined(mail, sender);
    case 'member_left':
      return {
        subject: 'Vous ne faites plus partie d’un cabinet',
        paragraphs: [
          `Vous ne faites plus partie de l’équipe du cabinet comptable « ${mail.cabinetName} ». Les droits que vous teniez de lui ont pris fin ; ceux que vous tenez d’ailleurs ne changent pas.`,
        ],
        doubt: NOT_EXPECTED,
        notYou: `S’il s’agit d’une erreur, adressez-vous à un responsable du cabinet ou ${callUs(sender)}.`,
      };
    case 'member_clients_changed':
      return clientsChanged(mail, sender);
    case 'site_handed_over':
      return handedOver(mail, sender);
  }
}

const successionDeclined = (mail: Of<'delegation_declined'>, sender: Sender): Told => ({
  subject: 'La succession que la caisse proposait a été refusée',
  paragraphs: [
    `La caisse avait proposé à la personne dont l’adresse est ${mail.beneficiaryEmail} de vous succéder comme Administrateur Entreprise de ${mail.raisonSociale}. Cette personne a refusé : rien n’a changé, et vos droits restent ouverts.`,
  ],
  details: placeOf(mail),
  notYou: alarm(sender),
});

const namedManager = ({ cabinetName, link }: Of<'member_invitation'>): Told => ({
  subject: 'Devenez responsable de votre cabinet',
  paragraphs: [
    `La caisse vous invite à devenir responsable du cabinet comptable « ${cabinetName} » dans l’espace sécurisé.`,
    'Un responsable voit tous les clients du cabinet, et confie à ses collaborateurs ceux dont ils s’occupent. Rien n’est ouvert tant que vous n’avez pas accepté.',
  ],
  action: { label: 'Répondre à l’invitation', href: link },
  deadline: 'answer',
  doubt: NOT_EXPECTED,
  notYou: UNANSWERED,
});

const giverOf = ({ giver }: Pick<DelegationTold, 'giver'>): string =>
  plainName(giver) ?? 'Un administrateur de l’entreprise';

const placeOf = (told: DelegationTold): Details => [companyOf(told), sitesOf(told)];

const everything = (told: DelegationTold, sender: Sender): Details => [
  ...placeOf(told),
  periodOf(told, sender),
  rightsOf(told, 'Droits'),
];

function toConfirm(mail: Of<'delegation_to_confirm'>, sender: Sender): Told {
  const name = plainName(mail.beneficiary);
  const who = name ? `${name} (${mail.beneficiaryEmail})` : mail.beneficiaryEmail;
  return {
    subject: 'Confirmez ou refusez une délégation',
    paragraphs: [
      `${who} a accepté la délégation que vous lui avez proposée pour ${mail.raisonSociale}. Elle ne prendra effet qu’avec votre confirmation.`,
      'Vérifiez qu’il s’agit bien de la personne à qui vous voulez confier ces droits.',
    ],
    details: everything(mail, sender),
    action: { label: 'Voir la demande et répondre', href: mail.link },
    deadline: 'answer',
    notYou: `Ne confirmez pas. ${alarm(sender)}`,
  };
}

function modified(mail: Of<'delegation_modified'>, sender: Sender): Told {
  const { details, keepsOthers } = differenceOf(mail);
  return {
    subject: 'Votre délégation a été modifiée',
    paragraphs: [
      `La délégation accordée par ${giverOf(mail)} pour ${mail.raisonSociale} vient d’être modifiée.`,
      ...(keepsOthers ? ['Voici ce qui change ; le reste de cette délégation est le même qu’avant.'] : []),
    ],
    details: [...details, ...placeOf(mail), periodOf(mail, sender)],
    doubt: NOT_EXPECTED,
    notYou: `Si cette modification vous surprend, adressez-vous à la personne qui délègue ou ${callUs(sender)}.`,
  };
}

const TURNS = {
  suspended: {
    subject: 'Votre délégation est mise en veille',
    fact: 'vient d’être mise en veille : vous ne pouvez plus exercer ces droits tant qu’elle n’est pas réactivée.',
    below: 'Ce que vous aviez délégué à votre tour à partir d’elle est en veille aussi.',
    rights: 'Droits en veille',
  },
  resumed: {
    subject: 'Votre délégation est réactivée',
    fact: 'n’est plus en veille : vous pouvez de nouveau exercer ces droits.',
    below: 'Ce que vous aviez délégué à votre tour à partir d’elle est rétabli aussi.',
    rights: 'Droits',
  },
  closed: {
    subject: 'Votre délégation est clôturée',
    fact: 'vient d’être clôturée : les droits qu’elle vous donnait ont pris fin.',
    below: 'Ce que vous aviez délégué à votre tour à partir d’elle a pris fin aussi.',
    rights: 'Droits retirés',
  },
  ended: {
    subject: 'Votre délégation a pris fin',
    fact: 'n’a plus d’effet : un compte dont elle dépendait vient d’être fermé par la caisse. Les droits qu’elle vous donnait ont pris fin.',
    below: 'Ce que vous aviez délégué à votre tour à partir d’elle a pris fin aussi.',
    rights: 'Droits retirés',
  },
  renewed: {
    subject: 'Votre délégation est renouvelée',
    fact: 'vient d’être renouvelée : vous pouvez exercer ces droits dans l’espace sécurisé.',
    below: null,
    rights: 'Droits',
  },
} as const;

function turned(mail: Of<'delegation_turned'>, sender: Sender): Told {
  const { subject, fact, below, rights } = TURNS[mail.turn];
  const holds = mail.turn === 'resumed' || mail.turn === 'renewed';
  return {
    subject,
    paragraphs: [
      `La délégation accordée par ${giverOf(mail)} pour ${mail.raisonSociale} ${fact}`,
      ...(below === null ? [] : [below]),
    ],
    details: [...placeOf(mail), ...(holds ? [periodOf(mail, sender)] : []), rightsOf(mail, rights)],
    doubt: NOT_EXPECTED,
    notYou: `Si ce changement vous surprend, adressez-vous à la personne qui délègue ou ${callUs(sender)}.`,
  };
}

function ending({ days: within, given, received, link }: Of<'delegation_ending'>, sender: Sender): Told {
  const count = given.count + received.count;
  return {
    subject:
      count === 1
        ? `Une délégation prend fin d’ici ${days(within)}`
        : `${count} délégations prennent fin d’ici ${days(within)}`,
    paragraphs: [
      'Les droits délégués s’arrêtent d’eux-mêmes à la fin du dernier jour.',
      ...(given.count > 0
        ? [
            'Pour prolonger une délégation que vous avez accordée, changez sa date de fin. Si la date vous convient, vous n’avez rien à faire.',
          ]
        : []),
      ...(received.count > 0
        ? [
            'Si vous avez encore besoin de droits reçus, demandez à la personne qui délègue de changer la date de fin.',
          ]
        : []),
    ],
    details: [
      ...endingsOf('Délégations accordées', given, {
        whose: (name) => `à ${name ?? 'une personne'}`,
        sender,
      }),
      ...endingsOf('Délégations reçues', received, {
        whose: (name) => `par ${name ?? 'un administrateur'}`,
        sender,
      }),
    ],
    ...(link !== null && { action: { label: 'Gérer les droits d’accès', href: link } }),
    deadline: 'none',
    doubt: NOT_EXPECTED,
    notYou: `Si vous ne connaissez pas ces entreprises, ${callUs(sender)}.`,
  };
}

function handedOver(mail: Of<'site_handed_over'>, sender: Sender): Told {
  const other = plainName(mail.other);
  const former = mail.side === 'former';
  const byCaisse = mail.byCaisse === true;
  return {
    subject: !former
      ? 'Vous administrez désormais un nouveau site'
      : byCaisse
        ? 'Un successeur administre désormais votre site'
        : 'Vous avez transmis l’administration d’un site',
    paragraphs: former
      ? [
          byCaisse
            ? `À la demande de l’entreprise, la caisse a proposé l’administration de ${mail.raisonSociale} à ${other ?? 'un successeur'}, qui l’a acceptée et administre désormais les droits d’accès à votre place. Les droits que vous teniez à ce titre ont pris fin.`
            : `${other ?? 'La personne que vous aviez désignée'} a accepté de vous succéder et administre désormais les droits d’accès de ${mail.raisonSociale} à votre place. Les droits que vous teniez à ce titre ont pris fin.`,
          'Les délégations en cours continuent sans interruption, sous sa responsabilité.',
        ]
      : [
          `Vous succédez à ${other ?? 'l’administrateur précédent'}${byCaisse ? ', sur la proposition de la caisse' : ''} : vous êtes désormais Administrateur Entreprise de ${mail.raisonSociale}.`,
          'Les délégations en cours continuent sans interruption, sous votre responsabilité. Vous pouvez les revoir dans « Gérer les droits d’accès ».',
        ],
    details: placeOf(mail),
    ...(former ? {} : { doubt: NOT_EXPECTED }),
    notYou: former ? alarm(sender) : `Si vous n’avez pas accepté cette succession, ${callUs(sender)}.`,
  };
}
