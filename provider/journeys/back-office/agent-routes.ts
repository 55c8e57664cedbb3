import type { Routes } from '../web.ts';

export const agentRoutes: Routes = () => {};
