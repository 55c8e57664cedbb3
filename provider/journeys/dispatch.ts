/** Prompt → journey: the only router between journeys. */
export type PromptName = 'login' | 'manage_account' | 'select_organization' | 'consent';

const SCREENS: Readonly<Record<PromptName, string>> = {
  login: '/connexion',
  manage_account: '/mon-compte/depuis',
  select_organization: '/choix-du-site',
  consent: '/autorisation',
};

/** Path under the issuer of the screen that resolves a prompt. */
export const pathOf = (prompt: PromptName, uid: string): string => `${SCREENS[prompt]}/${uid}`;
