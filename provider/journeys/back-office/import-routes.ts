import type { Routes } from '../web.ts';

export const importRoutes: Routes = () => {};
