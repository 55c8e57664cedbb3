import type { Routes } from '../web.ts';

export const searchRoutes: Routes = () => {};
