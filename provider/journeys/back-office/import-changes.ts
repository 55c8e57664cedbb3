/** Which lines an import would add or change, a page at a time, for whoever decides on it. */
import type { Context } from 'koa';
import { isStaged } from '../../domain/import.ts';
import { count } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import type { ChangesShown } from '../../http/screens-office-import.ts';
import { listDifference } from '../../store/import-difference.ts';
import type { Import } from '../../store/imports.ts';
import { tellChange } from '../import-difference.ts';
import type { Office } from '../office-place.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { scopeFor } from '../web.ts';
import { SECTION } from './import-shown.ts';

const SIZES = [25, 100];

type View = {
  readonly value: string;
  readonly added: boolean | null;
  readonly label: string;
  readonly n: number;
};

const viewsOf = ({ added, changed }: Import): readonly [View, ...View[]] => [
  { value: '', added: null, label: 'Tout', n: added + changed },
  { value: 'modifications', added: false, label: 'Modifications', n: changed },
  { value: 'ajouts', added: true, label: 'Ajouts', n: added },
];

export async function changesOf(ctx: Context, office: Office, row: Import): Promise<ChangesShown | null> {
  const mayLook = row.kind !== 'codes' || office.role === 'superviseur';
  if (!mayLook || !isStaged(row.state) || row.added + row.changed === 0) return null;
  const { caisse, store, now } = scopeFor(ctx);
  const path = `${caisse.basePath}${SECTION}/${row.id}`;
  const views = viewsOf(row);
  const view = views.find(({ value }) => value === queryField(ctx, 'voir')) ?? views[0];
  const asked = askedPage(ctx, SIZES);
  const { perPage } = asked;
  const page = Math.min(asked.page, lastPage(view.n, perPage));
  const changes = await listDifference(
    store,
    { ...row, now: now() },
    { added: view.added, after: null, skip: (page - 1) * perPage, limit: perPage },
  );
  const hrefOf = (to: { readonly page: number; readonly perPage: number }) =>
    addressOf(path, {
      voir: view.value,
      page: to.page === 1 ? '' : String(to.page),
      par_page: to.perPage === SIZES[0] ? '' : String(to.perPage),
    });
  return {
    choices: views.map(({ value, label, n }) => ({
      label: `${label} (${count(n, '', '').trim()})`,
      href: addressOf(path, { voir: value }),
      chosen: value === view.value,
    })),
    rows: changes.map((change) => tellChange(change, { kind: row.kind, timeZone: caisse.timeZone })),
    paging: pagingOf({
      ...{ page, perPage, matching: view.n, sizes: SIZES },
      label: 'Pages des lignes qui changeraient',
      unit: 'lignes par page',
      hrefOf,
    }),
    fileHref: `${path}/difference.csv`,
  };
}
