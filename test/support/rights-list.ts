/** « Gérer les droits d'accès » as its visitors see it, and companies with colleagues of every standing. */
import type { TestApp } from './app.ts';
import { administratorOfThree } from './cast.ts';
import { type Page, readableText, signInOn, Visitor } from './visitor.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

export const rightsPages = (app: TestApp) => {
  const at = (path = '') => `${app.issuerOf('grand-est')}/droits-d-acces${path}`;
  return {
    at,
    /** Signed in, on that page. */
    async open(email: string, path = '') {
      const visitor = new Visitor();
      const page = await signInOn(visitor, await visitor.get(at(path)), email);
      return { visitor, page };
    },
  };
};

/** The cells of the list, a row a beneficiary. */
export function rowsOn({ text }: Page): string[][] {
  const body = text.split('<tbody')[1]?.split('</tbody>')[0] ?? '';
  return body
    .split('<tr')
    .slice(1)
    .map((row) =>
      row
        .split(/<t[hd] /)
        .slice(1)
        .map((cell) => readableText({ text: `<td ${cell}` }).trim()),
    );
}
export const namesOn = (page: Page) => rowsOn(page).map(([, name]) => name);

/** The address of the link that reads so. */
export function linkOn({ text, url }: Page, label: string): string {
  const found = [...text.matchAll(/<a [^>]*href="([^"]+)"[^>]*>([\s\S]*?)<\/a>/g)].find(
    ([, , inside]) =>
      readableText({ text: inside ?? '' })
        .replace(/[↑↓↕]/g, '')
        .trim() === label,
  );
  if (!found) throw new Error(`no link « ${label} »`);
  return new URL((found[1] ?? '').replaceAll('&amp;', '&'), url).href;
}

/** An administrator with colleagues of every standing. */
export async function company(app: TestApp) {
  const world = app.world();
  const head = await administratorOfThree(world);
  const [root = ''] = head.delegations;
  const now = app.clock.now();
  const give = async (familyName: string, given: Parameters<World['delegate']>[3] = {}) => {
    const to = await world.account({ familyName, givenName: 'Alex' });
    return world.delegate(head.metz, root, { from: head.accountId, to }, given);
  };
  const ids = {
    active: await give('Écluse'),
    asleep: await give('Aubois', { status: 'suspended' }),
    over: await give('Zénith', { to: now - DAY }),
    closed: await give('Closel', { status: 'closed' }),
    renew: await give('Reconduit', { status: 'to_renew' }),
    later: await give('Demain', { from: now + 10 * DAY }),
    administrator: await give('Martin', { admin: true, to: now + 20 * DAY }),
  };
  return { ...head, ...ids, root, now, path: `/${head.metz.siret}` };
}
