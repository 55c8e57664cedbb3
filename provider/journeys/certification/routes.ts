import type { Routes } from '../web.ts';

export const certificationRoutes: Routes = () => {};
