/** The facts of a delegation as a mail lists them: company, sites, dates, rights, and what has changed in them. */
import { tellDate } from '../domain/dates.ts';
import type { DelegationMail, DelegationTold, Endings, SomeClients } from '../domain/message.ts';
import { plainName } from './mail-told.ts';
import type { MailWords } from './mail-words.ts';
import type { Sender } from './ports.ts';
import { groupSiret, unbroken } from './typography.ts';

export type Details = MailWords['details'];
type Detail = Details[number];

/** A mail about the thousands of sites of a firm would be read by nobody. */
const MOST_LINES = 10;

const firstOf = (lines: readonly string[]): readonly string[] =>
  withOthers(lines.slice(0, MOST_LINES), lines.length - MOST_LINES);

const withOthers = (lines: readonly string[], others: number): readonly string[] =>
  others <= 0 ? lines : [...lines, others === 1 ? 'et 1 autre' : `et ${others} autres`];

export const companyOf = ({ raisonSociale, identifiant }: DelegationTold): Detail => ({
  name: 'Entreprise',
  lines: [`${raisonSociale} (${unbroken(`identifiant CIBTP ${identifiant}`)})`],
});

export const sitesOf = ({ sites }: DelegationTold): Detail => ({
  name: sites.length > 1 ? `Sites (${sites.length})` : 'Site',
  lines: firstOf(sites.map(({ name, siret }) => `${name} (${unbroken(`SIRET ${groupSiret(siret)}`)})`)),
});

/** A delegation ends at the midnight after its last day: that day is the one to tell. */
const lastDay = (to: number, { timeZone }: Sender): string => tellDate(to - 1, timeZone);

export function periodOf({ startsAt, endsAt }: DelegationTold, sender: Sender): Detail {
  const first = tellDate(startsAt, sender.timeZone);
  return {
    name: 'Dates',
    lines: [
      endsAt === null
        ? `à partir du ${first}, sans date de fin`
        : `du ${first} au ${lastDay(endsAt, sender)} inclus`,
    ],
  };
}

export const rightsOf = ({ rights }: DelegationTold, name: string): Detail => ({ name, lines: rights });

type Modified = Extract<DelegationMail, { template: 'delegation_modified' }>;

/** Only the lines that differ: of seventeen rights, the one that was taken must be seen. */
export function differenceOf({ before, after }: Modified): {
  readonly details: Details;
  readonly keepsOthers: boolean;
} {
  const was = before.filter((line) => !after.includes(line));
  const is = after.filter((line) => !before.includes(line));
  if (was.length + is.length === 0) return { details: [], keepsOthers: false };
  return {
    details: [
      { name: 'Avant', lines: was.length > 0 ? was : ['aucun des droits ci-dessous'] },
      { name: 'Désormais', lines: is.length > 0 ? is : ['plus aucun des droits ci-dessus'] },
    ],
    keepsOthers: after.some((line) => before.includes(line)),
  };
}

/** One line each, and how many others there are. */
export function endingsOf(
  name: string,
  { count, soonest }: Endings,
  tell: { readonly whose: (other: string | null) => string; readonly sender: Sender },
): Details {
  if (count === 0) return [];
  const lines = soonest.map(({ other, raisonSociale, siteName, endsAt }) => {
    const until = lastDay(endsAt, tell.sender);
    return `${raisonSociale}, ${siteName}, ${tell.whose(plainName(other))} jusqu’au ${until} inclus`;
  });
  return [{ name, lines: withOthers(lines, count - lines.length) }];
}

/** Nothing when there is none. */
export function clientsOf(name: string, { total, first }: SomeClients): readonly Detail[] {
  if (total === 0) return [];
  const lines = withOthers(first.slice(0, MOST_LINES), total - Math.min(first.length, MOST_LINES));
  return [{ name: total > 1 ? `${name} (${total})` : name, lines }];
}
