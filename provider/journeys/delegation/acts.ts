/** Which acts a screen offers on a delegation, and where they are done. Each act asks again, with the chain held. */
import type { DelegationAction } from '../../../policies/requests.ts';
import type { Act, Gift } from '../../domain/delegation.ts';
import type { Instant } from '../../domain/instant.ts';
import { chainRights } from '../../domain/rights.ts';
import type { NamedLink } from '../../store/chains.ts';
import type { Handle } from '../../store/handle.ts';
import { endingOf, possibleActions } from '../giving.ts';
import type { Web } from '../web.ts';

export type Offering = {
  readonly gift: Gift;
  /** That it hangs on: the giver's, root first. */
  readonly chain: readonly NamedLink[];
  readonly accountId: string;
  readonly now: Instant;
};

// Whoever may end a delegation may also let it sleep, repeat or take back what invites to it, and say that it goes on.
const NEEDS: Readonly<Record<Act, DelegationAction | 'ending'>> = {
  modify: 'modify',
  suspend: 'close',
  resume: 'close',
  close: 'ending',
  confirm: 'confirm',
  send_again: 'ending',
  withdraw: 'ending',
  renew: 'ending',
};

/** By authority alone: what the delegation's own standing allows is domain/delegation's `actsOn`. */
export async function actsFor(store: Handle, web: Web, offering: Offering): Promise<readonly Act[]> {
  const { gift, chain, now } = offering;
  const asking = { ...offering, enforcer: web.enforcer };
  const possible = new Set(await possibleActions(store, chain, asking));
  // What is given now may exceed the giver by now: a narrower gift can still be put in its place.
  const holds = chainRights(chain, now);
  if (holds && gift.kind !== 'cabinet') {
    const narrower = { ...gift, admin: false, vector: holds.vector };
    const after = await possibleActions(store, chain, { ...asking, gift: narrower });
    if (after.includes('modify')) possible.add('modify');
  }
  return (Object.keys(NEEDS) as Act[]).filter((act) => {
    const needs = NEEDS[act];
    return possible.has(needs === 'ending' ? endingOf(gift) : needs);
  });
}

const LINKS: Readonly<Record<Act, { readonly label: string; readonly path: string }>> = {
  confirm: { label: 'Confirmer', path: '' },
  renew: { label: 'Renouveler', path: 'renouveler' },
  modify: { label: 'Modifier', path: 'modifier' },
  suspend: { label: 'Mettre en veille', path: 'mettre-en-veille' },
  resume: { label: 'Réactiver', path: 'reactiver' },
  send_again: { label: 'Renvoyer l’invitation', path: 'renvoyer' },
  withdraw: { label: 'Retirer l’invitation', path: 'retirer' },
  close: { label: 'Clôturer', path: 'cloturer' },
};

/** Where an act is done. `base`: of its site. */
export function linkTo(
  act: Act,
  on: {
    readonly base: string;
    readonly id: string;
    readonly invitationId: string | null;
    readonly isFirm?: boolean;
  },
): { readonly label: string; readonly path: string } {
  const { label, path } = LINKS[act];
  if (act === 'confirm') return { label, path: `${on.base}/demandes/${on.invitationId}` };
  const told = act === 'close' && on.isFirm ? 'Supprimer' : label;
  return { label: told, path: `${on.base}/delegations/${on.id}/${path}` };
}
