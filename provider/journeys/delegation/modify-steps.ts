/** Draws the two steps of a modification. */
import type { Context } from 'koa';
import { tellDate, tellLastDay } from '../../domain/dates.ts';
import { becoming, type Said } from '../../domain/impact.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { ImpactShown } from '../../http/screens-closing.ts';
import type { ModifyRecapLocals } from '../../http/screens-giving.ts';
import { type Delegation, isFirm } from '../../store/delegation-acts.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { localsOf } from '../delegation-place.ts';
import { periodFields } from '../period-form.ts';
import { previewImpact } from '../preview.ts';
import { choiceFields, drawMatrix } from '../rights-form.ts';
import { shownRights } from '../rights-shown.ts';
import { nameOf } from '../tell-delegation.ts';
import { scopeFor, type Web } from '../web.ts';
import { factsOf } from './act-page.ts';
import { shownChanges, shownColleges } from './changed-rights.ts';
import type { Target } from './modify.ts';
import { hasBegun, type ModifyPlace, offerFor, seenField, type TypedModification } from './modify-form.ts';

const common = (ctx: Context, place: ModifyPlace, notice: Notice | null = null) => {
  const { site, beneficiary, beneficiaryEmail, giver } = factsOf(place, scopeFor(ctx).caisse);
  return {
    ...localsOf(ctx, place, notice),
    site,
    beneficiary,
    beneficiaryEmail,
    giver,
    listHref: place.href(place.base),
    cancelHref: place.href(place.page),
  };
};

/** What the page showed of each: whoever modifies tells what he saw. */
const seenFields = ({ delegation, others }: ModifyPlace) => [
  { name: 'vu', value: String(delegation.changedAt) },
  ...others.map((other) => seenField(other.delegation)),
];

type Shown = {
  readonly typed: TypedModification;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
};

export function showForm(
  ctx: Context,
  web: Web,
  place: ModifyPlace,
  { typed, errors = [], notice }: Shown,
): void {
  const { caisse, now } = scopeFor(ctx);
  const { delegation, others } = place;
  const locals = {
    ...common(ctx, place, notice),
    action: place.href(`${place.page}/modifier/recapitulatif`),
    carried: seenFields(place),
    errors,
    period: typed.period,
    fixedFrom: hasBegun(delegation, now()) ? tellDate(delegation.from, caisse.timeZone) : null,
    matrix: drawMatrix(typed.choice, offerFor(ctx, place), {
      admin: caisse.settings.delegations.roles.administrator,
    }),
    others:
      others.length === 0
        ? null
        : { checked: typed.all, names: others.map((other) => other.delegation.site.name) },
  };
  web.send(ctx, 'delegation/modify', locals, { status: errors.length > 0 ? 422 : 200 });
}

type Recap = {
  readonly typed: TypedModification;
  readonly targets: readonly [Target, ...Target[]];
};

export async function showRecap(
  ctx: Context,
  web: Web,
  place: ModifyPlace,
  { typed, targets }: Recap,
): Promise<void> {
  const { caisse } = scopeFor(ctx);
  const [{ after }] = targets;
  const { hiddenFeatures: hidden } = caisse.settings;
  web.send(ctx, 'delegation/modify-recap', {
    ...common(ctx, place),
    action: place.href(`${place.page}/modifier`),
    editAction: place.href(`${place.page}/modifier/saisie`),
    carried: [
      ...seenFields(place),
      ...periodFields(typed.period),
      ...choiceFields(typed.choice),
      ...(typed.all ? [{ name: 'autres_sites', value: 'oui' }] : []),
    ],
    errors: [],
    sites: targets.map(({ seen }) => seen.site),
    changes: targets.map((target) => changesOf(target, caisse)),
    rights: shownRights(after.rights, { admin: after.admin, hidden }),
    impacts: await impactsOf(ctx, targets),
    tellsNobody: tellsNobody(targets),
  });
}

/** Rights that nobody has now change without a mail. */
export const tellsNobody = (targets: readonly Target[]): boolean =>
  targets.every(({ seen }) => seen.status !== 'active');

/** Only what differs, before and after. */
function changesOf(
  { seen, after }: Target,
  { timeZone, settings }: Caisse,
): ModifyRecapLocals['changes'][number] {
  const { roles } = settings.delegations;
  const role = ({ admin }: Pick<Delegation, 'admin'>) => (admin ? roles.administrator : roles.user);
  const changing = { before: seen, after };
  const lines = [
    { name: 'Date d’effet', before: tellDate(seen.from, timeZone), after: tellDate(after.from, timeZone) },
    {
      name: 'Date de fin',
      before: tellLastDay(seen.to, timeZone) ?? 'Sans date de fin',
      after: tellLastDay(after.to, timeZone) ?? 'Sans date de fin',
    },
    { name: 'Rôle', before: role(seen), after: role(after) },
    { name: 'Pouvoir de déléguer', before: seen.admin ? 'Oui' : 'Non', after: after.admin ? 'Oui' : 'Non' },
    { name: 'Collèges', ...shownColleges(changing) },
  ];
  return {
    siteName: seen.site.name,
    lines: lines.filter((line) => line.before !== line.after),
    ...shownChanges(changing, settings.hiddenFeatures),
  };
}

/** At once and, where a date de fin is drawn nearer, on that day. Who waits for his rights loses none, nor does anybody below. */
async function impactsOf(ctx: Context, targets: readonly Target[]): Promise<ImpactShown[]> {
  const live = targets.filter(({ seen }) => seen.status === 'active');
  const [first] = live;
  if (!first) return [];
  const { beneficiary } = first.seen;
  const scope = scopeFor(ctx);
  const previewed = {
    struck: { delegationIds: live.map(({ seen }) => seen.id) },
    turn: becoming(new Map(live.map(({ seen, after }) => [seen.id, saidBy(after)]))),
    beneficiary:
      isFirm(beneficiary) || beneficiary.accountId === null
        ? null
        : { accountId: beneficiary.accountId, name: nameOf(beneficiary) },
  };
  const atOnce = await previewImpact(scope, previewed);
  const ends = live.flatMap(({ seen, after }) =>
    after.to !== null && (seen.to === null || after.to < seen.to) ? [after.to] : [],
  );
  if (ends.length === 0) return [atOnce];
  const at = Math.min(...ends);
  const then = await previewImpact(scope, {
    ...previewed,
    on: { at, day: tellDate(at, scope.caisse.timeZone) },
  });
  return atOnce.takes ? [atOnce, then] : [then];
}

const saidBy = ({ admin, rights, from, to }: Target['after']): Said => ({ ...rights, admin, from, to });
