/**
 * Every route that a person's journey takes, read off the journeys themselves, so that none can be left out of a suite.
 * Machines ask for decisions and put alerts; they have no page and no session: `routesOf` knows theirs as well.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import Router from '@koa/router';
import type { Routes, Web } from '../../provider/journeys/web.ts';

/** `path`: as it is written, with its parameters; where they are filled in, each has become some text. */
export type Route = { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string };

const METHODS = ['GET', 'POST', 'PUT'] as const;

const journeys = join(import.meta.dirname, '../../provider/journeys');

/** Parameters are filled in with something that is nothing to anybody. */
export async function journeyRoutes(): Promise<Route[]> {
  const router = new Router();
  const files = globSync('*/routes.ts', { cwd: journeys }).filter(
    (file) => !/^(decisions|information-system)\//.test(file),
  );
  for (const file of files) {
    const module: Record<string, unknown> = await import(join(journeys, file));
    for (const routes of Object.values(module)) {
      if (typeof routes === 'function') (routes as Routes)(router, {} as Web);
    }
  }
  return routesIn(router).map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, 'x') }));
}

/** Those of the routers among an application's middleware, machines' as well; not what only refuses other methods. */
export const routesOf = (middleware: readonly unknown[]): Route[] =>
  middleware.flatMap((one) => {
    const { router } = one as { readonly router?: Router };
    return router ? routesIn(router) : [];
  });

const routesIn = ({ stack }: Router): Route[] =>
  stack
    .filter(({ methods }) => !methods.includes('TRACE'))
    .flatMap(({ methods, path }) =>
      METHODS.filter((method) => methods.includes(method)).map((method) => ({ method, path: String(path) })),
    );
