/** Words that several pages of the back office share. */
import { tellDate } from '../period-form.ts';

export const ACCOUNT_STATUS: Readonly<Record<string, string>> = {
  provisional: 'Provisoire',
  awaiting_activation: 'En attente d’activation',
  active: 'Actif',
  deactivated: 'Adresse à confirmer',
  closed: 'Fermé',
};

export const STAFF_ROLES: Readonly<Record<string, string>> = {
  agent: 'Gestionnaire',
  superviseur: 'Superviseur',
};

export const tellMoment = (at: number, timeZone: string): string =>
  `${tellDate(at, timeZone)} à ${new Intl.DateTimeFormat('fr-FR', { hour: '2-digit', minute: '2-digit', timeZone }).format(at)}`;
