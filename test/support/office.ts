/** Somebody of the caisse, on the pages of the back office. */
import type { StaffRole } from '../../provider/store/accounts.ts';
import type { Slug, TestApp } from './app.ts';
import { type AtWork, atWork } from './at-work.ts';

export type AtOffice = AtWork;

export const atOffice = (
  app: TestApp,
  role: StaffRole = 'agent',
  slug: Slug = 'grand-est',
): Promise<AtOffice> => atWork(app, role, { slug });
