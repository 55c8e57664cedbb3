import type { Routes } from '../web.ts';

export const modifyRoutes: Routes = () => {};
