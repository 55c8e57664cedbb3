import type { Routes } from '../web.ts';

export const auditRoutes: Routes = () => {};
