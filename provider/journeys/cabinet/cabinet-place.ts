/**
 * Where the pages of a firm stand: who is signed in, and the firm that he manages now. Somebody who manages several
 * says which by `?cabinet=`, and every address of ours then bears it.
 */
import type { Context } from 'koa';
import { queryField } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { listManagerships, type Managership } from '../../store/cabinet-managers.ts';
import { type Entered, enter, localsOf } from '../delegation-place.ts';
import { scopeFor, type Web } from '../web.ts';

export type CabinetPlace = Entered & {
  readonly cabinet: Managership['cabinet'];
  readonly managership: Managership;
  /** How many firms he manages: of several, the pages lead to the choice. */
  readonly managed: number;
};

/**
 * The firm that the signed-in person manages; else leads to the sign-in or shows the choice, and returns null.
 * @throws Refusal `not_manager` for whoever manages none, `not_found` for a firm that he does not manage.
 */
export async function enterCabinet(ctx: Context, web: Web, maxAge?: number): Promise<CabinetPlace | null> {
  const entered = await enter(ctx, web, maxAge);
  if (!entered) return null;
  const { store, now } = scopeFor(ctx);
  const managerships = await listManagerships(store, entered.account.id, now());
  if (managerships.length === 0) throw new Refusal('not_manager');
  const asked = queryField(ctx, 'cabinet');
  const managership =
    asked === '' && managerships.length === 1
      ? managerships[0]
      : managerships.find(({ cabinet }) => cabinet.id === asked);
  if (managership) return placeOf(entered, managership, managerships.length);
  if (asked !== '' || ctx.method === 'POST') throw new Refusal('not_found');
  showChoice(ctx, web, entered, managerships);
  return null;
}

function placeOf(entered: Entered, managership: Managership, managed: number): CabinetPlace {
  const { cabinet } = managership;
  const href = (path: string): string =>
    entered.href(managed === 1 ? path : `${path}${path.includes('?') ? '&' : '?'}cabinet=${cabinet.id}`);
  return { ...entered, href, cabinet, managership, managed };
}

function showChoice(ctx: Context, web: Web, entered: Entered, managerships: readonly Managership[]): void {
  const cabinets = managerships.map(({ cabinet }) => ({
    name: cabinet.name,
    href: entered.href(`${ctx.path}?cabinet=${cabinet.id}`),
  }));
  web.send(ctx, 'cabinet/choose', { ...localsOf(ctx, entered), errors: [], cabinets });
}
