import type { Routes } from '../web.ts';

export const firmRoutes: Routes = () => {};
