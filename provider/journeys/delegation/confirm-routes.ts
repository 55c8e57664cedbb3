import type { Routes } from '../web.ts';

export const confirmRoutes: Routes = () => {};
