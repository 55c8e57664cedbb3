import type { Routes } from '../web.ts';

export const successionRoutes: Routes = () => {};
