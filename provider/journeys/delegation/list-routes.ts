import type { Routes } from '../web.ts';

export const listRoutes: Routes = () => {};
