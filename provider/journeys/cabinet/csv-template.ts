/** The firm's file as it stands today: what the people of the firm hold, ready to be changed and sent back. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { dayOf, lastDayOf } from '../../domain/calendar.ts';
import type { ClientName } from '../../store/firm-portfolio.ts';
import type { Entrusted, FirmMember } from '../../store/firm-staff.ts';
import { collegesOf, levelIn } from '../rights-shown.ts';
import { MARK, writtenRows } from '../spreadsheet.ts';
import { headerFor, tellColleges, tellLevel } from './csv-columns.ts';

export type Exported = {
  readonly entrusted: readonly Entrusted[];
  readonly members: readonly FirmMember[];
  readonly clients: readonly ClientName[];
  readonly hidden: readonly string[];
  readonly timeZone: string;
};

export function currentFile({ entrusted, members, clients, hidden, timeZone }: Exported): string {
  const people = new Map(members.map((member) => [member.accountId, member]));
  const places = new Map(clients.map((client) => [client.siteId, client]));
  const rows = entrusted.flatMap((row) => {
    const [person, place] = [people.get(row.accountId), places.get(row.siteId)];
    if (!person || !place) return [];
    const name = `${person.familyName} ${person.givenName}`;
    const told = [name, place.raisonSociale, place.name];
    const french = (day: string) => day.split('-').reverse().join('/');
    const dates = [
      french(dayOf(row.from, timeZone)),
      row.to === null ? '' : french(lastDayOf(row.to, timeZone)),
    ];
    const levels = FEATURES.flatMap(({ slug }, i) =>
      hidden.includes(slug) ? [] : [tellLevel(levelIn(row.rights, i))],
    );
    const colleges = tellColleges(collegesOf(row.rights));
    return [[person.email, grouped(place.siret), ...told, colleges, ...dates, ...levels, '']];
  });
  const sorted = rows.sort((a, b) =>
    `${a[2]} ${a[3]} ${a[4]}`.localeCompare(`${b[2]} ${b[3]} ${b[4]}`, 'fr'),
  );
  return MARK + writtenRows([headerFor(hidden), ...sorted]);
}

/** In groups a spreadsheet leaves it as it is; fourteen digits it would round. */
const grouped = (siret: string): string => siret.replace(/^(...)(...)(...)/, '$1 $2 $3 ');
