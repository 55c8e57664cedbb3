/**
 * From the letters to a live account, and another site for an account that lives: identification, details, the link
 * in the mail; the code is used up by the last step and not before. Owns no secret's rule (domain/confidential-code).
 */
import { lookOf } from '../../tenant/look.ts';
import { identificationRoutes } from '../identification.ts';
import { type Routes, scopeFor } from '../web.ts';
import { activationRoutes } from './activation-routes.ts';
import { associationRoutes } from './association-routes.ts';
import { detailsRoutes } from './details-routes.ts';
import { mobileRoutes } from './mobile-routes.ts';

export const enrolmentRoutes: Routes = (router, web) => {
  router.get('/premiere-connexion', (ctx) => {
    const { caisse } = scopeFor(ctx);
    web.send(ctx, 'enrolment/intro', {
      look: lookOf(caisse),
      service: null,
      errors: [],
      startHref: `${caisse.basePath}/premiere-connexion/identification`,
      newCodeHref: `${caisse.basePath}/mot-de-passe-oublie/code-perdu`,
      associateHref: `${caisse.basePath}/associer-un-site`,
    });
  });
  identificationRoutes(router, web, 'enrolment');
  detailsRoutes(router, web);
  mobileRoutes(router, web);
  activationRoutes(router, web);
  identificationRoutes(router, web, 'association');
  associationRoutes(router, web);
};
