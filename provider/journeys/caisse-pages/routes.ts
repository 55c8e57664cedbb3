/** The caisse’s own pages: legal notices, personal data, terms, accessibility, questions, news, help. */
import type { Routes } from '../web.ts';

export const caissePagesRoutes: Routes = () => {};
