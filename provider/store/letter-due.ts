/** Whether a site may get a letter with a code now, and if not, why: one rule for the count, the choice and the writing. */
import { CODE_TRIES } from '../domain/confidential-code.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import type { LetterLimits } from './recovery.ts';

/** Nothing to open; nowhere to send it; it came back from there; the last one is still good; enough of them for now. */
export type Obstacle = 'space_open' | 'no_address' | 'returned' | 'live_code' | 'limit';

export type DueTerms = {
  /** Whether a code that is still good is replaced; then not held to the day's limit either. */
  readonly replace: boolean;
  readonly limits: LetterLimits;
  readonly now: Instant;
};

const DAY = 86_400_000;

/** Of `a`, an adhérent: a letter came back from the address that it still has, and nobody has lifted that. */
export const CAME_BACK = `exists (select 1 from letter r where r.caisse_id = a.caisse_id and r.adherent_id = a.id
  and r.returned_at is not null and r.return_lifted_at is null and r.sent_to = a.postal_address)`;

/** Of `s`, a site, and `a`, its adhérent: null when a letter may go. */
export const OBSTACLE = `(case
  when exists (select 1 from delegation d where d.caisse_id = s.caisse_id and d.adherent_id = s.adherent_id
    and d.site_id = s.id and d.kind = 'enrolment' and d.status in ('active', 'suspended')) then 'space_open'
  when cardinality(a.postal_address) = 0 then 'no_address'
  when ${CAME_BACK} then 'returned'
  when not :replace::boolean and exists (select 1 from confidential_code c where c.caisse_id = s.caisse_id
    and c.site_id = s.id and c.origin = 'postal' and c.used_at is null and c.superseded_at is null
    and c.expires_at > :now and c.tries < :most) then 'live_code'
  when (select count(*) >= :perMonth or (not :replace::boolean and count(*) filter (where c.created_at > :yesterday) >= :perDay)
    from confidential_code c where c.caisse_id = s.caisse_id and c.site_id = s.id and c.origin = 'postal'
    and c.created_at > :lastMonth and c.withdrawn_at is null) then 'limit'
  end)`;

export const dueBindings = ({ caisseId }: Handle, { replace, limits, now }: DueTerms) => ({
  caisse: caisseId,
  replace,
  most: CODE_TRIES,
  now: timestamp(now),
  yesterday: timestamp(now - DAY),
  lastMonth: timestamp(now - 30 * DAY),
  perDay: limits.perDay,
  perMonth: limits.perMonth,
});
