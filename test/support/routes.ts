/**
 * Every route that a person's journey takes, read off the journeys themselves, so that none can be left out of a suite.
 * Machines ask for decisions and put alerts; they have no page and no session: their suites are their own.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import Router from '@koa/router';
import type { Routes, Web } from '../../provider/journeys/web.ts';

export type Route = { readonly method: 'GET' | 'POST'; readonly path: string };

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
  return router.stack.flatMap(({ methods, path }) =>
    (['GET', 'POST'] as const)
      .filter((method) => methods.includes(method))
      .map((method) => ({ method, path: String(path).replace(/:\w+/g, 'x') })),
  );
}
