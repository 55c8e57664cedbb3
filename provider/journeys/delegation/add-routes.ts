import type { Routes } from '../web.ts';

export const addRoutes: Routes = () => {};
