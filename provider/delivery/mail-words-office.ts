/**
 * The words of mails about what the caisse's own people did: always that they did it, and how to object. No name of
 * theirs: whoever wants to know asks the caisse.
 */
import type { Mail } from '../domain/message.ts';
import { alarm, callUs, NOT_EXPECTED, type Told } from './mail-told.ts';
import type { Sender } from './ports.ts';

type OfficeMail = Extract<Mail, { template: 'office_act' }>;

export function tellOfficeAct(mail: OfficeMail, sender: Sender): Told {
  const object = { doubt: NOT_EXPECTED, notYou: `Si cela vous surprend, ${callUs(sender)} sans attendre.` };
  return { ...object, ...happened(mail, sender) };
}

function happened(
  { act, about, link }: OfficeMail,
  sender: Sender,
): Omit<Told, 'notYou'> & { notYou?: string } {
  switch (act) {
    case 'unlocked':
      return {
        subject: 'Votre espace sécurisé est débloqué',
        paragraphs: [
          'Trop d’essais avaient suspendu la connexion à votre espace. Un gestionnaire de la caisse vient de lever cette suspension : vous pouvez vous connecter.',
        ],
        notYou: alarm(sender),
      };
    case 'email_changing':
      return {
        subject: 'Vérifiez : votre adresse électronique va changer',
        paragraphs: [
          `Un gestionnaire de la caisse vient de demander, pour vous, que l’identifiant de votre espace sécurisé devienne ${about}. L’espace est en attente jusqu’à ce que cette adresse soit confirmée.`,
          'Si vous l’avez demandé, vous n’avez rien à faire ici : un message de confirmation est parti à la nouvelle adresse.',
        ],
        ...(link !== null && { action: { label: 'Annuler ce changement', href: link } }),
        notYou: `Annulez ce changement ci-dessus, puis ${callUs(sender)}.`,
      };
    case 'closed':
      return {
        subject: 'Votre espace sécurisé est fermé',
        paragraphs: [
          'La caisse vient de fermer votre espace sécurisé. Vos connexions sont terminées, et les droits que vous y teniez ont pris fin.',
        ],
      };
    case 'reopened':
      return {
        subject: 'Votre espace sécurisé est rouvert',
        paragraphs: [
          'La caisse vient de rouvrir votre espace sécurisé. Choisissez un nouveau mot de passe pour vous connecter.',
          'Les droits que vous teniez avant sa fermeture ne sont pas revenus d’eux-mêmes.',
        ],
        ...(link !== null && { action: { label: 'Choisir mon mot de passe', href: link } }),
      };
    case 'agent_added':
      return {
        subject: 'Ouvrez votre accès de gestionnaire',
        paragraphs: [
          `Un superviseur vous donne accès à la gestion de la caisse, comme ${about.toLowerCase()}.`,
          'Choisissez votre mot de passe. À votre première connexion, vous configurerez aussi une application d’authentification.',
        ],
        ...(link !== null && { action: { label: 'Choisir mon mot de passe', href: link } }),
      };
    case 'agent_changed':
      return {
        subject: 'Votre rôle à la caisse a changé',
        paragraphs: [
          `Un superviseur a changé votre rôle dans la gestion de la caisse : ${about.toLowerCase()}.`,
        ],
      };
    case 'agent_ended':
      return {
        subject: 'Votre accès à la gestion de la caisse est fermé',
        paragraphs: [
          'Un superviseur vient de fermer votre accès à la gestion de la caisse. Vos connexions sont terminées.',
        ],
      };
    default:
      return concerningFirmsAndSites({ act, about });
  }
}

type Others = 'manager_named' | 'manager_ended' | 'cabinet_detached' | 'site_taken' | 'site_received';

function concerningFirmsAndSites({ act, about }: { readonly act: Others; readonly about: string }) {
  switch (act) {
    case 'manager_named':
      return {
        subject: 'Vous êtes responsable de votre cabinet',
        paragraphs: [
          `La caisse vous a désigné responsable du cabinet comptable « ${about} » : vous voyez tous ses clients, et vous confiez à ses collaborateurs ceux dont ils s’occupent.`,
        ],
      };
    case 'manager_ended':
      return {
        subject: 'Vous n’êtes plus responsable de votre cabinet',
        paragraphs: [
          `La caisse a mis fin à votre rôle de responsable du cabinet comptable « ${about} ». Les droits que vous teniez de ce cabinet ont pris fin.`,
        ],
      };
    case 'cabinet_detached':
      return {
        subject: 'Un cabinet comptable est détaché de son client',
        paragraphs: [
          `La caisse a mis fin au rattachement suivant : ${about}. Les délégations qui en dépendaient ont pris fin.`,
        ],
      };
    case 'site_taken':
      return {
        subject: 'Vous n’administrez plus un site',
        paragraphs: [
          `À la demande de l’entreprise, la caisse a confié à un successeur l’administration d’un site de ${about}. Les droits que vous teniez à ce titre ont pris fin.`,
        ],
      };
    case 'site_received':
      return {
        subject: 'Vous administrez désormais un nouveau site',
        paragraphs: [
          `À la demande de l’entreprise, la caisse vous a confié l’administration d’un site de ${about}, comme Administrateur Entreprise. Les délégations en cours continuent sans interruption, sous votre responsabilité.`,
        ],
      };
  }
}
