import type { Routes } from '../web.ts';

export const bulkRoutes: Routes = () => {};
