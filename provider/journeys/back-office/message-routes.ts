import type { Routes } from '../web.ts';

export const messageRoutes: Routes = () => {};
