/** What every page of a firm's portfolio is drawn with, and how it names its clients. */
import type { Context } from 'koa';
import { tellLastDay } from '../../domain/dates.ts';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { FirmLocals, FirmTab, ShownClient } from '../../http/screens-portfolio.ts';
import type { Client } from '../../store/firm-portfolio.ts';
import type { FirmMember } from '../../store/firm-staff.ts';
import type { Scope } from '../../tenant/scope.ts';
import { localsOf } from '../delegation-place.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import { heldBy, tellBriefly } from './held.ts';

export const FIRM = '/mon-cabinet';

export function firmLocals(
  ctx: Context,
  place: CabinetPlace,
  { tab, notice = null }: { readonly tab: FirmTab; readonly notice?: Notice | null },
): FirmLocals {
  return {
    ...localsOf(ctx, place, notice),
    errors: [],
    cabinet: place.cabinet.name,
    tab,
    tabs: {
      clients: place.href(FIRM),
      staff: place.href(`${FIRM}/collaborateurs`),
      import: place.href(`${FIRM}/import`),
    },
  };
}

/** A form of the method GET drops the query of its address: what that says goes along as fields. */
export function getForm(place: CabinetPlace, path: string) {
  const [action = '', query] = place.href(path).split('?');
  return { action, carried: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })) };
}

type Named = Pick<FirmMember, 'givenName' | 'familyName'>;

/** In a sentence. */
export const nameOfMember = ({ givenName, familyName }: Named): string => `${givenName} ${familyName}`;

/** In a list, which is sorted so. */
export const listedName = ({ givenName, familyName }: Named): string => `${familyName} ${givenName}`;

export function shownClient(client: Client, place: CabinetPlace, { caisse, now }: Scope): ShownClient {
  const held = heldBy(client.chains, now());
  return {
    siret: client.siret,
    name: client.name,
    identifiant: client.identifiant,
    raisonSociale: client.raisonSociale,
    href: place.href(`${FIRM}/clients/${client.siret}`),
    holds: tellBriefly(held.vectors, caisse.settings.hiddenFeatures),
    until: tellLastDay(held.until, caisse.timeZone),
    asleep: held.asleep,
    staff: client.staff.map(({ name }) => name),
  };
}

/** After an act: what `fait` names. */
export function doneNotice(
  ctx: Context,
  told: Readonly<Record<string, readonly [string, string]>>,
): Notice | null {
  const done = queryField(ctx, 'fait');
  const said = Object.hasOwn(told, done) ? told[done] : undefined;
  return said ? { kind: 'success', title: said[0], text: said[1] } : null;
}
