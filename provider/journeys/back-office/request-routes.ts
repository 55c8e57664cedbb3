import type { Routes } from '../web.ts';

export const requestRoutes: Routes = () => {};
