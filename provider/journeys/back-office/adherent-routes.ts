import type { Routes } from '../web.ts';

export const adherentRoutes: Routes = () => {};
