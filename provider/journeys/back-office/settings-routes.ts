import type { Routes } from '../web.ts';

export const settingsRoutes: Routes = () => {};
