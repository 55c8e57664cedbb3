import type { Routes } from '../web.ts';

export const portfolioRoutes: Routes = () => {};
