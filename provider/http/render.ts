/**
 * Turns a screen and its locals into a page of HTML. Owns the calling of EJS and what every view may use;
 * does not own the words (views/), nor what is shown (journeys/).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs, { type TemplateFunction } from 'ejs';
import { count, groupSiret, telHref } from './format.ts';
import { helpPageOf } from './help-page.ts';
import { lastPage, listHref, pageItems } from './pagination.ts';
import { type Screen, type Screens, SITES_PER_PAGE } from './screens.ts';

export const VIEWS_DIRECTORY = fileURLToPath(new URL('../../views', import.meta.url));

/** Given to every view beside its locals, under the name `tools`. */
type ViewTools = {
  readonly asset: (name: string) => string;
  readonly groupSiret: typeof groupSiret;
  readonly telHref: typeof telHref;
  readonly count: typeof count;
  readonly lastPage: typeof lastPage;
  readonly pageItems: typeof pageItems;
  readonly listHref: typeof listHref;
  readonly sitesPerPage: typeof SITES_PER_PAGE;
};

export type RenderScreen = <S extends Screen>(screen: S, locals: Screens[S]) => string;

export function makeRenderer({ assetPath }: { readonly assetPath: (name: string) => string }): RenderScreen {
  const tools: ViewTools = {
    asset: assetPath,
    groupSiret,
    telHref,
    count,
    lastPage,
    pageItems,
    listHref,
    sitesPerPage: SITES_PER_PAGE,
  };
  const compiled = new Map<Screen, TemplateFunction>();
  return (screen, locals) => {
    const template = compiled.get(screen) ?? compileScreen(screen);
    compiled.set(screen, template);
    return template({ ...locals, tools, helpPage: helpPageOf(screen) });
  };
}

function compileScreen(screen: Screen): TemplateFunction {
  const filename = join(VIEWS_DIRECTORY, `${screen}.ejs`);
  return ejs.compile(readFileSync(filename, 'utf8'), { filename, root: VIEWS_DIRECTORY, cache: true });
}
