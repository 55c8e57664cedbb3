/** Names a form for as long as it is filled in, and its acknowledgement afterwards: nobody guesses it. */
import type { Random } from '../../domain/seal.ts';

export const makeToken = ({ random }: { readonly random: Random }): string =>
  random(32).toString('base64url');

const SHAPE = /^[\w-]{43}$/;

export const readToken = (typed: string): string | null => (SHAPE.test(typed) ? typed : null);
