/** The screens of rights of one site, as its administrator reads them, against what the rules say. */
import { FEATURES } from '../../policies/catalogue.ts';
import { pageOf } from './rights-faces.ts';
import {
  COLLEGES,
  type Facts,
  LEVELS,
  NONE,
  type Rights,
  type Row,
  right,
  standingOf,
  worthOf,
} from './rights-oracle.ts';
import { type Person, pageOfSite, type Scene } from './rights-scene.ts';
import { readableText } from './visitor.ts';

const TOLD: Readonly<Record<string, string>> = {
  awaiting_beneficiary: 'En attente, attend la réponse du bénéficiaire',
  awaiting_confirmation: 'En attente, acceptée, attend d’être confirmée',
  to_renew: 'En attente, à renouveler',
  active: 'Actif',
  suspended: 'Actif, en veille',
  refused: 'Inactif, refusée',
  lapsed: 'Inactif, sans réponse à temps',
  closed: 'Inactif, clôturée',
  expired: 'Inactif, arrivée à son terme',
};

function statusOf(row: Row, now: number): string {
  const stands = standingOf(row, now);
  return stands === 'active' && row.from > now
    ? 'Actif, n’a pas encore pris effet'
    : (TOLD[stands] ?? stands);
}

const STATUS = /class="status [^"]*">([^<]*)<\/span>(?: <span class="status__beside">([^<]*)<)?/;

function statusIn(html: string): string {
  const [, label, beside] = STATUS.exec(html) ?? [];
  return beside === undefined ? `${label}` : `${label}, ${beside}`;
}

/** By delegation, what the list of that site says of it; and what the rules say. */
export async function listed(scene: Scene, facts: Facts, { head, siteId }: { head: Person; siteId: string }) {
  const page = await pageOf(scene, head, `${pageOfSite(scene, siteId)}?par_page=100`);
  if (page.status !== 200) throw new Error(`no list: ${page.status}`);
  const told = page.text
    .split('class="people__row"')
    .slice(1)
    .map((html) => [/\/delegations\/([0-9a-f-]{36})/.exec(html)?.[1] ?? '', statusIn(html)] as const);
  const expected = [...facts.rows.values()]
    .filter((row) => row.siteId === siteId && (row.kind === 'enrolment' || row.kind === 'user'))
    .filter((row) => !goesOnElsewhere(facts, row))
    .map((row) => [row.id, statusOf(row, facts.now)] as const);
  return { told: told.toSorted(byId), expected: expected.toSorted(byId) };
}

/** A person's delegation is listed where it goes on; a former administrator's place went to somebody else. */
function goesOnElsewhere({ rows }: Facts, { succeededById, granteeId }: Row): boolean {
  const next = rows.get(succeededById ?? '');
  return next !== undefined && (granteeId === null || granteeId === next.granteeId);
}

const byId = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

type Worth = { readonly status: string; readonly worth: Rights | 'as said' | 'nothing' };

/** What the page of one delegation says that it is worth today; and what the rules say. */
export async function shown(scene: Scene, facts: Facts, { head, row }: { head: Person; row: Row }) {
  const page = await pageOf(scene, head, `${pageOfSite(scene, row.siteId)}/delegations/${row.id}`);
  if (page.status !== 200) throw new Error(`no page of a ${row.kind}: ${page.status}`);
  const [, worth = ''] = page.text.split('<section class="worth"');
  const stops = page.text.includes('Ces droits ne valent rien en ce moment');
  const told: Worth = {
    status: statusIn(page.text),
    worth: stops ? 'nothing' : worth === '' ? 'as said' : rightsIn(worth.split('</section>')[0] ?? ''),
  };
  return {
    told: flat(told),
    expected: flat({ status: statusOf(row, facts.now), worth: worthToday(facts, row) }),
  };
}

const flat = ({ status, worth }: Worth) => ({
  status,
  worth: typeof worth === 'string' ? worth : [...worth].sort(),
});

function worthToday(facts: Facts, row: Row): Worth['worth'] {
  const begun = standingOf(row, facts.now) === 'active' && row.from <= facts.now;
  if (!begun) return 'as said';
  const worth = worthOf(facts, row);
  if (worth.size === 0) return 'nothing';
  return worth.size === row.rights.size ? 'as said' : worth;
}

/** « Mon planning : consultation », of the collèges named above. */
function rightsIn(html: string): Rights {
  const text = readableText({ text: html });
  const [, colleges = ''] = /Collèges ([^:]*?) (?:Mon espace|Mes |Chômage)/.exec(text) ?? [];
  const held = COLLEGES.filter((_, i) => colleges.includes(['Ouvriers', 'ETAM', 'Cadres'][i] ?? '?'));
  const rights = [...html.matchAll(/<li>([^<]*)<\/li>/g)].flatMap(([, line = '']) => {
    const [label, level] = readableText({ text: line })
      .trim()
      .split(/\s*:\s*/);
    const slug = FEATURES.find((feature) => feature.label === label)?.slug;
    if (slug === undefined) throw new Error(`no such feature: ${line}`);
    const upTo = level === 'mise à jour' ? 2 : 1;
    return LEVELS.slice(0, upTo).flatMap((one) => held.map((college) => right(slug, one, college)));
  });
  return rights.length === 0 ? NONE : new Set(rights);
}
