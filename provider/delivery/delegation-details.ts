/** The facts of a delegation as a mail lists them: company, sites, dates, rights, and what has changed in them. */
import type { DelegationMail, DelegationTold } from '../domain/message.ts';
import { tellDay } from './dates.ts';
import { plainName } from './mail-told.ts';
import type { MailWords } from './mail-words.ts';
import type { Sender } from './ports.ts';
import { groupSiret, unbroken } from './typography.ts';

export type Details = MailWords['details'];
type Detail = Details[number];

/** A mail about the thousands of sites of a firm would be read by nobody. */
const MOST_LINES = 10;

function firstOf(lines: readonly string[]): readonly string[] {
  const others = lines.length - MOST_LINES;
  return others <= 0
    ? lines
    : [...lines.slice(0, MOST_LINES), others === 1 ? 'et un autre' : `et ${others} autres`];
}

export const companyOf = ({ raisonSociale, identifiant }: DelegationTold): Detail => ({
  name: 'Entreprise',
  lines: [`${raisonSociale} (${unbroken(`identifiant CIBTP ${identifiant}`)})`],
});

export const sitesOf = ({ sites }: DelegationTold): Detail => ({
  name: sites.length > 1 ? `Sites (${sites.length})` : 'Site',
  lines: firstOf(sites.map(({ name, siret }) => `${name} (${unbroken(`SIRET ${groupSiret(siret)}`)})`)),
});

/** A delegation ends at the midnight after its last day: that day is the one to tell. */
const lastDay = (to: number, { timeZone }: Sender): string => tellDay(to - 1, timeZone);

export function periodOf({ startsAt, endsAt }: DelegationTold, sender: Sender): Detail {
  const first = tellDay(startsAt, sender.timeZone);
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

type Ending = Extract<DelegationMail, { template: 'delegation_ending' }>;

/** Soonest first. */
export function endingsOf({ ending, side }: Ending, sender: Sender): Detail {
  const lines = [...ending]
    .sort((a, b) => a.to - b.to)
    .map(({ other, raisonSociale, siteName, to }) => {
      const name = plainName(other) ?? (side === 'giver' ? 'une personne' : 'un administrateur');
      const whose = side === 'giver' ? `déléguée à ${name}` : `accordée par ${name}`;
      return `${raisonSociale}, ${siteName}, ${whose} jusqu’au ${lastDay(to, sender)} inclus`;
    });
  return { name: ending.length > 1 ? 'Délégations' : 'Délégation', lines: firstOf(lines) };
}
