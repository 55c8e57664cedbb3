/** The words of mails about the contact form: what somebody wrote, for the caisse's mailbox, and that it has arrived. */
import type { MessageTold, Writer } from '../domain/contact.ts';
import type { ContactMail } from '../domain/message.ts';
import { tellMoment } from './dates.ts';
import { callUs, NOT_ASKED, NOT_EXPECTED, type Told } from './mail-told.ts';
import type { Sender } from './ports.ts';
import { groupSiret, unbroken } from './typography.ts';

export function tellContact(mail: ContactMail, sender: Sender): Told {
  if (mail.template === 'contact_message') return tellMessage(mail.told, mail.link, sender);
  const files = mail.files === 1 ? 'sa pièce jointe' : `ses ${mail.files} pièces jointes`;
  return {
    subject: 'Votre message nous est parvenu',
    paragraphs: [
      `Nous avons bien reçu votre message${mail.files === 0 ? '' : ` et ${files}`}. Il porte le numéro ${mail.number} : rappelez-le si vous nous recontactez à ce sujet.`,
      'Un conseiller vous répondra par courriel ou par téléphone.',
      `Vous pouvez retirer à tout moment votre consentement au traitement de ces données : ${callUs(sender)}${sender.replyTo === null ? '' : ', ou répondez à ce courriel'}.`,
    ],
    doubt: NOT_ASKED,
    notYou: `Quelqu’un a donné votre adresse dans notre formulaire de contact : ${callUs(sender)}, ou supprimez ce courriel.`,
  };
}

function tellMessage(told: MessageTold, link: string, { timeZone }: Sender): Told {
  const { number, message, receivedAt, signedIn, writer } = told;
  return {
    subject: `Répondez au message ${number} reçu par le formulaire de contact`,
    paragraphs: [
      `Message reçu le ${tellMoment(receivedAt, timeZone)}. Votre réponse à ce courriel part directement à la personne qui l’a écrit. Le voici :`,
      ...message.split('\n').filter((line) => line.trim() !== ''),
    ],
    details: [
      { name: 'Numéro', lines: [number] },
      { name: 'Objet', lines: [told.about] },
      {
        name: signedIn ? 'De, connecté à son espace sécurisé' : 'De, d’après ses propres dires',
        lines: linesOf(writer),
      },
      ...(told.files.length > 0
        ? [{ name: 'Pièces jointes', lines: told.files.map(({ name }) => name) }]
        : []),
    ],
    action: { label: 'Voir le message dans la gestion de la caisse', href: link },
    deadline: 'none',
    doubt: NOT_EXPECTED,
    notYou: signedIn
      ? 'Cette boîte est celle que la caisse a choisie dans ses réglages pour recevoir les messages du formulaire de contact.'
      : 'La personne n’était pas connectée : vérifiez qui elle est avant de lui communiquer quoi que ce soit, et méfiez-vous de ses pièces jointes.',
  };
}

const linesOf = (writer: Writer): string[] => [
  `${writer.givenName} ${writer.familyName}`,
  writer.email,
  ...writer.phones.map(unbroken),
  ...[writer.raisonSociale].filter((line) => line !== ''),
  ...(writer.identifiant === '' ? [] : [`identifiant CIBTP ${writer.identifiant}`]),
  ...(writer.siret === '' ? [] : [unbroken(`SIRET ${groupSiret(writer.siret)}`)]),
];
