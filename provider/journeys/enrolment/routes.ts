import type { Routes } from '../web.ts';

export const enrolmentRoutes: Routes = () => {};
