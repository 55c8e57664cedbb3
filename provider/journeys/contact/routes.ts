/** The contact form, from every screen, signed in or not. */
import type { Routes } from '../web.ts';

export const contactRoutes: Routes = () => {};
