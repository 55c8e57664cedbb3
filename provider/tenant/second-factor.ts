import { administers } from '../store/second-factors.ts';
import type { Scope } from './scope.ts';

/** Whether the caisse wants this person to have a second factor. One query more where it wants it of administrators. */
export async function secondFactorRequired(
  { caisse, store, now }: Pick<Scope, 'caisse' | 'store' | 'now'>,
  accountId: string,
): Promise<boolean> {
  switch (caisse.settings.secondFactorRequiredFor) {
    case 'nobody':
      return false;
    case 'everyone':
      return true;
    case 'administrators':
      return administers(store, accountId, now());
  }
}
