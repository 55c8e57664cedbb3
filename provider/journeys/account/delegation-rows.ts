/** From My account to what the person may delegate: his company's rights, his firm. Nothing for whom neither concerns. */
import type { Context } from 'koa';
import type { AccountOverviewLocals } from '../../http/screens-account.ts';
import { listAdministeredSites } from '../../store/administered-sites.ts';
import { listManagerships } from '../../store/cabinet-managers.ts';
import { scopeFor } from '../web.ts';
import type { Place } from './place.ts';

export async function delegationRows(
  ctx: Context,
  { account, href }: Place,
): Promise<AccountOverviewLocals['more']> {
  const { store, now } = scopeFor(ctx);
  const count = { accountId: account.id, now: now(), terms: [], limit: 0, offset: 0 };
  const [{ administered }, managed] = await Promise.all([
    listAdministeredSites(store, count),
    listManagerships(store, account.id, now()),
  ]);
  const rights = {
    name: 'Droits d’accès',
    value: 'Ce que vous déléguez à vos collègues et à votre cabinet comptable',
    label: 'Gérer',
    about: 'les droits d’accès',
    href: href('/droits-d-acces'),
  };
  const cabinet = {
    name: 'Mon cabinet',
    value: managed.map((one) => one.cabinet.name).join(', '),
    label: 'Ouvrir',
    about: 'mon cabinet',
    href: href('/mon-cabinet'),
  };
  return [...(administered > 0 ? [rights] : []), ...(managed.length > 0 ? [cabinet] : [])];
}
