import type { Routes } from '../web.ts';

export const letterRoutes: Routes = () => {};
