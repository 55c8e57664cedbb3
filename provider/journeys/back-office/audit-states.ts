/** What was and what became of it, as the log says it: every state that an act writes into its line by a word of ours. */

const STATE_WORDS: Readonly<Record<string, string>> = {
  // of accounts
  active: 'actif',
  closed: 'fermé',
  deactivated: 'en attente de confirmation',
  provisional: 'provisoire',
  locked: 'suspendu après trop d’essais',
  unlocked: 'débloqué',
  link_sent: 'lien envoyé',
  second_factor: 'connexion en deux étapes',
  // of roles
  agent: 'agent',
  superviseur: 'superviseur',
  staff: 'collaborateur',
  manager: 'responsable',
  // of delegations
  awaiting_beneficiary: 'en attente du bénéficiaire',
  awaiting_confirmation: 'en attente de confirmation',
  to_renew: 'à renouveler',
  suspended: 'en veille',
  refused: 'refusé',
  lapsed: 'périmé',
  withdrawn: 'retiré',
  // of firms
  attached: 'rattaché',
  detached: 'détaché',
  // of requests
  received: 'reçu',
  incomplete: 'incomplet',
  validated: 'validé',
  // of letters
  asked: 'demandé',
  writing: 'en cours d’écriture',
  composing: 'fichiers en préparation',
  ready: 'à imprimer',
  downloaded: 'téléchargé',
  printed: 'imprimé',
  cancelled: 'annulé',
  erased: 'effacé',
  sent: 'envoyé',
  returned: 'non distribué',
  address_held_back: 'courriers retenus',
  address_written_to: 'courriers permis',
  // of messages
  kept: 'gardé',
  not_sent: 'pas encore parti',
  on_its_way: 'en route',
  // of imports
  checked: 'contrôlé',
  approved: 'à appliquer',
  applied: 'appliqué',
  faulty: 'refusé',
  abandoned: 'abandonné',
  // of services
  former_secret: 'ancien secret',
  new_secret: 'nouveau secret',
};

/** Any other value, an address for one, as it is. */
export const stateWords = (state: string): string =>
  Object.hasOwn(STATE_WORDS, state) ? (STATE_WORDS[state] ?? state) : state;
