import type { Routes } from '../web.ts';

export const staffRoutes: Routes = () => {};
