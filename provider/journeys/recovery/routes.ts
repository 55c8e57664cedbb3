import type { Routes } from '../web.ts';

export const recoveryRoutes: Routes = () => {};
