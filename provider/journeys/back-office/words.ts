/** Words that several pages of the back office share. */
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
