import { queryField } from '../../http/forms.ts';
import { type Routes, scopeFor } from '../web.ts';

/** Where a sign-in for our own screens comes back: on to the path that asked for it, of this issuer and no other. */
export const accountRoutes: Routes = (router) => {
  router.get('/mon-compte/retour', (ctx) => {
    const { caisse } = scopeFor(ctx);
    const asked = queryField(ctx, 'state');
    const path = queryField(ctx, 'error') === '' && isPathOf(caisse.issuer, asked) ? asked : '/';
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 303;
    ctx.redirect(caisse.basePath + path);
  });
};

/** `//host` and `/\host` are addresses of other hosts to a browser, and `/../x` may be another caisse's. */
const isPathOf = (issuer: string, path: string): boolean =>
  /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && URL.parse(issuer + path)?.href.startsWith(`${issuer}/`) === true;
