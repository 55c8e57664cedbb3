/**
 * What was and what became of it, as the log says it to people: a state by its word, what a delegation says and what
 * changes in it by the labels of its rights. The lines themselves keep what was written.
 */
import { FEATURES } from '../../../policies/catalogue.ts';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { COLLEGES, LEVELS } from '../../domain/rights.ts';
import { COLLEGE_LABELS, LEVEL_LABELS, tellRights } from '../rights-shown.ts';

const STATE_WORDS: Readonly<Record<string, string>> = {
  // of the caisse
  founded: 'créée',
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
  // of keys
  key_published: 'publiée',
  key_signing: 'en service',
  key_replaced: 'remplacée, encore publiée',
  former_key: 'ancienne clé',
  new_key: 'nouvelle clé',
};

/** Any other value, an address for one, as it is. */
export const stateWords = (state: string, timeZone: string): string =>
  wordOf(state) ?? delegationWords(state, timeZone) ?? rightsWords(state) ?? state;

const wordOf = (state: string): string | undefined =>
  Object.hasOwn(STATE_WORDS, state) ? STATE_WORDS[state] : undefined;

const BETWEEN = '\u00a0; ';

/** As journeys/delegation-state.ts writes it. */
function delegationWords(state: string, timeZone: string): string | null {
  const match = /^([a-z_]+)( admin)? ([0-7]):(-?\d{1,19}) (\S{24})\/(\S{24})?$/.exec(state);
  if (!match) return null;
  const [, status = '', admin, colleges, levels = '0', from = '', to] = match;
  const vector = { levels: BigInt(levels), colleges: Number(colleges) };
  const rights = tellRights(vector, { admin: admin !== undefined, hidden: [] });
  const begins = `du ${tellDate(Date.parse(from), timeZone)}`;
  const dates =
    to === undefined ? `${begins}, sans fin` : `${begins} au ${tellLastDay(Date.parse(to), timeZone)}`;
  return [wordOf(status) ?? status, ...rights, dates].join(BETWEEN);
}

/** As journeys/delegation/changed-rights.ts writes it. */
function rightsWords(state: string): string | null {
  const told = state.split(' ').map((part) => {
    const [name = '', value = ''] = part.split(':');
    if (name === 'colleges') return `Collèges\u00a0: ${value.split('+').map(collegeWord).join(', ')}`;
    const feature = FEATURES.find(({ slug }) => slug === name);
    const level = LEVELS.find((one) => one === value);
    return feature && level ? `${feature.label}\u00a0: ${LEVEL_LABELS[level].toLowerCase()}` : null;
  });
  return told.every((part) => part !== null) ? told.join(BETWEEN) : null;
}

const collegeWord = (name: string): string => {
  const college = COLLEGES.find((one) => one === name);
  return college ? COLLEGE_LABELS[college] : name;
};
