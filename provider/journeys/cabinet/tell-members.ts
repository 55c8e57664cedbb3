/** One mail for each person whose clients an act has changed, however many they are. */
import type { Context } from 'koa';
import type { SomeClients } from '../../domain/message.ts';
import type { ClientName } from '../../store/firm-portfolio.ts';
import { findAccounts } from '../../store/firm-staff.ts';
import type { Handle } from '../../store/handle.ts';
import { scopeFor } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import type { Line } from './entrust-plan.ts';

const FIRST = 10;

export type MembersTold = {
  readonly plan: readonly Line[];
  readonly place: Pick<CabinetPlace, 'account' | 'cabinet'>;
  /** By id. */
  readonly places: ReadonlyMap<string, ClientName>;
};

export async function tellMembers(ctx: Context, inside: Handle, told: MembersTold): Promise<void> {
  const { caisse, outbox } = scopeFor(ctx);
  const changed = told.plan.filter(({ kind }) => kind === 'given' || kind === 'modified' || kind === 'taken');
  const byPerson = Map.groupBy(changed, ({ wish }) => wish.accountId);
  const { account, cabinet } = told.place;
  for (const person of await findAccounts(inside, [...byPerson.keys()])) {
    const lines = byPerson.get(person.accountId) ?? [];
    const of = (kind: Line['kind']) => someOf(lines, kind, told.places);
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'member_clients_changed',
      to: person.email,
      expiresAt: null,
      givenName: person.givenName,
      familyName: person.familyName,
      cabinetName: cabinet.name,
      manager: `${account.givenName} ${account.familyName}`,
      given: of('given'),
      modified: of('modified'),
      taken: of('taken'),
      link: `${caisse.issuer}/`,
    });
  }
}

function someOf(
  lines: readonly Line[],
  kind: Line['kind'],
  places: ReadonlyMap<string, ClientName>,
): SomeClients {
  const some = lines.filter((line) => line.kind === kind);
  const first = some.slice(0, FIRST).map(({ wish }) => {
    const site = places.get(wish.siteId);
    return site ? `${site.raisonSociale} – ${site.name}` : '';
  });
  return { total: some.length, first };
}
