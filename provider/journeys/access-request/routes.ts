/** « Demande d’accès »: whoever has no letters asks for access, by a form and a convention on paper. */
import type { Routes } from '../web.ts';

export const accessRequestRoutes: Routes = () => {};
