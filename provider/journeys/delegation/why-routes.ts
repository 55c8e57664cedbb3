import type { Routes } from '../web.ts';

export const whyRoutes: Routes = () => {};
