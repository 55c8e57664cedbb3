/**
 * What the caisse's information system calls. Its callers are machines: no browser, session or form comes here, so it is
 * mounted apart from the journeys of people.
 */
import type Router from '@koa/router';
import type { CallerOf } from '../machine-calls.ts';
import { alertRoutes } from './alert-routes.ts';
import { importRoutes } from './import-routes.ts';

export type InformationSystemWeb = { readonly callerOf: CallerOf };

export function informationSystemRoutes(router: Router, web: InformationSystemWeb): void {
  alertRoutes(router, web);
  importRoutes(router, web);
}
