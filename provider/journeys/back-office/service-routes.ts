import type { Routes } from '../web.ts';

export const serviceRoutes: Routes = () => {};
