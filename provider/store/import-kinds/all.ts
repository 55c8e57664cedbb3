/** What each kind of file means in SQL. */
import type { ImportKind } from '../../domain/import.ts';
import { ADHERENTS } from './adherents.ts';
import { ATTACHMENTS, CABINETS } from './cabinets.ts';
import { CODES_OF_SITES } from './codes.ts';
import { DELEGATIONS } from './delegations.ts';
import type { KindInSql } from './kind.ts';
import { SITES } from './sites.ts';

export const KINDS: Readonly<Record<ImportKind, KindInSql>> = {
  adherents: ADHERENTS,
  sites: SITES,
  cabinets: CABINETS,
  rattachements: ATTACHMENTS,
  delegations: DELEGATIONS,
  codes: CODES_OF_SITES,
};
