/** The words of mails about a request for access: its convention, what is missing, and how it ended. */
import type { AccessRequestMail } from '../domain/message.ts';
import { callUs, NOT_ASKED, type Told } from './mail-told.ts';
import type { Sender } from './ports.ts';
import { groupSiret, unbroken } from './typography.ts';

type About = { readonly number: string; readonly raisonSociale: string; readonly siret: string };

const detailsOf = ({ number, raisonSociale, siret }: About): NonNullable<Told['details']> => [
  { name: 'Numéro de la demande', lines: [number] },
  { name: 'Entreprise', lines: [`${raisonSociale} (${unbroken(`SIRET ${groupSiret(siret)}`)})`] },
];

const withoutSignature =
  'Vous n’avez rien à faire : sans convention signée et revêtue du cachet de l’entreprise, aucun accès n’est ouvert. Vous pouvez supprimer ce message.';

export function tellAccessRequest(mail: AccessRequestMail, sender: Sender): Told {
  switch (mail.template) {
    case 'access_request_received':
      return {
        subject: 'Signez et renvoyez votre convention d’accès',
        paragraphs: [
          'Votre demande d’accès aux services en ligne est enregistrée. La convention à signer est jointe à ce message : vérifiez ce qu’elle dit, datez-la, signez-la et apposez le cachet de l’entreprise.',
          'Renvoyez-la-nous ensuite par le moyen de votre choix. Dès que nous l’aurons reçue, vos identifiants partiront par courrier.',
        ],
        details: detailsOf(mail.convention),
        action: { label: 'Télécharger la convention', href: mail.link },
        deadline: 'none',
        doubt: NOT_ASKED,
        notYou: withoutSignature,
      };
    case 'access_request_incomplete':
      return {
        subject: 'Complétez votre demande d’accès',
        paragraphs: [
          'Nous avons bien reçu votre convention, mais votre demande d’accès n’est pas complète.',
          `Il manque : ${mail.missing}`,
          'La convention est de nouveau jointe à ce message, si vous en avez besoin. Renvoyez-nous ce qui manque par le moyen de votre choix.',
        ],
        details: detailsOf(mail.convention),
        action: { label: 'Télécharger la convention', href: mail.link },
        deadline: 'none',
        doubt: NOT_ASKED,
        notYou: withoutSignature,
      };
    case 'access_request_refused':
      return {
        subject: 'Votre demande d’accès n’a pas pu être validée',
        paragraphs: [
          'Nous ne pouvons pas donner suite à votre demande d’accès aux services en ligne.',
          `Motif : ${mail.reason}`,
          `Pour en parler, ${callUs(sender)}.`,
        ],
        details: detailsOf(mail),
        doubt: NOT_ASKED,
        notYou: 'Vous n’avez rien à faire : aucun accès n’est ouvert. Vous pouvez supprimer ce message.',
      };
    case 'access_request_validated':
      return {
        subject: 'Attendez votre courrier : votre demande d’accès est validée',
        paragraphs: [
          'Votre demande d’accès aux services en ligne est validée. Un identifiant et un mot de passe initial partent par courrier confidentiel à l’adresse de l’entreprise.',
          'Ils servent une seule fois : à la première connexion, vous donnerez une adresse électronique et choisirez un mot de passe.',
          ...(mail.withDelegate
            ? [
                'La personne désignée sur la convention reçoit les siens par un courrier séparé. Vous pourrez modifier ou fermer sa délégation à tout moment.',
              ]
            : []),
        ],
        details: detailsOf(mail),
        doubt: NOT_ASKED,
        notYou: `Un accès vient d’être ouvert au nom de cette entreprise : ${callUs(sender)} sans attendre.`,
      };
  }
}
