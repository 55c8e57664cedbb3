import type { Routes } from '../web.ts';

export const secondFactorRoutes: Routes = () => {};
