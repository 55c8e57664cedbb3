/** A plan as it is read before its button: how many lines do what, and each in words. */
import { FEATURES } from '../../../policies/catalogue.ts';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import type { Vector } from '../../domain/rights.ts';
import type { PlanShown, ShownLine } from '../../http/screens-portfolio.ts';
import type { ClientName } from '../../store/firm-portfolio.ts';
import type { Entrusted } from '../../store/firm-staff.ts';
import type { Scope } from '../../tenant/scope.ts';
import { COLLEGE_LABELS, collegesOf, LEVEL_LABELS, levelIn } from '../rights-shown.ts';
import type { Future, Line, Reason } from './entrust-plan.ts';
import { countsOf } from './entrust-sum.ts';
import { tellBriefly } from './held.ts';

const LINES_PER_PAGE = 100;

/** What asks for attention first. */
const ORDER: readonly Line['kind'][] = ['left_out', 'taken', 'modified', 'given', 'unchanged'];

export type Naming = {
  /** By id. */
  readonly places: ReadonlyMap<string, ClientName>;
  /** Names by account; absent where all lines are of one person. */
  readonly people?: ReadonlyMap<string, string>;
};

export function shownPlan(
  plan: readonly Line[],
  { places, people }: Naming,
  { scope, page }: { readonly scope: Pick<Scope, 'caisse'>; readonly page: number },
): PlanShown {
  const rank = (line: Line) => ORDER.indexOf(line.kind) * 2 - Number('narrowed' in line && line.narrowed);
  const sorted = plan
    .map((line, i) => ({ line, i }))
    .sort((a, b) => rank(a.line) - rank(b.line) || a.i - b.i)
    .map(({ line }) => line);
  const last = Math.max(1, Math.ceil(sorted.length / LINES_PER_PAGE));
  const here = Math.min(page, last);
  return {
    counts: countsOf(plan),
    page: here,
    last,
    lines: sorted.slice((here - 1) * LINES_PER_PAGE, here * LINES_PER_PAGE).map((line): ShownLine => {
      const site = places.get(line.wish.siteId);
      return {
        company: site?.raisonSociale ?? '',
        site: site?.name ?? '',
        siret: site?.siret ?? '',
        person: people?.get(line.wish.accountId) ?? null,
        kind: line.kind,
        narrowed: 'narrowed' in line && line.narrowed,
        details: detailsOf(line, scope),
      };
    }),
  };
}

const REASONS: Readonly<Record<Reason, string>> = {
  holds_nothing: 'Le cabinet ne détient rien de ces droits sur ce site en ce moment.',
  holds_less: 'Le cabinet détient moins que ces droits sur ce site.',
  not_his_client: 'Cette personne n’est au cabinet que pour une autre entreprise.',
  not_allowed: 'Le cabinet ne peut pas donner ni retirer de droits sur ce site en ce moment.',
};

type LeftOut = Extract<Line, { kind: 'left_out' }>;

export function tellLeftOut({ wish, reason, within }: LeftOut, hidden: readonly string[]): string {
  if (!within || !wish.rights) return REASONS[reason];
  const lacking = lackingIn(wish.rights, within, hidden);
  return lacking.length === 0
    ? REASONS[reason]
    : `Le cabinet ne détient pas autant sur ce site : ${lacking.join(', ')}.`;
}

function detailsOf(line: Line, { caisse }: Pick<Scope, 'caisse'>): string[] {
  const { hiddenFeatures: hidden } = caisse.settings;
  const brief = ({ rights }: { readonly rights: Vector }) => tellBriefly([rights], hidden) ?? '';
  const cut = 'narrowed' in line && line.narrowed ? missing(line, hidden) : [];
  switch (line.kind) {
    case 'left_out':
      return [tellLeftOut(line, hidden)];
    case 'given':
      return [brief(line.future), ...cut];
    case 'unchanged':
      return [...(line.standing ? [brief(line.standing)] : ['Aucun droit']), ...cut];
    case 'taken':
      return line.ended.map((row) => `${brief(row)} : tout prend fin`);
    case 'modified':
      return [...differences(line.standing, line.future, caisse), ...cut, ...asleep(line.future)];
  }
}

const asleep = ({ status }: Future): string[] =>
  status === 'suspended' ? ['En veille : le restera jusqu’à sa réactivation'] : [];

/** What is asked and not given, because the firm does not hold it. */
function missing(line: Line, hidden: readonly string[]): string[] {
  const given =
    'future' in line ? line.future.rights : 'standing' in line && line.standing ? line.standing.rights : null;
  const asked = line.wish.rights;
  if (!given || !asked) return [];
  const all = lackingIn(asked, given, hidden);
  return all.length === 0 ? [] : [`Réduit à ce que le cabinet détient : ${all.join(', ')}`];
}

function lackingIn(asked: Vector, given: Vector, hidden: readonly string[]): string[] {
  const colleges = collegesOf(asked).filter((college) => !collegesOf(given).includes(college));
  return [
    ...featuresBetween(asked, given, hidden).map(({ label }) => label),
    ...colleges.map((college) => `collège ${COLLEGE_LABELS[college]}`),
  ];
}

function featuresBetween(a: Vector, b: Vector, hidden: readonly string[]) {
  return FEATURES.flatMap(({ slug, label }, i) => {
    const [before, after] = [levelIn(a, i), levelIn(b, i)];
    return before === after || hidden.includes(slug) ? [] : [{ label, before, after }];
  });
}

function differences(before: Entrusted, after: Future, caisse: Scope['caisse']): string[] {
  const { timeZone, settings } = caisse;
  const lines = featuresBetween(before.rights, after.rights, settings.hiddenFeatures).map(
    ({ label, before: was, after: is }) =>
      `${label} : ${LEVEL_LABELS[was].toLowerCase()} → ${LEVEL_LABELS[is].toLowerCase()}`,
  );
  const colleges = (vector: Vector) =>
    collegesOf(vector)
      .map((college) => COLLEGE_LABELS[college])
      .join(', ');
  if (before.rights.colleges !== after.rights.colleges)
    lines.push(`Collèges : ${colleges(before.rights)} → ${colleges(after.rights)}`);
  const start = (from: number | null) => (from === null ? 'aujourd’hui' : tellDate(from, timeZone));
  if (before.from !== after.from) lines.push(`Date d’effet : ${start(before.from)} → ${start(after.from)}`);
  const end = (to: number | null) => tellLastDay(to, timeZone) ?? 'sans fin';
  if (before.to !== after.to) lines.push(`Date de fin : ${end(before.to)} → ${end(after.to)}`);
  return lines;
}
