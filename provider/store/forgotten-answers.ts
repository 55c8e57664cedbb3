/** Answers to invitations that nobody ever confirmed, swept in every caisse. */
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import { WITHOUT_SECRETS } from './invitations.ts';

/** What an account was to be made of is not kept for ever: so long after its delay the demand is given up. */
const KEPT = 60 * 86_400_000;

/** In every caisse: demands that nobody confirmed become invitations that nobody answered. @returns how many did. */
export const forgetAnswers = (sql: Database, now: Instant): Promise<number> =>
  sql('invitation')
    .update({ accepted_at: null, given_name: null, family_name: null, ...WITHOUT_SECRETS })
    .where('expires_at', '<', timestamp(now - KEPT))
    .whereNotNull('password_hash')
    .whereNull('confirmed_at')
    .whereNull('refused_at')
    .whereNull('withdrawn_at');
