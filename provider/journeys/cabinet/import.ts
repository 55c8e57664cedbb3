/** A firm's file against what stands now: every fault with its line, and what it would change. Writes nothing. */
import type { Context } from 'koa';
import { listMatchingSites, nameSites } from '../../store/firm-portfolio.ts';
import { listFirmMembers } from '../../store/firm-staff.ts';
import { scopeFor, type Web } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import { filterOf, readListState } from './clients-list.ts';
import { readHeader } from './csv-columns.ts';
import { type Meant, readLines } from './csv-lines.ts';
import { type Fault, readRows } from './csv-read.ts';
import { preview } from './entrust.ts';
import type { Line } from './entrust-plan.ts';
import { nameOfMember } from './firm-page.ts';
import { type Naming, tellLeftOut } from './plan-shown.ts';

export type DryRun = {
  /** By line. */
  readonly faults: readonly Fault[];
  readonly meant: readonly Meant[];
  /** Of the lines without fault. */
  readonly plan: readonly Line[];
  readonly naming: Naming;
};

/** What its lines mean, before anything is said of what may be given. */
export type Import = Pick<DryRun, 'faults' | 'meant' | 'naming'>;

const unread = (faults: readonly Fault[]): Import => ({
  faults,
  meant: [],
  naming: { places: new Map(), people: new Map() },
});

export async function readImport(ctx: Context, place: CabinetPlace, text: string): Promise<Import> {
  const { caisse, store, now } = scopeFor(ctx);
  const { timeZone, settings } = caisse;
  const hidden = settings.hiddenFeatures;
  const file = readRows(text);
  if ('fault' in file) return unread([file.fault]);
  const head = readHeader(file.header, hidden);
  if ('faults' in head) return unread(head.faults.map((reason) => ({ line: 1, reason })));
  const cabinetId = place.cabinet.id;
  const at = now();
  const members = await listFirmMembers(store, cabinetId, at);
  const siteIds = await listMatchingSites(
    store,
    filterOf(
      readListState(() => ''),
      { cabinetId, now: at },
    ),
  );
  const clients = await nameSites(store, { siteIds });
  const read = readLines(file.rows, {
    columns: head.columns,
    width: file.header.length,
    hidden,
    members: Map.groupBy(members, ({ emailKey }) => emailKey),
    clients: new Map(clients.map((client) => [client.siret, client])),
    now: at,
    timeZone,
  });
  const places = new Map(clients.map((client) => [client.siteId, client]));
  const people = new Map(members.map((member) => [member.accountId, nameOfMember(member)]));
  return { ...read, naming: { places, people } };
}

export async function dryRun(ctx: Context, web: Web, place: CabinetPlace, text: string): Promise<DryRun> {
  const { hiddenFeatures } = scopeFor(ctx).caisse.settings;
  const read = await readImport(ctx, place, text);
  const wishes = read.meant.map(({ wish }) => wish);
  const plan = wishes.length === 0 ? [] : await preview(ctx, web, { place, wishes, shortfall: 'refuse' });
  const refused = plan.flatMap((line, i): Fault[] =>
    line.kind === 'left_out'
      ? [{ line: read.meant[i]?.line ?? null, reason: tellLeftOut(line, hiddenFeatures) }]
      : [],
  );
  return {
    ...read,
    faults: [...read.faults, ...refused].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    plan: plan.filter(({ kind }) => kind !== 'left_out'),
  };
}
