/** The words of mails about an account: its opening, address, password, second step and connections. */
import type { AccessRequestMail, ContactMail, DelegationMail, Mail } from '../domain/message.ts';
import { alarm, callUs, days, IGNORE, NOT_ASKED, type Told } from './mail-told.ts';
import { tellOfficeAct } from './mail-words-office.ts';
import type { Sender } from './ports.ts';
import { groupSiret, unbroken } from './typography.ts';

type AccountMail = Exclude<Mail, DelegationMail | AccessRequestMail | ContactMail>;

const SECOND_FACTOR = {
  added: {
    subject: 'Votre connexion en deux étapes est activée',
    fact: 'La connexion en deux étapes vient d’être activée sur votre espace sécurisé. Un code de votre application d’authentification vous sera demandé après votre mot de passe.',
  },
  removed: {
    subject: 'Votre connexion en deux étapes est désactivée',
    fact: 'La connexion en deux étapes vient d’être désactivée sur votre espace sécurisé. Votre mot de passe suffit désormais pour vous connecter.',
  },
  recovery_code_used: {
    subject: 'Un code de secours a servi à vous connecter',
    fact: 'Quelqu’un vient de se connecter à votre espace sécurisé avec votre mot de passe et l’un de vos codes de secours. Ce code ne peut plus servir.',
  },
  reset_by_agent: {
    subject: 'Votre connexion en deux étapes a été réinitialisée',
    fact: 'À votre demande, un gestionnaire de la caisse a réinitialisé la connexion en deux étapes de votre espace sécurisé. Vous pouvez en configurer une nouvelle depuis « Mon compte ».',
  },
} as const;

export function tellAccount(mail: AccountMail, sender: Sender): Told {
  switch (mail.template) {
    case 'activation':
      return {
        subject: 'Activez votre espace sécurisé',
        paragraphs: [
          `Vous avez demandé l’ouverture de l’espace sécurisé de ${mail.raisonSociale} (${unbroken(`SIRET ${groupSiret(mail.siret)}`)}) avec cette adresse électronique.`,
          'Il reste une étape : activer votre espace. Cette adresse électronique deviendra votre identifiant de connexion.',
        ],
        action: { label: 'Activer mon espace', href: mail.link },
        doubt: NOT_ASKED,
        notYou: IGNORE,
      };
    case 'account_exists':
      return {
        subject: 'Connectez-vous : vous avez déjà un espace sécurisé',
        paragraphs: [
          `Une demande d’ouverture de l’espace sécurisé de ${mail.raisonSociale} vient d’être faite avec cette adresse électronique. Or cette adresse sert déjà d’identifiant à un espace ouvert auprès de notre caisse.`,
          'Si la demande vient de vous, n’ouvrez pas de second espace : associez ce site à celui que vous avez déjà.',
        ],
        action: { label: 'Associer ce site à mon espace', href: mail.link },
        doubt: NOT_ASKED,
        notYou: 'Vous n’avez rien à faire : votre espace n’a pas changé. Vous pouvez supprimer ce message.',
      };
    case 'site_associated':
      return {
        subject: 'Un site vient d’être associé à votre espace',
        paragraphs: [
          `Le site déclarant de ${mail.raisonSociale} (${unbroken(`SIRET ${groupSiret(mail.siret)}`)}) vient d’être associé à votre espace sécurisé, avec le code confidentiel reçu par courrier.`,
          'Vous en êtes désormais Administrateur Entreprise et vous pouvez le choisir à votre prochaine connexion.',
        ],
        notYou: alarm(sender),
      };
    case 'password_reset':
      return {
        subject: 'Choisissez un nouveau mot de passe',
        paragraphs: [
          'Quelqu’un, sans doute vous, vient de demander un nouveau mot de passe pour votre espace sécurisé.',
          'Dès que vous aurez choisi un nouveau mot de passe, vos connexions en cours sur d’autres appareils seront fermées.',
        ],
        action: { label: 'Choisir mon mot de passe', href: mail.link },
        doubt: NOT_ASKED,
        notYou:
          'Vous n’avez rien à faire : votre mot de passe actuel reste valable. Vous pouvez supprimer ce message.',
      };
    case 'password_changed':
      return {
        subject: 'Votre mot de passe a été modifié',
        paragraphs: [
          'Le mot de passe de votre espace sécurisé vient d’être modifié. Les connexions en cours sur d’autres appareils ont été fermées.',
        ],
        notYou: alarm(sender),
      };
    case 'email_change':
      return {
        subject: 'Confirmez votre nouvelle adresse électronique',
        paragraphs: [
          'Vous avez demandé que cette adresse électronique devienne l’identifiant de votre espace sécurisé.',
          'Confirmez-la pour retrouver l’accès à votre espace : il est en attente jusque-là.',
        ],
        action: { label: 'Confirmer cette adresse', href: mail.link },
        doubt: NOT_ASKED,
        notYou: IGNORE,
      };
    case 'email_change_warning':
      return {
        subject: 'Vérifiez : votre adresse électronique va changer',
        paragraphs: [
          `Le remplacement de votre adresse électronique par ${mail.newEmail} vient d’être demandé depuis votre espace sécurisé, avec votre mot de passe.`,
          'Si la demande vient de vous, vous n’avez rien à faire ici : un message de confirmation est parti à la nouvelle adresse.',
        ],
        action: { label: 'Annuler ce changement', href: mail.link },
        notYou: `Annulez ce changement ci-dessus, puis changez votre mot de passe et ${callUs(sender)}.`,
      };
    case 'email_changed':
      return {
        subject: 'Votre adresse électronique a été modifiée',
        paragraphs: [
          `L’identifiant de votre espace sécurisé est désormais ${mail.newEmail}. L’ancienne adresse ne permet plus de se connecter.`,
        ],
        notYou: `Votre espace est peut-être entre d’autres mains : ${callUs(sender)} sans attendre.`,
      };
    case 'certification':
      return {
        subject: 'Confirmez votre adresse électronique',
        paragraphs: [
          'Vous venez de vous connecter à votre espace sécurisé. Nous vérifions de temps en temps que l’adresse électronique qui vous sert d’identifiant est toujours la vôtre.',
          'Confirmez-la pour continuer.',
        ],
        action: { label: 'Confirmer mon adresse', href: mail.link },
        notYou: alarm(sender),
      };
    case 'provisional_opening':
      return {
        subject: 'Ouvrez votre espace sécurisé',
        paragraphs: [
          'Vous vous êtes connecté avec les identifiants reçus par courrier, et vous avez choisi cette adresse électronique et un mot de passe.',
          'Il reste une étape : confirmer cette adresse. Elle deviendra votre identifiant de connexion, et les identifiants du courrier ne serviront plus.',
        ],
        action: { label: 'Ouvrir mon espace', href: mail.link },
        doubt: NOT_ASKED,
        notYou: IGNORE,
      };
    case 'address_in_use':
      return {
        subject: 'Votre adresse électronique a été saisie pour un autre espace',
        paragraphs: [
          'Une personne qui se connecte pour la première fois avec des identifiants reçus par courrier vient d’indiquer cette adresse électronique. Or elle sert déjà d’identifiant à un espace ouvert auprès de notre caisse : elle ne peut pas en ouvrir un second.',
          'Si c’est vous, reprenez la première connexion et indiquez une autre adresse, ou continuez avec l’espace que vous avez déjà.',
        ],
        doubt: NOT_ASKED,
        notYou: 'Vous n’avez rien à faire : votre espace n’a pas changé. Vous pouvez supprimer ce message.',
      };
    case 'certification_reminder':
      return {
        subject: `Confirmez votre adresse électronique d’ici ${days(mail.days)}`,
        paragraphs: [
          `Nous vérifions de temps en temps que l’adresse électronique qui vous sert d’identifiant est toujours la vôtre. La dernière confirmation n’est plus valable dans ${days(mail.days)}.`,
          'Un clic suffit. Sans lui, cette confirmation vous sera demandée à la connexion.',
        ],
        action: { label: 'Confirmer mon adresse', href: mail.link },
        notYou: `Si vous n’avez pas d’espace sécurisé chez nous, ${callUs(sender)} : votre adresse a été saisie par erreur.`,
      };
    case 'second_factor_changed':
      return {
        subject: SECOND_FACTOR[mail.change].subject,
        paragraphs: [SECOND_FACTOR[mail.change].fact],
        ...(mail.change === 'reset_by_agent' ? { doubt: NOT_ASKED } : {}),
        notYou: alarm(sender),
      };
    case 'office_act':
      return tellOfficeAct(mail, sender);
    case 'contact_changed':
      return {
        subject: 'Vos coordonnées ont été modifiées',
        paragraphs: [
          'Depuis « Mon compte », votre nom, votre prénom ou vos numéros de téléphone viennent d’être modifiés dans votre espace sécurisé.',
        ],
        notYou: alarm(sender),
      };
    case 'access_ended':
      return {
        subject: 'L’accès d’un service a été retiré',
        paragraphs: [
          'Depuis « Mon compte », l’accès d’un service à votre espace sécurisé vient d’être retiré. Ce service vous demandera de nouveau de vous connecter.',
        ],
        notYou: alarm(sender),
      };
    case 'session_ended':
      return {
        subject: 'Une de vos connexions a été fermée',
        paragraphs: [
          'Depuis « Mon compte », une connexion à votre espace sécurisé vient d’être fermée. L’appareil concerné devra de nouveau saisir votre mot de passe.',
        ],
        notYou: alarm(sender),
      };
  }
}
