/** The words of the mail that proposes: rights to a colleague, a client's rights to a firm, a site to a successor. */
import type { DelegationMail } from '../domain/message.ts';
import { companyOf, periodOf, rightsOf, sitesOf } from './delegation-details.ts';
import { NOT_EXPECTED, plainName, type Told, UNANSWERED } from './mail-told.ts';
import type { Sender } from './ports.ts';

type Invitation = Extract<DelegationMail, { template: 'delegation_invitation' }>;

export function invited(mail: Invitation, sender: Sender): Told {
  const succession = mail.kind === 'succession';
  return {
    ...proposed(mail),
    details: [
      companyOf(mail),
      sitesOf(mail),
      ...(succession ? [] : [periodOf(mail, sender), rightsOf(mail, 'Droits proposés')]),
    ],
    action: { label: 'Répondre à la proposition', href: mail.link },
    deadline: 'answer',
    doubt: NOT_EXPECTED,
    notYou: UNANSWERED,
  };
}

function proposed({
  kind,
  giver,
  raisonSociale,
  cabinetName,
  byCaisse,
}: Invitation): Pick<Told, 'subject' | 'paragraphs'> {
  const who = plainName(giver) ?? 'Un administrateur';
  switch (kind) {
    case 'user':
      return {
        subject: 'Acceptez ou refusez une délégation',
        paragraphs: [
          `${who} vous propose une délégation de droits pour ${raisonSociale}.`,
          'Rien n’est ouvert tant que vous n’avez pas accepté. Si vous n’avez pas encore d’espace sécurisé, vous l’ouvrirez à cette occasion ; sinon, il vous suffira de vous connecter.',
        ],
      };
    case 'cabinet':
      return {
        subject: 'Acceptez ou refusez une délégation pour votre cabinet',
        paragraphs: [
          `${who} propose une délégation de droits pour ${raisonSociale} au cabinet comptable${cabinetName === null ? '' : ` « ${cabinetName} »`}, et a indiqué votre adresse électronique.`,
          'En acceptant, vous agirez au nom du cabinet pour ce client, et pour lui seul. Rien n’est ouvert tant que vous n’avez pas accepté.',
        ],
      };
    case 'succession':
      return {
        subject: 'Acceptez ou refusez de succéder à un administrateur',
        paragraphs: [
          byCaisse
            ? `À la demande de l’entreprise, la caisse vous propose de succéder à ${plainName(giver) ?? 'l’administrateur actuel'} comme Administrateur Entreprise de ${raisonSociale}.`
            : `${who} vous propose de lui succéder comme Administrateur Entreprise de ${raisonSociale}.`,
          'En acceptant, vous recevrez tous les droits sur ce qui suit, et les délégations en cours continueront sous votre responsabilité. Rien ne change tant que vous n’avez pas accepté.',
        ],
      };
  }
}
