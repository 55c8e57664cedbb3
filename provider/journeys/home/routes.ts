import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import { seeOther } from '../../http/redirect.ts';
import { themeCss } from '../../http/theme.ts';
import { Refusal } from '../../refusal.ts';
import { servedLogo } from '../../tenant/logo.ts';
import { lookOf } from '../../tenant/look.ts';
import { type Routes, scopeFor } from '../web.ts';

const ONE_YEAR = 'public, max-age=31536000, immutable';

/** For ever only under an address that names these very settings. */
const keeping = (ctx: Context): string =>
  queryField(ctx, 'v') === scopeFor(ctx).caisse.settingsVersion ? ONE_YEAR : 'no-cache';

/** The root of an issuer, and what its screens load: colours and logo, under addresses that change with them. */
export const homeRoutes: Routes = (router, web) => {
  router.get('/', (ctx) => {
    const service = web.interactions.defaultService(ctx);
    if (service) return seeOther(ctx, service.href);
    const { caisse } = scopeFor(ctx);
    web.send(ctx, 'home/page', { look: lookOf(caisse), service: null, errors: [], defaultService: null });
  });
  router.get('/theme.css', (ctx) => {
    ctx.set('Cache-Control', keeping(ctx));
    ctx.type = 'css';
    ctx.body = themeCss(scopeFor(ctx).caisse.settings.theme);
  });
  router.get('/logo', (ctx) => {
    const { logo } = scopeFor(ctx).caisse.settings;
    if (logo === null) throw new Refusal('not_found');
    ctx.set('Cache-Control', keeping(ctx));
    // An SVG opened by itself is a document: it may run nothing and reach nobody.
    ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    const { type, body } = servedLogo(logo);
    ctx.type = type;
    ctx.body = body;
  });
};
