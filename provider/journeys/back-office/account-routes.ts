import type { Routes } from '../web.ts';

export const accountRoutes: Routes = () => {};
