/** Prompt → journey: the only router between journeys. */
export type PromptName =
  | 'login'
  | 'closed'
  | 'provisional'
  | 'certification'
  | 'manage_account'
  | 'manage_delegations'
  | 'select_organization'
  | 'consent';

const SCREENS: Readonly<Record<PromptName, string>> = {
  login: '/connexion',
  closed: '/fermeture',
  provisional: '/identifiants',
  certification: '/certification',
  manage_account: '/mon-compte/depuis',
  manage_delegations: '/droits-d-acces/depuis',
  select_organization: '/choix-du-site',
  consent: '/autorisation',
};

/** Path under the issuer of the screen that resolves a prompt. */
export const pathOf = (prompt: PromptName, uid: string): string => `${SCREENS[prompt]}/${uid}`;

/** Likewise of the second half of a sign-in, which the same prompt waits for. */
export const secondStepPathOf = (step: 'code' | 'set_up', uid: string): string =>
  `${pathOf('login', uid)}/${step === 'code' ? 'code' : 'double-authentification'}`;
