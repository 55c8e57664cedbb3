/** « Ouverture de délégation »: who was invited by mail accepts or refuses, with the account that he has or opens here. */
import type { Routes } from '../web.ts';

export const invitationRoutes: Routes = () => {};
