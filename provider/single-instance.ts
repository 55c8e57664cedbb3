/** One demo at a time in a checkout: a second start, or a reset under a running server, is turned away by name. */
import { join } from 'node:path';
import { tryClaim } from './store/claim.ts';
import { dataDirectory } from './store/data-directory.ts';

/** The message is for the person at the terminal. */
export class CheckoutTaken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckoutTaken';
  }
}

export interface Occupation {
  readonly root: string;
  /** Where the server answers; null for a command that works on its database. */
  readonly address: string | null;
}

/** Returns the function that gives the checkout back; the end of the process does so too. Throws CheckoutTaken. */
export function occupyCheckout({ root, address }: Occupation): () => void {
  const outcome = tryClaim(join(dataDirectory(root), 'running'), address ?? '');
  if (outcome.held) return outcome.release;
  const { note, pid } = outcome.holder;
  if (note === '') {
    throw new CheckoutTaken(`Une remise à zéro de la démonstration est en cours (processus ${pid}).`);
  }
  const advice =
    address === null ? 'Arrêtez-la d’abord (Ctrl+C).' : 'Ouvrez cette adresse, ou arrêtez-la (Ctrl+C).';
  throw new CheckoutTaken(`La démonstration tourne déjà sur ${note} (processus ${pid}). ${advice}`);
}
