import type { Routes } from '../web.ts';

export const closeRoutes: Routes = () => {};
