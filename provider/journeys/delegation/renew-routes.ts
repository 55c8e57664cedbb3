import type { Routes } from '../web.ts';

export const renewRoutes: Routes = () => {};
