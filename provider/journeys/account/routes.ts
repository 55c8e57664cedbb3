/**
 * My account: a person looks at and changes what is his, and ends what he has open. Owns its pages; they read the one
 * session that there is, and ask for the password again before what a stranger at an open screen must not do.
 */
import { queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import { type Routes, scopeFor } from '../web.ts';
import { accessRoutes } from './access-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { emailRoutes } from './email-routes.ts';
import { mobileRoutes } from './mobile-routes.ts';
import { overviewRoutes } from './overview.ts';
import { passwordRoutes } from './password-routes.ts';

export const accountRoutes: Routes = (router, web) => {
  // Where a sign-in for our own screens comes back: on to the path that asked for it, of this issuer and no other.
  router.get('/mon-compte/retour', (ctx) => {
    const { caisse } = scopeFor(ctx);
    const asked = queryField(ctx, 'state');
    const path = queryField(ctx, 'error') === '' && isPathOf(caisse.issuer, asked) ? asked : '/';
    seeOther(ctx, caisse.basePath + path);
  });
  for (const routes of [
    overviewRoutes,
    emailRoutes,
    passwordRoutes,
    contactRoutes,
    mobileRoutes,
    accessRoutes,
  ]) {
    routes(router, web);
  }
};

/** `//host` and `/\host` are addresses of other hosts to a browser, and `/../x` may be another caisse's. */
const isPathOf = (issuer: string, path: string): boolean =>
  /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && URL.parse(issuer + path)?.href.startsWith(`${issuer}/`) === true;
