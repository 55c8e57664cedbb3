/**
 * The back office: the caisse's own people run it from here. Owns its pages; what they do to accounts, adhérents and
 * delegations goes by the same rules and leaves the same lines in the audit as everybody's acts.
 */
import type { Routes } from '../web.ts';
import { accountRoutes } from './account-routes.ts';
import { adherentRoutes } from './adherent-routes.ts';
import { agentRoutes } from './agent-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { firmRoutes } from './firm-routes.ts';
import { importRoutes } from './import-routes.ts';
import { letterRoutes } from './letter-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { requestRoutes } from './request-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { serviceRoutes } from './service-routes.ts';
import { settingsRoutes } from './settings-routes.ts';

export const backOfficeRoutes: Routes = (router, web) => {
  for (const routes of [
    searchRoutes,
    adherentRoutes,
    accountRoutes,
    firmRoutes,
    agentRoutes,
    requestRoutes,
    messageRoutes,
    letterRoutes,
    importRoutes,
    auditRoutes,
    serviceRoutes,
    settingsRoutes,
  ]) {
    routes(router, web);
  }
};
